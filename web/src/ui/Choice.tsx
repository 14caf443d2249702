/** One of a few, side by side: radio buttons in a well, so arrow keys and screen readers know what they are. */
import { type ReactNode, useId } from "react";

interface Props<Value extends string | number> {
  name: string;
  options: readonly Value[];
  value: Value;
  onChange: (value: Value) => void;
  label: (value: Value) => string;
  children: (value: Value) => ReactNode;
}

export function Choice<Value extends string | number>({ name, options, value, onChange, label, children }: Props<Value>) {
  const group = useId();
  return (
    <fieldset className="flex max-w-full min-w-0 gap-0.5 rounded-control bg-lift p-[3px]">
      <legend className="sr-only">{name}</legend>
      {options.map((option) => (
        <label
          key={option}
          title={label(option)}
          className="relative grid h-7 min-w-7 cursor-pointer place-items-center rounded-small px-1 text-ink3 transition-colors duration-100 hover:text-ink has-checked:bg-base has-checked:text-lamp has-focus-visible:outline-2 has-focus-visible:outline-lamp pointer-coarse:h-11 pointer-coarse:min-w-auto pointer-coarse:basis-8"
        >
          <input
            type="radio"
            name={group}
            aria-label={label(option)}
            checked={option === value}
            onChange={() => onChange(option)}
            className="absolute inset-0 cursor-pointer opacity-0"
          />
          {children(option)}
        </label>
      ))}
    </fieldset>
  );
}
