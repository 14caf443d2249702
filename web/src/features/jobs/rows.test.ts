/** How tall a strip will be, before it is drawn. */
import { expect, test } from "vitest";

import type { Job } from "./model";
import { framesOf, heightOf, rowsOf, type Table } from "./rows";

const DESK: Table = { width: 1000, windowHeight: 800, isPhone: false };
const PHONE: Table = { width: 360, windowHeight: 780, isPhone: true };

function job(data: Partial<Job> = {}): Job {
  const output = { width: 100, height: 100 } as Job["outputs"][number];
  return { key: "a", status: "succeeded", operation: "text_to_image", input: {}, count: 4, outputs: Array.from({ length: 4 }, () => output), createdAt: "2026-11-20T12:00:00Z", ...data } as Job;
}

function height(data: Partial<Job>, table = DESK) {
  return heightOf({ kind: "strip", key: "a", job: job(data), isFirst: false }, table);
}

test("four squares beside each other are a quarter as tall as the room is wide, two by two on a phone", () => {
  expect(height({})).toBe(Math.round((1000 - 118 - 12) / 4 + 14.5 + 61));
  expect(height({}, PHONE)).toBe(2 * ((360 - 4) / 2 + 14.5) + 12 + 92);
});

test("a single tall picture is no taller than can be seen whole", () => {
  const tall = { width: 90, height: 160 } as Job["outputs"][number];

  expect(height({ count: 1, outputs: [tall] })).toBe(Math.round(800 * 0.44 + 14.5 + 61));
});

test("a strip that came to nothing is a line or a torn frame", () => {
  expect(height({ status: "canceled", outputs: [] })).toBeLessThan(height({ status: "failed", outputs: [] }));
  expect(height({ status: "failed", outputs: [] })).toBeLessThan(height({}));
});

test("of a partial success only what is there is shown, each in its place", () => {
  const [there] = job().outputs;

  expect(framesOf(job({ outputs: [undefined, there] })).map(({ at }) => at)).toEqual([1]);
  expect(framesOf(job({ status: "processing", outputs: [undefined, there] })).map(({ at }) => at)).toEqual([0, 1, 2, 3]);
});

test("today has no heading, the days before have, and an empty today is said", () => {
  const today = new Date("2026-11-21T12:00:00Z");

  expect(rowsOf([job()], today).map(({ kind }) => kind)).toEqual(["blank", "day", "strip"]);
  expect(rowsOf([job(), job({ key: "b" })], new Date("2026-11-20T13:00:00Z"))).toMatchObject([
    { key: "a", isFirst: true },
    { key: "b", isFirst: false },
  ]);
});
