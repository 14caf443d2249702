/** Copies a text, and says so for a moment. */
import { useEffect, useState } from "react";

import { copy } from "@/lib/copy";

import { Button } from "./Button";

const SAID_FOR_MS = 1600;

interface Props {
  text: string;
  /** What is copied: "Copy prompt". */
  name: string;
  label?: string;
  /** In a line of text. */
  isSmall?: boolean;
}

export function CopyButton({ text, name, label = "Copy", isSmall = false }: Props) {
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (said === "") return;
    const timer = setTimeout(() => setSaid(""), SAID_FOR_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <Button look="quiet" aria-label={name} className={isSmall ? "-my-2 pointer-fine:h-6" : ""} onClick={() => void copy(text).then((done) => setSaid(done ? "Copied" : "Not allowed"))}>
      <span aria-live="polite">{said || label}</span>
    </Button>
  );
}
