/** A line of a form with its name above it. */
import { type InputHTMLAttributes, useId } from "react";

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, "id"> {
  label: string;
}

export function Field({ label, ...rest }: Props) {
  const id = useId();
  return (
    <div className="grid gap-2">
      <label htmlFor={id} className="text-small text-ink2">
        {label}
      </label>
      <input
        id={id}
        className="h-11 w-full rounded-control border border-line2 bg-raise px-3 text-prompt text-ink placeholder:text-ink3 focus-visible:outline-offset-0"
        {...rest}
      />
    </div>
  );
}
