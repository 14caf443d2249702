/** One of many, as the system draws its lists. */
import { useId } from "react";

interface Props<Value extends string | number> {
  label: string;
  options: readonly Value[];
  value: Value;
  onChange: (value: Value) => void;
  name?: (value: Value) => string;
}

export function Select<Value extends string | number>({ label, options, value, onChange, name = String }: Props<Value>) {
  const id = useId();
  return (
    <span className="inline-flex">
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <select
        id={id}
        value={options.indexOf(value)}
        onChange={(event) => {
          const chosen = options[Number(event.target.value)];
          if (chosen !== undefined) onChange(chosen);
        }}
        className="h-[34px] rounded-control border border-line2 bg-base px-2.5 pointer-coarse:h-11"
      >
        {options.map((option, at) => (
          <option key={option} value={at} className="bg-raise">
            {name(option)}
          </option>
        ))}
      </select>
    </span>
  );
}
