/** One picture, whole, with what made it. */
import type { KeyboardEvent, ReactNode } from "react";

import { useModelTitle } from "@/features/catalog";
import { edgeNumber, formatCredits, formatTime } from "@/lib/format";
import { CloseIcon, Dialog, DownloadIcon, IconButton, NextIcon, PreviousIcon } from "@/ui";

import type { Job } from "./model";

interface Props {
  job: Job;
  frame: number;
  onMove: (frame: number) => void;
  onClose: () => void;
}

export function Viewer({ job, frame, onMove, onClose }: Props) {
  const output = job.outputs[frame];
  const last = job.outputs.length - 1;
  if (output === undefined) return null;

  function move(event: KeyboardEvent) {
    if (event.key === "ArrowLeft" && frame > 0) onMove(frame - 1);
    if (event.key === "ArrowRight" && frame < last) onMove(frame + 1);
  }

  return (
    <Dialog label={`Frame ${frame + 1} of ${last + 1}`} onClose={onClose} onKeyDown={move}>
      <div className="grid h-full grid-rows-[minmax(0,1fr)_auto] lg:grid-cols-[minmax(0,1fr)_300px] lg:grid-rows-none">
        <div className="relative grid min-h-0 grid-cols-[minmax(0,1fr)] grid-rows-[minmax(0,1fr)] place-items-center p-4 sm:p-8 lg:px-16">
          <img
            key={output.assetId}
            src={output.url}
            alt={job.input?.prompt ?? ""}
            width={output.width ?? undefined}
            height={output.height ?? undefined}
            className="rise max-h-full max-w-full rounded-frame object-contain"
          />
          {frame > 0 && (
            <IconButton name="Previous frame" className="absolute left-3 bg-base" onClick={() => onMove(frame - 1)}>
              <PreviousIcon />
            </IconButton>
          )}
          {frame < last && (
            <IconButton name="Next frame" className="absolute right-3 bg-base" onClick={() => onMove(frame + 1)}>
              <NextIcon />
            </IconButton>
          )}
        </div>
        <Facts job={job} frame={frame} onClose={onClose} />
      </div>
    </Dialog>
  );
}

/** The seed is the frame's own: each output has one more than the one before. */
function Facts({ job, frame, onClose }: Omit<Props, "onMove">) {
  const output = job.outputs[frame];
  const title = useModelTitle(job.model);
  const { prompt, seed, technique } = job.input ?? {};
  const name = `${job.id ? edgeNumber(job.id) : ""}·${frame + 1}`;
  return (
    <aside className="flex min-h-0 flex-col gap-4 border-line bg-base p-[18px] max-lg:max-h-[46dvh] max-lg:overflow-y-auto max-lg:border-t lg:border-l">
      <div className="flex items-center justify-between">
        <p className="edge">{name}</p>
        <IconButton name="Close" className="-m-2" onClick={onClose}>
          <CloseIcon />
        </IconButton>
      </div>
      <p className="text-prompt wrap-anywhere lg:overflow-y-auto">{prompt}</p>
      <dl className="grid grid-cols-[84px_1fr] gap-y-[9px] border-t border-line pt-4 text-small">
        <Fact name="Model">{title}</Fact>
        <Fact name="Size">{output?.width && output.height ? `${output.width} × ${output.height}` : null}</Fact>
        <Fact name="Seed">{seed === undefined ? null : seed + frame}</Fact>
        <Fact name="Technique">{technique}</Fact>
        <Fact name="Cost">{`${formatCredits(job.cost.chargedCredits ?? job.cost.quotedCredits)} credits for the strip`}</Fact>
        <Fact name="Made">{formatTime(new Date(job.createdAt))}</Fact>
      </dl>
      <a
        href={output?.url}
        download={`daygen-${name.replace("·", "-")}`}
        className="mt-auto inline-flex h-10 shrink-0 items-center justify-center gap-2 rounded-control border border-line2 hover:bg-lift"
      >
        <DownloadIcon /> Download
      </a>
    </aside>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (children === null || children === undefined) return null;
  return (
    <>
      <dt className="text-ink3">{name}</dt>
      <dd className="tabular-nums">{children}</dd>
    </>
  );
}
