/** Single keys: heard anywhere but where words are written, and never with a modifier that the browser means. */
import { useEffect, useRef } from "react";

/** By name: "V", "Shift+V", "ArrowLeft", "?". */
export type Keymap = Readonly<Record<string, (() => void) | undefined>>;

const TEXT = "input:not([type=radio], [type=checkbox], [type=range]), textarea, select, [contenteditable]";
/** Inside these, arrows and letters belong to the thing itself. */
const OWN = "[popover], [role=listbox], input, select, textarea";

/** A panel that is open has the keys; Esc closes it, and nothing else. */
const OPEN_PANEL = "[popovertarget][aria-expanded=true]";

/** The name of a pressed key; null while words are written or something else wants the key. */
export function keyName(event: Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey" | "target">): string | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  if (event.target instanceof Element && event.target.matches(TEXT)) return null;
  if (event.target instanceof Element && event.target.closest(OWN) !== null) return null;
  if (event.key === "Enter" && event.target instanceof Element && event.target.closest("a, button") !== null) return null;
  if (event.key.length > 1) return event.key;
  const letter = event.key.toUpperCase();
  const isLetter = letter !== event.key.toLowerCase();
  return event.shiftKey && isLetter ? `Shift+${letter}` : letter;
}

/** Hears keys on the page; `within` says whether they are the page's or a dialog's. */
export function useKeys(keys: Keymap, within: "page" | "dialog" = "page"): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector(OPEN_PANEL) !== null) return;
      if ((document.querySelector("dialog[open]") !== null) !== (within === "dialog")) return;
      const act = latest.current[keyName(event) ?? ""];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", hear);
    return () => document.removeEventListener("keydown", hear);
  }, [within]);
}
