/** Which job lies on which day's roll. */
import { expect, test } from "vitest";

import { daysOf } from "./days";
import type { Job } from "./model";

const NOW = new Date(2026, 10, 20, 9, 30);

function made(...at: [number, number, number, number]): Job {
  return { createdAt: new Date(...at).toISOString() } as Job;
}

test("each day is a roll, and today's is there even when it is empty", () => {
  const days = daysOf([made(2026, 10, 19, 23), made(2026, 10, 19, 1), made(2026, 10, 16, 12), made(2026, 8, 1, 12)], NOW);

  expect(days.map(({ name, jobs }) => [name, jobs.length])).toEqual([
    ["Today", 0],
    ["Yesterday", 2],
    ["Monday", 1],
    ["1 September", 1],
  ]);
});

test("a server whose clock is ahead does not make tomorrow's roll", () => {
  expect(daysOf([made(2026, 10, 21, 1)], NOW).map(({ name }) => name)).toEqual(["Today"]);
});
