/** A job as the page holds it: pure values, and the rules by which facts change them. */
import type { Cost, JobError, JobFact, JobInput, JobStatus, JobView, Output, Preview } from "@/sdk";

export interface Job {
  /** Stays when a job that was only just ordered gets its id, so that its strip stays too. */
  key: string;
  /** Null until the server has named it. */
  id: string | null;
  status: JobStatus;
  /** 0 to 1. */
  progress: number;
  model: string;
  operation: string;
  /** Null when the job was ordered before the roll that we know: its strip is not shown. */
  input: JobInput | null;
  count: number;
  /** By frame; a hole is a frame that is not there yet. */
  outputs: readonly (Output | undefined)[];
  error: JobError | null;
  cost: Cost;
  attempts: number;
  createdAt: string;
  finishedAt: string | null;
  /** What a description came to. */
  text: string | null;
  /** Pictures that are still being made. */
  previews: readonly Preview[];
  /** How many go before it while it waits, and when it is expected to be done. */
  position: number | null;
  estimateSeconds: number | null;
}

const ENDS: ReadonlySet<JobStatus> = new Set(["succeeded", "failed", "canceled", "expired"]);
/** Sizes are rounded to what a model can make: that much is not another ratio. */
const SAME_RATIO = 0.03;
const ORDER: Record<string, number> = { queued: 0, starting: 1, processing: 2 };

export function isEnded(job: Job): boolean {
  return ENDS.has(job.status);
}

/** A job as the server lists it. */
export function listed(view: JobView): Job {
  return {
    key: view.id,
    id: view.id,
    status: view.status,
    progress: view.progress,
    model: view.model,
    operation: view.operation,
    input: view.input as JobInput,
    count: view.count,
    outputs: view.outputs,
    error: view.error,
    cost: view.cost,
    attempts: view.attempts,
    createdAt: view.createdAt,
    finishedAt: view.finishedAt ?? null,
    text: view.text ?? null,
    ...underway(view),
  };
}

/** A job of which a fact tells, before anything else is known about it. */
export function told(fact: JobFact, at: string): Job {
  return {
    key: fact.jobId,
    id: fact.jobId,
    status: fact.status,
    progress: fact.progress,
    model: fact.model,
    operation: fact.operation,
    input: fact.input ?? null,
    count: fact.count ?? Math.max(1, fact.outputs?.length ?? 0),
    outputs: placed([], fact),
    error: fact.error ?? null,
    cost: fact.cost ?? { quotedCredits: 0, chargedCredits: null },
    attempts: fact.attempts,
    createdAt: fact.createdAt ?? at,
    finishedAt: fact.finishedAt ?? null,
    text: fact.text ?? null,
    ...underway(fact),
  };
}

/** What is only known before the end. */
function underway({ status, previews, position, estimateSeconds }: JobFact | JobView): Pick<Job, "previews" | "position" | "estimateSeconds"> {
  const isOver = ENDS.has(status);
  return {
    previews: isOver ? [] : (previews ?? []),
    position: status === "queued" ? (position ?? null) : null,
    estimateSeconds: isOver ? null : (estimateSeconds ?? null),
  };
}

/**
 * What a fact makes of a job. Facts may come twice, progress may come late: an end never changes, progress never
 * goes back within a try, and an earlier try is over. A retry starts again at nothing.
 */
export function advanced(job: Job, type: string, fact: JobFact): Job {
  const completed = { ...job, input: job.input ?? fact.input ?? null, count: fact.count ?? job.count };
  if (isEnded(job) || fact.attempts < job.attempts) return job.input === null && fact.input ? completed : job;
  const isAgain = type === "job.requeued" || fact.attempts > job.attempts;
  const isBehind = !isAgain && !ENDS.has(fact.status) && rank(fact.status) < rank(job.status);
  const now = underway(fact);
  return {
    ...completed,
    ...(isBehind ? {} : now),
    // The latest previews stay until there are later ones, or the try is over.
    previews: now.previews.length > 0 || isAgain || ENDS.has(fact.status) ? now.previews : job.previews,
    finishedAt: fact.finishedAt ?? null,
    text: fact.text ?? job.text,
    status: isBehind ? job.status : fact.status,
    progress: isAgain ? fact.progress : Math.max(job.progress, fact.progress),
    outputs: placed(job.outputs, fact),
    error: fact.error ?? null,
    cost: fact.cost ?? job.cost,
    attempts: fact.attempts,
  };
}

/** Of two pictures of one job, the one further along; whichever knows the order lends it. Links are taken anew. */
export function further(known: Job, other: Job): Job {
  const winner = isOlder(known, other) || isEnded(other) ? other : known;
  const source = known.input === null ? other : known;
  return { ...winner, key: known.key, input: source.input, count: source.count, createdAt: source.createdAt };
}

function isOlder(known: Job, other: Job): boolean {
  if (isEnded(known) || isEnded(other)) return !isEnded(known);
  if (known.attempts !== other.attempts) return known.attempts < other.attempts;
  return rank(known.status) + known.progress < rank(other.status) + other.progress;
}

function rank(status: JobStatus): number {
  return ORDER[status] ?? ENDS.size;
}

function placed(outputs: Job["outputs"], fact: JobFact): Job["outputs"] {
  if (!fact.outputs?.length) return outputs;
  const frames = [...outputs];
  for (const [place, { index = place, ...output }] of fact.outputs.entries()) {
    // Every fact has a link of its own to the same picture: what is shown already is not fetched again.
    if (frames[index]?.assetId !== output.assetId) frames[index] = output;
  }
  return frames;
}

/** The picture that a job was made from, by its asset's id. */
export function parentOf({ input }: Pick<Job, "input">): string | null {
  for (const value of Object.values(input ?? {})) {
    if (typeof value === "object" && value !== null && "assetId" in value) return String(value.assetId);
  }
  return null;
}

/**
 * Width over height of the job's frames: as ordered, so that nothing moves when a picture arrives, unless the model
 * made something clearly different. What is made from a picture has that picture's shape, unless told otherwise.
 */
export function ratioOf(job: Job, parent?: Output): number {
  const wanted = orderedRatio(job.input ?? {}, parent);
  const arrived = job.outputs.find((output) => output?.width && output.height);
  if (!arrived?.width || !arrived.height) return wanted;
  const made = arrived.width / arrived.height;
  return Math.abs(made / wanted - 1) < SAME_RATIO ? wanted : made;
}

function orderedRatio({ aspectRatio, width, height }: JobInput, parent?: Output): number {
  if (width && height) return width / height;
  if (aspectRatio === undefined && parent?.width && parent.height) return parent.width / parent.height;
  const [across = 1, down = 1] = (aspectRatio ?? "1:1").split(":").map(Number);
  return across / down || 1;
}
