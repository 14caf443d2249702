/** A square button that is only a picture; its name is read out and shown on hover. */
import type { ButtonHTMLAttributes, ReactNode } from "react";

interface Props extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "aria-label" | "title"> {
  name: string;
  children: ReactNode;
}

export function IconButton({ name, className = "", ...rest }: Props) {
  return (
    <button
      type="button"
      aria-label={name}
      title={name}
      className={`grid size-10 shrink-0 place-items-center rounded-control text-ink3 transition-colors duration-100 hover:bg-lift hover:text-ink disabled:opacity-40 pointer-coarse:size-11 ${className}`}
      {...rest}
    />
  );
}
