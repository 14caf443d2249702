/** Which picture is beside which. */
import { expect, test } from "vitest";

import type { Output } from "@/sdk";

import type { Job } from "./model";
import { firstShot, type Place, shotName, shotOf, type Step, stepped } from "./shots";
import { wordsOf } from "./words";

function job(key: string, pictures: number, holes = 0): Job {
  const outputs = Array.from({ length: holes + pictures }, (_, at) => (at < holes ? undefined : ({ assetId: `ast_${key}${at}` } as Output)));
  return { key, id: `job_00${key}`, operation: "vary", input: {}, outputs } as unknown as Job;
}

const ROLL = [job("a", 2), job("b", 0), job("c", 3, 1), job("d", 1)];

function walk(from: Place, ...steps: Step[]): string {
  let place: Place | null = from;
  for (const step of steps) {
    const there = stepped(ROLL, place, step);
    if (there === undefined) return "end";
    place = { key: there.job.key, at: there.at };
  }
  return `${place.key}${place.at}`;
}

test("right and left go over all pictures of the roll, past strips that have none", () => {
  expect(walk({ key: "a", at: 0 }, "next")).toBe("a1");
  expect(walk({ key: "a", at: 1 }, "next")).toBe("c1");
  expect(walk({ key: "c", at: 1 }, "previous")).toBe("a1");
  expect(walk({ key: "c", at: 3 }, "next")).toBe("d0");
  expect(walk({ key: "d", at: 0 }, "next")).toBe("end");
  expect(walk({ key: "a", at: 0 }, "previous")).toBe("end");
});

test("up and down go by strip and keep the place as well as they can", () => {
  expect(walk({ key: "a", at: 1 }, "down")).toBe("c2");
  expect(walk({ key: "c", at: 3 }, "down")).toBe("d0");
  expect(walk({ key: "c", at: 3 }, "up")).toBe("a1");
});

test("a mark on a strip that is gone starts anew", () => {
  expect(walk({ key: "gone", at: 2 }, "next")).toBe("a0");
  expect(firstShot([job("b", 0)])).toBeUndefined();
});

test("a picture is found by its asset, and a strip says what it was made from", () => {
  const parent = shotOf(ROLL, "ast_c2");

  expect(parent && shotName(parent)).toBe("_00C·3");
  expect(shotOf(ROLL, "ast_elsewhere")).toBeUndefined();
  expect(wordsOf({ ...job("e", 1), input: { strength: "strong" } }, parent)).toBe("Varied (strong) from _00C·3");
  expect(wordsOf({ ...job("e", 1), operation: "upscale", input: { scale: 4 } }, undefined)).toBe("Upscaled (4×) from an earlier picture");
  expect(wordsOf({ ...job("e", 1), input: { prompt: "a fox" } })).toBe("a fox");
});
