/** The look of a control that rests in the prompt bar. */

export const CHIP =
  "inline-flex h-[34px] shrink-0 items-center gap-2 rounded-control bg-lift px-[11px] text-ink transition-colors duration-100 hover:text-lamp aria-expanded:text-lamp pointer-coarse:h-11";
