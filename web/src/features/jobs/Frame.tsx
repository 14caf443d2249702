/** One frame of a strip: blank, then developing, then the picture. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { Output } from "@/sdk";
import { Button } from "@/ui";

import { loadRoll } from "./api";

/** Frames that arrive together develop one after the other. */
const STAGGER_MS = 60;

interface Props {
  number: number;
  of: number;
  prompt: string;
  ratio: number;
  output: Output | undefined;
  /** The edge print at the frame's right: the strip's number, on its first frame. */
  edge: string;
  isDeveloping: boolean;
  isEager: boolean;
  onOpen: () => void;
}

export function Frame({ number, of, prompt, ratio, output, edge, isDeveloping, isEager, onOpen }: Props) {
  // What was there when the page opened is simply there; what arrives, develops.
  const [arrives] = useState(output === undefined);
  const [lost, setLost] = useState<string | null>(null);
  const isLost = lost !== null && lost === output?.url;
  return (
    <li className="min-w-0">
      <p aria-hidden="true" className="edge flex justify-between px-0.5 pb-[5px]">
        <span className={isDeveloping ? "text-lamp" : ""}>▸ {number}</span>
        <span>{edge}</span>
      </p>
      <div style={{ aspectRatio: ratio }} className="relative overflow-hidden rounded-frame bg-well">
        <div className={`absolute inset-0 rounded-frame border border-line ${isDeveloping ? "latent" : ""}`} />
        {output && isLost && <Lost />}
        {output && !isLost && (
          <button
            type="button"
            aria-label={`Open frame ${number} of ${of}`}
            onClick={onOpen}
            className="relative block size-full cursor-zoom-in rounded-frame focus-visible:-outline-offset-4"
          >
            <Picture key={output.url} output={output} alt={prompt} delayMs={arrives ? (number - 1) * STAGGER_MS : null} isEager={isEager} onLost={() => setLost(output.url)} />
          </button>
        )}
      </div>
    </li>
  );
}

interface PictureProps {
  output: Output;
  alt: string;
  /** When it starts to develop; null when it does not. */
  delayMs: number | null;
  isEager: boolean;
  onLost: () => void;
}

/** Links are good for a day; a page that stayed open longer reads them anew. */
function Lost() {
  const client = useQueryClient();
  return (
    <div className="absolute inset-0 grid place-content-center justify-items-center gap-2 p-2 text-center text-small text-ink2">
      The picture did not load.
      <Button look="quiet" onClick={() => void loadRoll(client).catch(() => undefined)}>
        Load again
      </Button>
    </div>
  );
}

function Picture({ output, alt, delayMs, isEager, onLost }: PictureProps) {
  const [isThere, setIsThere] = useState(false);
  const motion = isThere ? "develop" : "opacity-0";
  return (
    <img
      src={output.url}
      alt={alt}
      width={output.width ?? undefined}
      height={output.height ?? undefined}
      loading={isEager ? "eager" : "lazy"}
      fetchPriority={isEager ? "high" : "auto"}
      decoding="async"
      onLoad={() => setIsThere(true)}
      onError={onLost}
      style={{ animationDelay: `${delayMs ?? 0}ms` }}
      className={`size-full object-cover ${delayMs === null ? "" : motion}`}
    />
  );
}
