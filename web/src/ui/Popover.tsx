/** A button and the small panel that it opens: in the browser's top layer, beside the button, a sheet on phones. */
import { type ButtonHTMLAttributes, type ReactNode, type RefObject, type ToggleEvent, useCallback, useId, useImperativeHandle, useRef, useState } from "react";

const GAP_PX = 8;

export interface PopoverHandle {
  open: () => void;
  close: () => void;
}

interface Props {
  label: string;
  /** What is on the button. */
  face: ReactNode;
  button?: ButtonHTMLAttributes<HTMLButtonElement>;
  children: (close: () => void) => ReactNode;
  handle?: RefObject<PopoverHandle | null>;
  className?: string;
}

export function Popover({ label, face, button, children, handle, className = "sm:w-[320px]" }: Props) {
  const id = useId();
  const panel = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  const close = useCallback(() => panel.current?.hidePopover(), []);
  useImperativeHandle(handle, () => ({ open: () => panel.current?.showPopover(), close }), [close]);

  function place(event: ToggleEvent<HTMLDivElement>) {
    if (event.newState === "open" && panel.current && opener.current) beside(panel.current, opener.current);
  }

  return (
    <>
      <button ref={opener} type="button" popoverTarget={id} aria-haspopup="dialog" aria-expanded={isOpen} {...button}>
        {face}
      </button>
      {/* Keys inside are the panel's own: the page does not hear them. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={label}
        onBeforeToggle={(event) => {
          if (event.target !== event.currentTarget) return; // a panel inside this one
          if (event.newState === "open") setIsOpen(true);
        }}
        onToggle={(event) => {
          if (event.target !== event.currentTarget) return;
          place(event);
          setIsOpen(event.newState === "open");
          if (event.newState === "open") panel.current?.querySelector<HTMLElement>("[data-first], input:checked, input, select, button")?.focus();
        }}
        onKeyDown={(event) => event.stopPropagation()}
        className={`sheet rounded-composer border border-line2 bg-raise p-3.5 text-ink shadow-float open:rise ${className}`}
      >
        {/* It is called by the panel's contents, not while they are drawn. */}
        {/* oxlint-disable-next-line react/refs */}
        {isOpen && children(close)}
      </div>
    </>
  );
}

/** Above the button where there is room, else below; never over an edge of the window. The style sheet has phones. */
function beside(panel: HTMLElement, opener: HTMLElement): void {
  const { left, right, top, bottom } = opener.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const [wide, tall] = [document.documentElement.clientWidth, innerHeight];
  const x = left + width > wide - GAP_PX ? right - width : left;
  const above = top - GAP_PX - height;
  const y = above >= GAP_PX ? above : Math.min(bottom + GAP_PX, tall - height - GAP_PX);
  panel.style.setProperty("--x", `${Math.max(GAP_PX, x)}px`);
  panel.style.setProperty("--y", `${Math.max(GAP_PX, y)}px`);
}
