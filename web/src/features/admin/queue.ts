/** The queue as an operator reads it: figures, words, and what a replay does to them before the server has said so. */
import type { Depth, Lane, Letter, Pool, Queue } from "@/sdk";

/** States in the order of a task's way; what the house knows besides comes after them. */
const WAY = ["ready", "running", "waiting"];
const END = "dead";

/** Every state that is worth a figure or a column: the usual ones always, any other when something is in it. */
export function statesOf(found: readonly string[]): string[] {
  const others = found.filter((state) => !WAY.includes(state) && state !== END);
  return [...WAY, ...new Set(others), END];
}

export function tasksIn(depths: readonly Depth[], state: string): number {
  return depthOf(depths, state).tasks;
}

/** The states of all lanes, so that their columns are the same. */
export function statesOfLanes(lanes: readonly Lane[]): string[] {
  return statesOf(lanes.flatMap(({ tasks }) => Object.keys(tasks)));
}

/** How full a pool is, 0 to 1 each; null where nothing bounds it. */
export function fillOf({ running, abroad, adrift, cap }: Pick<Pool, "running" | "abroad" | "adrift" | "cap">): { lit: number; held: number } | null {
  if (cap === null) return null;
  if (cap === 0) return { lit: 0, held: 0 };
  const lit = Math.min(running / cap, 1);
  return { lit, held: Math.min((abroad + adrift) / cap, 1 - lit) };
}

/** Why a task was given up, in plain words. The try that buried it is not counted in either number. */
export function verdict({ failures, crashes }: Pick<Letter, "failures" | "crashes">): string {
  const tries = failures + crashes + 1;
  if (crashes > 0 && failures === 0) return `${tries} workers died over it`;
  if (crashes > 0) return `Tried ${tries} times; ${crashes === 1 ? "a worker" : `${crashes} workers`} died over it`;
  return tries === 1 ? "Tried once, and failed" : `Tried ${tries} times, and failed each time`;
}

/** A letter is replayed: it is no dead one any more, and its task is ready. */
export function withoutLetter(queue: Queue, taskId: string): Queue {
  if (!queue.dead.some((letter) => letter.taskId === taskId)) return queue;
  return { ...queue, dead: queue.dead.filter((letter) => letter.taskId !== taskId), depths: moved(queue.depths, END, "ready") };
}

/** It was not after all: it is back where it was. */
export function withLetter(queue: Queue, letter: Letter): Queue {
  if (queue.dead.some(({ taskId }) => taskId === letter.taskId)) return queue;
  const later = queue.dead.filter(({ taskId }) => taskId > letter.taskId);
  return { ...queue, dead: [...later, letter, ...queue.dead.slice(later.length)], depths: moved(queue.depths, "ready", END) };
}

function moved(depths: readonly Depth[], from: string, to: string): Depth[] {
  const others = depths.filter(({ state }) => state !== from && state !== to);
  const left = { ...depthOf(depths, from), tasks: Math.max(0, tasksIn(depths, from) - 1) };
  return [...others, left, { ...depthOf(depths, to), tasks: tasksIn(depths, to) + 1 }];
}

function depthOf(depths: readonly Depth[], state: string): Depth {
  return depths.find((depth) => depth.state === state) ?? { state, tasks: 0, oldestSeconds: 0 };
}
