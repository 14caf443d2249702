/** The roll: the workspace's jobs, newest first, and how facts and answers fold into it. Pure. */
import type { JobEvent, JobOrder } from "@/sdk";

import { advanced, further, isEnded, type Job, parentOf, told } from "./model";

export interface Roll {
  readonly jobs: readonly Job[];
  /** Whether the server has told what was there before we listened. */
  readonly isRead: boolean;
  /** Where the server goes on with older jobs; null when there are none. */
  readonly next: string | null;
}

export const EMPTY: Roll = { jobs: [], isRead: false, next: null };

/** Puts a job at the top before the server knows of it, its price already set aside. */
export function ordered(roll: Roll, key: string, order: JobOrder, credits: number, at: Date): Roll {
  const job: Job = {
    key,
    id: null,
    status: "queued",
    progress: 0,
    model: order.model,
    operation: order.operation,
    input: order.input,
    count: order.count,
    outputs: [],
    error: null,
    cost: { quotedCredits: credits, chargedCredits: null },
    attempts: 0,
    createdAt: at.toISOString(),
    finishedAt: null,
    text: null,
    previews: [],
    position: null,
    estimateSeconds: null,
  };
  return { ...roll, jobs: [job, ...roll.jobs] };
}

/** The server named the job: the strip keeps its place. A fact may have brought it already. */
export function accepted(roll: Roll, key: string, id: string, credits: number): Roll {
  const isKnown = roll.jobs.some((job) => job.id === id);
  if (isKnown) return { ...roll, jobs: roll.jobs.filter((job) => job.key !== key || job.id === id) };
  return change(roll, key, (job) => ({ ...job, id, cost: { ...job.cost, quotedCredits: credits } }));
}

/** The server refused the job: it never was. */
export function withdrawn(roll: Roll, key: string): Roll {
  return { ...roll, jobs: roll.jobs.filter((job) => job.key !== key || job.id !== null) };
}

/** Folds one fact into the roll. Twice, late or after a gap: the end is the same. */
export function folded(roll: Roll, { type, data, createdAt }: JobEvent): Roll {
  const known = roll.jobs.find((job) => job.id === data.jobId) ?? awaited(roll, type, data.input);
  if (known === undefined && type === "job.progress") return roll; // of a job older than the roll: its end will tell
  if (known === undefined) return inserted(roll, told(data, createdAt));
  return change(roll, known.key, (job) => ({ ...advanced(job, type, data), id: data.jobId }));
}

/**
 * Takes in the newest page. Where it does not touch what is known, too much has happened in between: what is older
 * is forgotten, and read again when it is wanted.
 */
export function reread(roll: Roll, newest: readonly Job[], next: string | null): Roll {
  const known = new Set(roll.jobs.map(({ id }) => id));
  const touches = newest.some(({ id }) => known.has(id)) || newest.length === 0 || next === null;
  if (!roll.isRead || !touches) {
    const oldest = newest.at(-1)?.createdAt ?? "";
    const kept = roll.jobs.filter((job) => job.id === null || job.createdAt >= oldest || !roll.isRead);
    return { ...merged({ ...roll, jobs: kept }, newest), isRead: true, next };
  }
  return { ...merged(roll, newest), isRead: true };
}

/** Takes in jobs as the server lists them, newest first. */
export function merged(roll: Roll, jobs: readonly Job[]): Roll {
  const known = [...roll.jobs];
  const places = new Map(known.map(({ id }, at) => [id, at]));
  const last = known.at(-1);
  const between: Job[] = [];
  for (const job of jobs) {
    const at = places.get(job.id);
    const same = at === undefined ? undefined : known[at];
    if (at !== undefined && same) known[at] = further(same, job);
    else if (last === undefined || job.createdAt < last.createdAt) known.push(job);
    else between.push(job);
  }
  return between.reduce(inserted, { ...roll, jobs: known });
}

/** Credits that changed hands between two rolls: how many more are set aside, and how many more are spent. */
export function creditsBetween(before: Roll, after: Roll): { held: number; spent: number } {
  const earlier = new Map(before.jobs.map((job) => [job.key, job]));
  let [held, spent] = [0, 0];
  for (const job of after.jobs) {
    const was = earlier.get(job.key);
    earlier.delete(job.key);
    if (was === job) continue;
    const [from, to] = [was === undefined ? unseen(job) : claim(was), claim(job)];
    held += to.held - from.held;
    spent += to.spent - from.spent;
  }
  for (const gone of earlier.values()) {
    held -= claim(gone).held;
    spent -= claim(gone).spent;
  }
  return { held, spent };
}

/** What a job takes of the balance: its price while it runs, its charge when it ended. */
function claim(job: Job): { held: number; spent: number } {
  return isEnded(job) ? { held: 0, spent: job.cost.chargedCredits ?? 0 } : { held: job.cost.quotedCredits, spent: 0 };
}

/** What a job took before we heard of it: nothing when we saw it ordered, its price when it is older than our roll. */
function unseen(job: Job): { held: number; spent: number } {
  return { held: job.input === null ? job.cost.quotedCredits : 0, spent: 0 };
}

/** The order that we just sent, when the fact about it is quicker than the answer to it. */
function awaited(roll: Roll, type: string, input: Job["input"] | undefined): Job | undefined {
  if (type !== "job.queued" || !input) return undefined;
  const isSame = (job: Job) =>
    job.input?.prompt === input.prompt && job.input?.seed === input.seed && parentOf(job) === parentOf({ input });
  return roll.jobs.findLast((job) => job.id === null && isSame(job));
}

function change(roll: Roll, key: string, how: (job: Job) => Job): Roll {
  return { ...roll, jobs: roll.jobs.map((job) => (job.key === key ? how(job) : job)) };
}

function inserted(roll: Roll, job: Job): Roll {
  const place = roll.jobs.findIndex((other) => other.id !== null && other.createdAt < job.createdAt);
  const at = place === -1 ? roll.jobs.length : place;
  return { ...roll, jobs: [...roll.jobs.slice(0, at), job, ...roll.jobs.slice(at)] };
}
