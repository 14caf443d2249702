/** One frame of a strip: blank, then developing, then the picture. It is marked with a click and opened with another. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { Output, Preview } from "@/sdk";
import { Button } from "@/ui";

import { reloadJob } from "./api";
import { Picture } from "./Picture";
import { isVideo } from "./shots";

/** Frames that arrive together develop one after the other. */
const STAGGER_MS = 60;

interface Props {
  job: string | null;
  number: number;
  of: number;
  prompt: string;
  ratio: number;
  output: Output | undefined;
  preview: Preview | undefined;
  /** The edge print at the frame's right: the strip's number, on its first frame. */
  edge: string;
  isDeveloping: boolean;
  isEager: boolean;
  isMarked: boolean;
  /** Tab comes here: of the whole roll to one frame only. */
  isStop: boolean;
  onPick: () => void;
  onOpen: () => void;
}

export function Frame({ job, number, of, prompt, ratio, output, preview, edge, isDeveloping, isEager, isMarked, isStop, onPick, onOpen }: Props) {
  // What was there when the page opened is simply there; what arrives, develops.
  const [arrives] = useState(output === undefined);
  const [lost, setLost] = useState<string | null>(null);
  const isLost = lost !== null && lost === output?.url;
  const length = output?.durationSeconds ? clockOf(output.durationSeconds) : "";
  const tone = isMarked ? "text-grease" : isDeveloping ? "text-lamp" : "";
  return (
    <li className="min-w-0">
      <p aria-hidden="true" className={`edge flex justify-between px-0.5 pb-[5px] ${tone}`}>
        ▸ {number}
        {(length || edge) && <span>{length || edge}</span>}
      </p>
      <div
        style={{ aspectRatio: ratio }}
        className={`relative overflow-hidden rounded-frame bg-well ${output && !isLost ? "" : "border border-line"} ${isDeveloping && !preview ? "latent" : ""}`}
      >
        {preview && (output === undefined || arrives) && (
          <img src={preview.url} alt="" width={preview.width ?? undefined} height={preview.height ?? undefined} className="absolute inset-0 size-full object-cover blur-[2px]" />
        )}
        {output && isLost && <Lost job={job} />}
        {output && !isLost && (
          <button
            type="button"
            data-shot={`${job}:${number - 1}`}
            aria-label={`${isVideo(output) ? "Clip" : "Frame"} ${number} of ${of}`}
            aria-pressed={isMarked}
            tabIndex={isStop ? 0 : -1}
            onClick={onPick}
            onDoubleClick={onOpen}
            onKeyDown={(event) => {
              if (event.key !== "Enter") return;
              event.preventDefault();
              onOpen();
            }}
            className={`relative block size-full touch-manipulation rounded-frame focus-visible:-outline-offset-4 ${isMarked ? "crop" : ""}`}
          >
            <Picture key={output.url} output={output} alt={prompt} delayMs={arrives ? (number - 1) * STAGGER_MS : null} isEager={isEager} onLost={() => setLost(output.url)} />
          </button>
        )}
      </div>
    </li>
  );
}

/** Links are good for a day; a page that stayed open longer reads them anew. */
function Lost({ job }: { job: string | null }) {
  const client = useQueryClient();
  return (
    <div className="absolute inset-0 grid place-content-center justify-items-center gap-2 p-2 text-center text-small text-ink2">
      The picture did not load.
      <Button look="quiet" onClick={() => void (job && reloadJob(client, job).catch(() => undefined))}>
        Load again
      </Button>
    </div>
  );
}

function clockOf(seconds: number): string {
  const whole = Math.round(seconds);
  return `${String(Math.floor(whole / 60)).padStart(2, "0")}:${String(whole % 60).padStart(2, "0")}`;
}
