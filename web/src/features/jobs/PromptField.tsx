/** The words: the field grows to eight lines, Enter sends, Shift+Enter breaks, ↑ in an empty field brings back what was asked. */
import { type KeyboardEvent, useLayoutEffect, useRef, useState } from "react";

interface Props {
  value: string;
  longest: number | undefined;
  /** Earlier prompts, the latest first. */
  history: readonly string[];
  onChange: (value: string) => void;
  onSend: () => void;
}

export function PromptField({ value, longest, history, onChange, onSend }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [recalled, setRecalled] = useState(-1);
  useLayoutEffect(() => {
    if (field.current === null) return;
    field.current.style.height = "auto";
    field.current.style.height = `${field.current.scrollHeight}px`;
  });

  function press(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing || event.shiftKey) return;
    if (event.key === "Enter") {
      event.preventDefault();
      setRecalled(-1);
      onSend();
    }
    const isRecalling = value === "" || value === history[recalled];
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (step === undefined || !isRecalling) return;
    const next = Math.min(history.length - 1, Math.max(-1, (value === "" ? -1 : recalled) + step));
    if (next === recalled && value !== "") return;
    event.preventDefault();
    setRecalled(next);
    onChange(history[next] ?? "");
  }

  return (
    <textarea
      ref={field}
      id="prompt"
      rows={1}
      value={value}
      maxLength={longest}
      aria-label="Prompt"
      placeholder="What should it show?"
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={press}
      className="mb-2 block max-h-[calc(8*1.45em+8px)] w-full resize-none rounded-small bg-transparent px-1.5 py-1 pointer-coarse:min-h-11 pointer-coarse:py-2.5 text-prompt leading-[1.45] text-ink placeholder:text-ink3 focus-visible:outline-none"
    />
  );
}
