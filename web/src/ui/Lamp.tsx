/** The lamp line: how far something has come, drawn along the strip's top edge. */
interface Props {
  /** 0 to 1. */
  progress: number;
  label: string;
}

export function Lamp({ progress, label }: Props) {
  return (
    <div className="absolute inset-x-0 top-0 h-0.5 -translate-y-px bg-line">
      <progress className="sr-only" aria-label={label} value={progress} />
      <span
        style={{ transform: `scaleX(${Math.max(progress, 0.015)})` }}
        className="block h-full origin-left bg-lamp shadow-[0_0_18px_2px_var(--lamp)] transition-transform duration-300 ease-linear"
      />
    </div>
  );
}
