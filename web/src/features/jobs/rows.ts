/** The roll as rows of a long list: headings of days and strips, and how tall each will be. Pure. */
import type { Output } from "@/sdk";

import { daysOf } from "./days";
import { isEnded, type Job, ratioOf } from "./model";

export type Row =
  | { kind: "blank"; key: string }
  | { kind: "day"; key: string; name: string }
  | { kind: "strip"; key: string; job: Job; isFirst: boolean };

/** More frames than this go on a second row. */
export const ACROSS = 4;
export const ACROSS_NARROW = 2;

/** Today has no heading of its own: the room's title is that. */
export function rowsOf(jobs: readonly Job[], today: Date): Row[] {
  const rows: Row[] = [];
  for (const [at, { name, jobs: ofDay }] of daysOf(jobs, today).entries()) {
    if (at > 0) rows.push({ kind: "day", key: `day ${name}`, name });
    if (ofDay.length === 0) rows.push({ kind: "blank", key: "blank" });
    for (const job of ofDay) rows.push({ kind: "strip", key: job.key, job, isFirst: rows.length === 0 });
  }
  return rows;
}

/** What of the window a row lies in; the numbers are the style sheet's. */
export interface Table {
  width: number;
  windowHeight: number;
  isPhone: boolean;
}

const GUTTER_PX = 118;
const GAP_PX = 4;
const ROW_GAP_PX = 12;
const EDGE_PX = 14.5;
const TORN_PX = 104 + 15;
const TEXT_PX = 120;
const LINE_PX = { wide: 61, narrow: 92 };
const DAY_PX = 65;
const BLANK_PX = 420;

/** How tall a row will be, to a few pixels: what lies below the window does not move when it comes into view. */
export function heightOf(row: Row, { width, windowHeight, isPhone }: Table, parent?: Output): number {
  if (row.kind === "blank") return BLANK_PX;
  if (row.kind === "day") return DAY_PX;
  const { job } = row;
  const line = isPhone ? LINE_PX.narrow : LINE_PX.wide;
  if (isEnded(job) && job.status !== "succeeded") return line + (job.status === "canceled" ? 20 : TORN_PX);
  const { length } = framesOf(job);
  if (length === 0) return line + TEXT_PX;
  const ratio = ratioOf(job, parent);
  const across = Math.min(length, isPhone ? ACROSS_NARROW : ACROSS);
  const room = (isPhone ? width : width - GUTTER_PX) - GAP_PX * (across - 1);
  const widest = Math.min(620, Math.max(180, windowHeight * 0.44)) * ratio;
  const tall = Math.min(room / across, widest) / ratio + EDGE_PX;
  const down = Math.ceil(length / across);
  return Math.round(line + tall * down + ROW_GAP_PX * (down - 1));
}

/** The frames that a strip shows, each with its place: of a partial success none for what never came. */
export function framesOf(job: Job): { at: number; output: Output | undefined }[] {
  const length = Math.max(job.count, job.outputs.length);
  const frames = Array.from({ length }, (_, at) => ({ at, output: job.outputs[at] }));
  return isEnded(job) ? frames.filter(({ output }) => output !== undefined) : frames;
}
