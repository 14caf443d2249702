/** What an operator reads out of a look at the queue. */
import { expect, test } from "vitest";

import type { Letter, Queue } from "@/sdk";

import { fillOf, statesOf, tasksIn, verdict, withLetter, withoutLetter } from "./queue";

const letter = (taskId: string): Letter => ({
  taskId,
  jobId: null,
  kind: "Sweep",
  pool: "house",
  workspaceId: null,
  workspaceName: null,
  reason: null,
  failures: 4,
  crashes: 0,
  queuedAt: "2026-01-01T00:00:00.000Z",
});

const queue: Queue = {
  at: "2026-01-01T00:01:00.000Z",
  depths: [{ state: "dead", tasks: 3, oldestSeconds: 60 }],
  oldestReadySeconds: 0,
  pools: [],
  lanes: [],
  workers: [],
  dead: [letter("task_3"), letter("task_2"), letter("task_1")],
};

test("the usual states have their places, and one that is new shows before the end", () => {
  expect(statesOf([])).toEqual(["ready", "running", "waiting", "dead"]);
  expect(statesOf(["dead", "abroad", "ready", "abroad"])).toEqual(["ready", "running", "waiting", "abroad", "dead"]);
});

test("a pool's bar is never longer than the pool", () => {
  expect(fillOf({ running: 1, abroad: 1, adrift: 0, cap: 4 })).toEqual({ lit: 0.25, held: 0.25 });
  expect(fillOf({ running: 9, abroad: 0, adrift: 9, cap: 4 })).toEqual({ lit: 1, held: 0 });
  expect(fillOf({ running: 2, abroad: 0, adrift: 0, cap: 0 })).toEqual({ lit: 0, held: 0 });
  expect(fillOf({ running: 2, abroad: 0, adrift: 0, cap: null })).toBeNull();
});

test("why something was given up is said in words", () => {
  expect(verdict({ failures: 4, crashes: 0 })).toBe("Tried 5 times, and failed each time");
  expect(verdict({ failures: 0, crashes: 7 })).toBe("8 workers died over it");
  expect(verdict({ failures: 3, crashes: 1 })).toBe("Tried 5 times; a worker died over it");
  expect(verdict({ failures: 0, crashes: 0 })).toBe("Tried once, and failed");
});

test("a replayed letter is ready at once, and back in its place when it could not be", () => {
  const without = withoutLetter(queue, "task_2");
  expect(without.dead.map(({ taskId }) => taskId)).toEqual(["task_3", "task_1"]);
  expect([tasksIn(without.depths, "dead"), tasksIn(without.depths, "ready")]).toEqual([2, 1]);

  const again = withLetter(without, letter("task_2"));
  expect(again.dead).toEqual(queue.dead);
  expect([tasksIn(again.depths, "dead"), tasksIn(again.depths, "ready")]).toEqual([3, 0]);
});

test("twice is once", () => {
  const without = withoutLetter(queue, "task_2");

  expect(withoutLetter(without, "task_2")).toBe(without);
  expect(withLetter(queue, letter("task_2"))).toBe(queue);
});
