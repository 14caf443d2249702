/** Buttons: the one that acts in the lamp's colour, and the quiet ones. */
import type { ButtonHTMLAttributes, ReactNode } from "react";

const SHAPES = {
  lamp: "h-10 rounded-control bg-lamp px-4 text-lamp-ink font-strong hover:bg-lamp-deep disabled:bg-lift disabled:text-ink3",
  line: "h-9 rounded-control border border-line2 px-3 text-ink hover:bg-lift disabled:text-ink3",
  quiet: "h-8 pointer-coarse:h-11 rounded-small px-2 text-ink2 text-small hover:bg-lift hover:text-ink disabled:text-ink3",
} as const;

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: keyof typeof SHAPES;
  children: ReactNode;
}

export function Button({ look = "line", className = "", ...rest }: Props) {
  return (
    <button
      type="button"
      className={`inline-flex items-center justify-center gap-2 whitespace-nowrap transition-colors duration-100 ${SHAPES[look]} ${className}`}
      {...rest}
    />
  );
}
