/** On or off: a checkbox that looks like what it is. */
import { useId } from "react";

interface Props {
  label: string;
  value: boolean;
  onChange: (value: boolean) => void;
}

export function Switch({ label, value, onChange }: Props) {
  const id = useId();
  return (
    <span className="inline-flex h-7 items-center pointer-coarse:h-11">
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <input
        id={id}
        type="checkbox"
        role="switch"
        checked={value}
        aria-checked={value}
        onChange={(event) => onChange(event.target.checked)}
        className="relative h-[22px] w-10 cursor-pointer appearance-none rounded-round border border-line2 bg-lift transition-colors duration-100 before:absolute before:top-[3px] before:left-[3px] before:size-3.5 before:rounded-round before:bg-ink2 before:transition-transform before:duration-100 checked:border-lamp checked:bg-lamp checked:before:translate-x-[18px] checked:before:bg-lamp-ink"
      />
    </span>
  );
}
