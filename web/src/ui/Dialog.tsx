/** A dialog over the page: Esc and a click beside it close it, and the focus goes back to where it was. */
import { type KeyboardEvent, type ReactNode, useLayoutEffect, useRef } from "react";

interface Props {
  label: string;
  onClose: () => void;
  onKeyDown?: (event: KeyboardEvent) => void;
  children: ReactNode;
}

export function Dialog({ label, onClose, onKeyDown, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  // A layout effect: its end runs while the dialog is still in the page, so that the focus can go back.
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    // The keys of the whole dialog are heard here; each of them has a button too.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <dialog
      ref={dialog}
      aria-label={label}
      onClose={() => dialog.current?.open !== true && onClose()}
      onClick={(event) => event.target === dialog.current && onClose()}
      onKeyDown={onKeyDown}
      className="m-0 h-dvh max-h-none w-dvw max-w-none bg-well p-0 backdrop:bg-well open:rise"
    >
      {children}
    </dialog>
  );
}
