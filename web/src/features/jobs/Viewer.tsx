/** One picture, whole or close, with what made it; the address names it, and the arrows go over the whole roll. */
import { useEffect, useRef, useState } from "react";

import { useKeys } from "@/lib/keys";
import { Problem, sentence } from "@/sdk";
import { Button, CloseIcon, Dialog, IconButton, NextIcon, PreviousIcon, Torn } from "@/ui";

import { useJob } from "./api";
import { isEnded, type Job, parentOf } from "./model";
import { focusMarked } from "./RollList";
import { isVideo, type Shot, shotAt, shotName, shotOf, type Step, stepped } from "./shots";
import { Stage, type StageHandle } from "./Stage";
import { ViewerPanel } from "./ViewerPanel";
import { wordsOf } from "./words";

const SURROUNDS = ["black", "grey", "white"] as const;
const LOOKS = { black: "bg-surround-black", grey: "bg-surround-grey", white: "bg-surround-white" };

interface Props {
  id: string;
  at: number;
  /** The roll, over which the arrows go. */
  jobs: readonly Job[];
  onMove: (job: Job, at: number) => void;
  onClose: () => void;
}

export function Viewer({ id, at, jobs, onMove, onClose }: Props) {
  const { job, isOnRoll, error } = useJob(id);
  const shot = shotAt(job, at);
  useEffect(() => () => void requestAnimationFrame(focusMarked), []);
  if (shot) return <Open shot={shot} jobs={isOnRoll ? jobs : [shot.job]} roll={jobs} onMove={onMove} onClose={onClose} />;
  if (!error && !job) return null;
  return (
    <Dialog label="No such picture" onClose={onClose}>
      <div className="grid h-full place-content-center gap-4 p-6">
        <Torn isNews title={titleOf(error, job)} action={<Button onClick={onClose}>Back to the roll</Button>}>
          {reasonOf(error, job)}
        </Torn>
      </div>
    </Dialog>
  );
}

function titleOf(error: unknown, job: Job | undefined): string {
  if (job) return isEnded(job) ? "There is no such frame" : "It is not there yet";
  return error instanceof Problem && error.status === 404 ? "This picture is not in this workspace" : "The picture could not be read";
}

function reasonOf(error: unknown, job: Job | undefined): string {
  if (job) return isEnded(job) ? "The strip has fewer frames than the link says." : "The strip is still being made. It is on the roll.";
  const isMissing = error instanceof Problem && [404, 422].includes(error.status);
  return isMissing ? "The link may be another workspace’s, or the picture was deleted." : sentence(error);
}

interface OpenProps {
  shot: Shot;
  /** What the arrows go over. */
  jobs: readonly Job[];
  roll: readonly Job[];
  onMove: (job: Job, at: number) => void;
  onClose: () => void;
}

function Open({ shot, jobs, roll, onMove, onClose }: OpenProps) {
  const stage = useRef<StageHandle>(null);
  const [surround, setSurround] = useState<(typeof SURROUNDS)[number]>("black");
  const [percent, setPercent] = useState(100);
  const { job, at, output } = shot;
  const from = { key: job.key, at };
  const words = wordsOf(job, shotOf(roll, parentOf(job)));

  function go(step: Step) {
    const there = stepped(jobs, from, step);
    if (there) onMove(there.job, there.at);
  }
  const turn = () => setSurround(SURROUNDS[(SURROUNDS.indexOf(surround) + 1) % SURROUNDS.length] ?? "black");
  useKeys(
    {
      ArrowLeft: () => go("previous"),
      ArrowRight: () => go("next"),
      ArrowUp: () => go("up"),
      ArrowDown: () => go("down"),
      Z: () => stage.current?.toggle(),
      "+": () => stage.current?.closer(),
      "=": () => stage.current?.closer(),
      "-": () => stage.current?.further(),
      B: turn,
    },
    "dialog",
  );
  usePreloaded(stepped(jobs, from, "next"), stepped(jobs, from, "previous"));

  const hasPrevious = stepped(jobs, from, "previous") !== undefined;
  const hasNext = stepped(jobs, from, "next") !== undefined;
  const bar = "absolute z-1 rounded-control bg-base/85 pointer-coarse:bg-base";
  return (
    <Dialog label={`${isVideo(output) ? "Clip" : "Frame"} ${at + 1} of ${job.outputs.length}`} onClose={onClose}>
      <div className={`grid h-full grid-rows-[minmax(0,1fr)_auto] lg:grid-cols-[minmax(0,1fr)_320px] lg:grid-rows-none ${LOOKS[surround]}`}>
        <div className="relative min-h-0 overflow-hidden">
          <div className="absolute inset-0 sm:inset-6">
            <Stage key={output.assetId} output={output} alt={words} handle={stage} onSwipe={go} onScale={setPercent} />
          </div>
          <div className={`${bar} top-3 left-3 flex items-center gap-1 pr-1 pl-3`}>
            <span className="edge text-ink2">{shotName(shot)}</span>
            <Button look="quiet" className="tabular-nums" aria-label={`Shown at ${percent} %. Between whole and 1:1`} onClick={() => stage.current?.toggle()}>
              {percent} %
            </Button>
            <Button look="quiet" aria-label={`Surround: ${surround}. Change it`} onClick={turn}>
              <i aria-hidden="true" className={`size-3.5 rounded-round border border-line2 ${LOOKS[surround]}`} />
            </Button>
          </div>
          {hasPrevious && (
            <IconButton name="Previous frame" className={`${bar} top-1/2 left-3 -translate-y-1/2`} onClick={() => go("previous")}>
              <PreviousIcon />
            </IconButton>
          )}
          {hasNext && (
            <IconButton name="Next frame" className={`${bar} top-1/2 right-3 -translate-y-1/2`} onClick={() => go("next")}>
              <NextIcon />
            </IconButton>
          )}
          <IconButton name="Close" className={`${bar} top-3 right-3 lg:hidden`} onClick={onClose}>
            <CloseIcon />
          </IconButton>
        </div>
        <ViewerPanel shot={shot} words={words} jobs={roll} onClose={onClose} />
      </div>
    </Dialog>
  );
}

/** The neighbours are fetched before they are wanted. */
function usePreloaded(...shots: (Shot | undefined)[]): void {
  const urls = shots.flatMap((shot) => (shot && !isVideo(shot.output) ? [shot.output.url] : [])).join(" ");
  useEffect(() => {
    for (const url of urls.split(" ").filter(Boolean)) new Image().src = url;
  }, [urls]);
}
