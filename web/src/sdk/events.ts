/** What the socket says: facts about a workspace, in the order they happened. */
import type { Cost, JobError, JobInput, JobStatus, Output, Underway } from "./schema";

export interface JobFact extends Underway {
  jobId: string;
  /** The batch it was ordered with, if it was. */
  batchId?: string | null;
  status: JobStatus;
  progress: number;
  model: string;
  operation: string;
  attempts: number;
  /** On `job.output` the one that arrived, with its place; on an end all of them. Progress leaves it out. */
  outputs?: (Output & { index?: number })[];
  error?: JobError | null;
  cost?: Cost;
  /** Only `job.queued` says what was ordered. */
  input?: JobInput;
  count?: number;
  createdAt?: string;
  /** Only ends have it. */
  finishedAt?: string;
  text?: string | null;
}

interface Fact<Type extends string, Data> {
  id: string;
  seq: number;
  type: Type;
  createdAt: string;
  workspaceId: string;
  data: Data;
}

export type JobEvent = Fact<`job.${string}`, JobFact>;
export type CreditsEvent = Fact<`credits.${string}`, { availableCredits?: number }>;
export type BatchEvent = Fact<`batch.${string}`, { batchId: string; jobIds: string[]; availableCredits?: never }>;
export type LiveEvent = JobEvent | BatchEvent | CreditsEvent;

export type ServerMessage =
  | { op: "event"; channel: string; seq: number; event: LiveEvent }
  | { op: "subscribed"; channel: string; seq: number }
  | { op: "pong" }
  | { op: "error"; code: string };

export function isJobEvent(event: LiveEvent): event is JobEvent {
  return event.type.startsWith("job.");
}
