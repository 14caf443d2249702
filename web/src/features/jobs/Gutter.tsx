/** The edge print beside a strip: its number, when, how it goes, by which model, for how much. */
import { useEffect, useState } from "react";

import { edgeNumber, formatCredits, formatElapsed, formatTime } from "@/lib/format";

import { isEnded, type Job } from "./model";

const SECOND_MS = 1000;

export function Gutter({ job, model }: { job: Job; model: string }) {
  return (
    <header className="edge flex gap-x-3 gap-y-[9px] max-sm:flex-wrap max-sm:items-baseline sm:flex-col sm:pt-[15px]">
      <b className="display text-number tracking-[-0.02em] text-ink normal-case">{job.id ? edgeNumber(job.id) : "New"}</b>
      {isEnded(job) ? <time dateTime={job.createdAt}>{formatTime(new Date(job.createdAt))}</time> : <Running job={job} />}
      <span className="max-w-full truncate">{model}</span>
      <span>{price(job)}</span>
    </header>
  );
}

/** Where a job is and for how long it has run; the seconds are counted here, nobody is asked. */
function Running({ job }: { job: Job }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const tick = setInterval(() => setNow(Date.now()), SECOND_MS);
    return () => clearInterval(tick);
  }, []);
  const place = job.status === "processing" ? `${Math.floor(job.progress * 100)} %` : placeInLine(job);
  return (
    <>
      <span className="text-lamp">
        {place} · {formatElapsed(now - Date.parse(job.createdAt))}
      </span>
      {job.estimateSeconds !== null && <span>about {formatElapsed(job.estimateSeconds * SECOND_MS)} to go</span>}
    </>
  );
}

/** "next in line", "3 before it". */
export function placeInLine({ status, position }: Pick<Job, "status" | "position">): string {
  if (status !== "queued" || position === null) return status;
  return position <= 0 ? "next in line" : `${position} before it`;
}

function price(job: Job): string {
  if (!isEnded(job)) return `${formatCredits(job.cost.quotedCredits)} cr`;
  if (job.status !== "succeeded" && !job.cost.chargedCredits) return "free";
  return `${formatCredits(job.cost.chargedCredits ?? job.cost.quotedCredits)} cr`;
}
