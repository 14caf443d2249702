/** The roll on the light table: a strip for each job, day by day, newest first; only what is near the window is drawn. */
import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";

import { useDelayed } from "@/lib/useDelayed";
import { sentence } from "@/sdk";
import { BlankStrip, Button, NewPill, Torn } from "@/ui";

import { loadRoll, useRoll } from "./api";
import { isEnded, type Job } from "./model";
import { RollList } from "./RollList";
import { rowsOf } from "./rows";
import { useHeld } from "./useHeld";
import { useRollKeys } from "./useRollKeys";
import { useToday } from "./useToday";
import { useViewer } from "./useViewer";
import { Viewer } from "./Viewer";

const NONE: readonly Job[] = [];

export function RollView() {
  const { data: roll, error } = useRoll();
  const client = useQueryClient();
  const today = useToday();
  const viewer = useViewer();
  const all = roll?.jobs ?? NONE;
  const jobs = useMemo(() => all.filter((job) => job.input !== null), [all]);
  const { shown, waiting } = useHeld(jobs);
  const rows = useMemo(() => rowsOf(shown, today), [shown, today]);
  const isUnread = !roll?.isRead && jobs.length === 0;
  const isWaiting = useDelayed(isUnread && !error);
  useRollKeys(shown, viewer.open);

  return (
    <>
      {error && !roll?.isRead && (
        <Torn isNews title="The roll could not be read" action={<Button onClick={() => void loadRoll(client).catch(() => undefined)}>Retry</Button>}>
          {sentence(error)}
        </Torn>
      )}
      {isWaiting && <Skeleton />}
      {!isUnread && (
        <>
          <Announcer jobs={jobs} />
          <RollList rows={rows} jobs={shown} next={roll?.next ?? null} onOpen={viewer.open} />
        </>
      )}
      {waiting > 0 && (
        <div className="fixed top-[max(1rem,env(safe-area-inset-top))] left-1/2 z-10 -translate-x-1/2 max-sm:top-16">
          <NewPill count={waiting} onClick={() => scrollTo({ top: 0 })} />
        </div>
      )}
      {viewer.id !== undefined && (
        <Viewer id={viewer.id} at={viewer.at} jobs={jobs} onMove={viewer.move} onClose={viewer.close} />
      )}
    </>
  );
}

/** What the roll looks like before it is read: blank strips, with no shimmer. */
function Skeleton() {
  return (
    <div aria-busy="true" className="grid gap-8">
      <span className="sr-only">Reading the roll</span>
      {[4, 4].map((frames, at) => (
        <div key={at === 0 ? "first" : "second"} className="contact border-t border-line pt-3.5 sm:pl-[118px]" style={{ "--frames": frames, "--few": 2, "--ratio": 1 }}>
          <BlankStrip frames={frames} isWaiting />
        </div>
      ))}
    </div>
  );
}

/** Says in words what happens to the newest job, for those who do not see it. */
function Announcer({ jobs }: { jobs: readonly Job[] }) {
  const newest = jobs[0];
  const what = newest && isEnded(newest) ? newest.status : "started";
  return <output className="sr-only">{newest && `${newest.input?.prompt ?? newest.operation}: ${what}`}</output>;
}
