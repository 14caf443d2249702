/** The roll on the light table: a strip for each job, day by day, newest first. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { sentence } from "@/sdk";
import { Button } from "@/ui";

import { loadRoll, useRoll } from "./api";
import { BlankRoll } from "./BlankRoll";
import { type Day, daysOf } from "./days";
import { isEnded, type Job } from "./model";
import { Strip } from "./Strip";
import { useToday } from "./useToday";
import { Viewer } from "./Viewer";

interface Open {
  key: string;
  frame: number;
}

export function RollView() {
  const { data: roll, error } = useRoll();
  const client = useQueryClient();
  const today = useToday();
  const [open, setOpen] = useState<Open | null>(null);
  const jobs = (roll?.jobs ?? []).filter((job) => job.input !== null);
  const opened = jobs.find(({ key }) => key === open?.key);

  if (error && !roll?.isRead) {
    return (
      <div role="alert" className="torn grid max-w-[560px] justify-items-start gap-3 rounded-frame border-l-2 border-grease bg-well p-5">
        <p>{sentence(error)}</p>
        <Button onClick={() => loadRoll(client).catch(() => undefined)}>Retry</Button>
      </div>
    );
  }
  if (!roll?.isRead && jobs.length === 0) return null;
  return (
    <>
      <Announcer jobs={jobs} />
      {daysOf(jobs, today).map((day, at) => (
        <DayStrips key={day.name} day={day} isToday={at === 0} onOpen={setOpen} />
      ))}
      {open && opened && (
        <Viewer job={opened} frame={open.frame} onMove={(frame) => setOpen({ ...open, frame })} onClose={() => setOpen(null)} />
      )}
    </>
  );
}

function DayStrips({ day, isToday, onOpen }: { day: Day; isToday: boolean; onOpen: (open: Open) => void }) {
  return (
    <section aria-label={`${day.name}’s roll`}>
      {!isToday && <h2 className="display pt-8 pb-3.5 text-number">{day.name}’s roll</h2>}
      {day.jobs.length === 0 && <BlankRoll />}
      {day.jobs.map((job, at) => (
        <Strip key={job.key} job={job} isFirst={isToday && at === 0} onOpen={(frame) => onOpen({ key: job.key, frame })} />
      ))}
    </section>
  );
}

/** Says in words what happens to the newest job, for those who do not see it. */
function Announcer({ jobs }: { jobs: readonly Job[] }) {
  const newest = jobs[0];
  const what = newest && isEnded(newest) ? newest.status : "started";
  return (
    <output className="sr-only">
      {newest && `${newest.input?.prompt}: ${what}`}
    </output>
  );
}
