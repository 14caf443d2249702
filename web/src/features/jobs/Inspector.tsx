/** The column on the right: what is left to spend, then the marked picture, what is known of it, and what can be done with it. */
import { Credits } from "@/features/ledger";
import { Kbd } from "@/ui";

import { ActButtons } from "./ActButtons";
import { useRoll } from "./api";
import { useSelection } from "./selection";
import { isVideo, type Shot, shotAt, shotName } from "./shots";
import { ShotFacts } from "./ShotFacts";
import { UseButtons } from "./UseButtons";
import { useViewer } from "./useViewer";
import { wordsOf } from "./words";

const NONE: readonly [] = [];

export function Inspector() {
  const jobs = useRoll().data?.jobs ?? NONE;
  const place = useSelection((selection) => selection.place);
  const shot = shotAt(
    jobs.find(({ key }) => key === place?.key),
    place?.at ?? 0,
  );
  const { open } = useViewer();
  return (
    <aside aria-label="Inspector" className="sticky top-0 flex h-dvh flex-col gap-4 overflow-y-auto border-l border-line px-[18px] py-5 max-xl:hidden">
      <Credits />
      <hr className="border-line" />
      {shot ? (
        <>
          <Shown shot={shot} onOpen={() => open(shot.job, shot.at)} />
          <p className="edge -mt-1.5 truncate text-grease">
            {shotName(shot)} <span className="text-ink3">{shot.output.width && `— ${shot.output.width} × ${shot.output.height}`}</span>
          </p>
          <ShotFacts shot={shot} jobs={jobs} />
          <ActButtons shot={shot} within="page" />
          <UseButtons shot={shot} />
        </>
      ) : (
        <Nothing />
      )}
    </aside>
  );
}

function Shown({ shot, onOpen }: { shot: Shot; onOpen: () => void }) {
  const { output, job } = shot;
  const shape = { aspectRatio: (output.width ?? 1) / (output.height ?? 1) };
  return (
    <button type="button" aria-label="Open it" onClick={onOpen} style={shape} className="max-h-[38vh] w-full shrink-0 cursor-zoom-in overflow-hidden rounded-frame bg-well">
      {isVideo(output) ? (
        <video src={output.url} muted preload="metadata" className="size-full object-contain" />
      ) : (
        <img src={output.url} alt={wordsOf(job)} className="size-full object-contain" />
      )}
    </button>
  );
}

/** Nothing is marked: an empty frame, and how to fill it. */
function Nothing() {
  return (
    <div className="grid gap-3">
      <div aria-hidden="true" className="aspect-[5/4] rounded-frame border border-line" />
      <p className="text-ink2">Mark a frame to see what made it and what can be done with it.</p>
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1.5 text-small text-ink3">
        <span className="flex items-center gap-1.5">
          <Kbd keys="ArrowLeft" />
          <Kbd keys="ArrowRight" /> mark
        </span>
        <span className="flex items-center gap-1.5">
          <Kbd keys="Enter" /> open
        </span>
        <span className="flex items-center gap-1.5">
          <Kbd keys="?" /> all keys
        </span>
      </p>
    </div>
  );
}
