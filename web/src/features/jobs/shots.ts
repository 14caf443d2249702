/** The pictures of a roll one by one: how to name one, and which is beside it. Pure. */
import { edgeNumber } from "@/lib/format";
import type { Output } from "@/sdk";

import type { Job } from "./model";

/** One picture: a frame of a strip that is there. */
export interface Shot {
  job: Job;
  /** The frame's place, from 0. */
  at: number;
  output: Output;
}

/** Where a shot is: a strip by its key, and the frame's place. */
export interface Place {
  key: string;
  at: number;
}

export type Step = "previous" | "next" | "up" | "down";

export function shotAt(job: Job | undefined, at: number): Shot | undefined {
  const output = job?.outputs[at];
  return job === undefined || output === undefined ? undefined : { job, at, output };
}

export function firstShot(jobs: readonly Job[]): Shot | undefined {
  for (const job of jobs) {
    const [shot] = shotsOf(job);
    if (shot) return shot;
  }
  return undefined;
}

/** "2430·2", as it is printed on the edge. */
export function shotName({ job, at }: Pick<Shot, "job" | "at">): string {
  return `${job.id ? edgeNumber(job.id) : "new"}·${at + 1}`;
}

/** The picture one step away; undefined at the ends of the roll. */
export function stepped(jobs: readonly Job[], from: Place, step: Step): Shot | undefined {
  const strip = jobs.findIndex(({ key }) => key === from.key);
  const job = jobs[strip];
  if (job === undefined) return firstShot(jobs);
  const shots = shotsOf(job);
  const at = shots.findIndex((shot) => shot.at === from.at);
  if (step === "next" && shots[at + 1]) return shots[at + 1];
  if (step === "previous" && at > 0) return shots[at - 1];
  const isBack = step === "previous" || step === "up";
  for (let other = strip + (isBack ? -1 : 1); other >= 0 && other < jobs.length; other += isBack ? -1 : 1) {
    const neighbour = jobs[other];
    const there = neighbour ? shotsOf(neighbour) : [];
    if (there.length === 0) continue;
    if (step === "next") return there[0];
    return step === "previous" ? there.at(-1) : there[Math.min(Math.max(at, 0), there.length - 1)];
  }
  return undefined;
}

/** Which picture of the roll an asset is. */
export function shotOf(jobs: readonly Job[], assetId: string | null): Shot | undefined {
  if (assetId === null) return undefined;
  for (const job of jobs) {
    const at = job.outputs.findIndex((output) => output?.assetId === assetId);
    const shot = shotAt(job, at);
    if (shot) return shot;
  }
  return undefined;
}

export function isVideo(output: Pick<Output, "contentType">): boolean {
  return output.contentType.startsWith("video/");
}

/** The frame's own seed: each output has one more than the one before. */
export function seedOfShot({ job, at }: Shot): number | null {
  const seed = job.input?.seed;
  return typeof seed === "number" ? seed + at : null;
}

function shotsOf(job: Job): Shot[] {
  return job.outputs.flatMap((output, at) => (output === undefined ? [] : [{ job, at, output }]));
}
