/** A number between two ends: dragged, stepped by arrow keys, or typed. */
import { useId } from "react";

interface Props {
  label: string;
  least: number;
  most: number;
  step: number;
  value: number;
  unit?: string;
  onChange: (value: number) => void;
}

export function Slider({ label, least, most, step, value, unit, onChange }: Props) {
  const id = useId();
  const lit = { "--lit": `${((value - least) / (most - least || 1)) * 100}%` };
  return (
    <div className="flex items-center gap-3">
      <input
        type="range"
        aria-label={label}
        min={least}
        max={most}
        step={step}
        value={value}
        style={lit}
        onChange={(event) => onChange(event.target.valueAsNumber)}
        className="slider min-w-0 grow"
      />
      <label htmlFor={id} className="sr-only">
        {label}, as a number
      </label>
      <input
        id={id}
        type="number"
        min={least}
        max={most}
        step={step}
        value={value}
        onChange={(event) => {
          const typed = event.target.valueAsNumber;
          if (!Number.isNaN(typed)) onChange(Math.min(most, Math.max(least, typed)));
        }}
        className="h-8 w-[72px] rounded-small border border-line2 bg-base px-2 text-right tabular-nums pointer-coarse:h-11"
      />
      {unit && <span className="-ml-1.5 text-small text-ink3">{unit}</span>}
    </div>
  );
}
