/** A dialog over the page: Esc and a click beside it close it, and the focus goes back to where it was. */
import { type ReactNode, useLayoutEffect, useRef } from "react";

const LOOKS = {
  whole: "m-0 h-dvh max-h-none w-dvw max-w-none bg-well backdrop:bg-well",
  card: "m-auto max-h-[calc(100dvh-32px)] w-[min(680px,calc(100dvw-32px))] max-w-none overflow-y-auto rounded-composer border border-line2 bg-raise shadow-float backdrop:bg-veil open:rise",
} as const;

interface Props {
  label: string;
  onClose: () => void;
  look?: keyof typeof LOOKS;
  children: ReactNode;
}

export function Dialog({ label, onClose, look = "whole", children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  // A layout effect: its end runs while the dialog is still in the page, so that the focus can go back.
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    shown?.focus();
    return () => shown?.close();
  }, []);
  return (
    // Esc is the key for what the click does.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events
    <dialog
      ref={dialog}
      aria-label={label}
      tabIndex={-1}
      // It stays until its owner takes it away, so that it can be seen to go.
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClose={() => dialog.current?.open !== true && onClose()}
      onClick={(event) => event.target === dialog.current && onClose()}
      className={`p-0 focus-visible:outline-none ${LOOKS[look]}`}
    >
      {children}
    </dialog>
  );
}
