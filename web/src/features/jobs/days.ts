/** Days are rolls: the jobs of one day lie together. Pure. */
import { formatDay, startOfDay } from "@/lib/format";

import type { Job } from "./model";

export interface Day {
  /** "Today", "Yesterday", "Monday", "12 November". */
  name: string;
  jobs: readonly Job[];
}

/** Sorts jobs, newest first, into their days; today is always there, empty if need be. */
export function daysOf(jobs: readonly Job[], now: Date): Day[] {
  const byDay = new Map<number, Job[]>([[startOfDay(now), []]]);
  for (const job of jobs) {
    const day = Math.min(startOfDay(new Date(job.createdAt)), startOfDay(now));
    const ofDay = byDay.get(day);
    if (ofDay) ofDay.push(job);
    else byDay.set(day, [job]);
  }
  return [...byDay].map(([day, ofDay]) => ({ name: formatDay(new Date(day), now), jobs: ofDay }));
}
