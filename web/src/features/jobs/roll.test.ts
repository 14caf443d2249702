/** The roll: whatever order facts and answers come in, the end is the same. */
import { expect, test } from "vitest";

import type { JobEvent, JobFact, JobOrder, JobView } from "@/sdk";

import { isEnded, listed } from "./model";
import { accepted, creditsBetween, EMPTY, folded, merged, ordered, reread, type Roll, withdrawn } from "./roll";

const INPUT = { prompt: "a lighthouse", seed: 7 };
const ORDER: JobOrder = { model: "local/print", operation: "text_to_image", input: INPUT, count: 2 };
const HELD = { quotedCredits: 2, chargedCredits: null };
const CHARGED = { quotedCredits: 2, chargedCredits: 2 };
const AT = new Date("2026-11-20T12:00:00.000Z");

function fact(type: string, data: Partial<JobFact> = {}): JobEvent {
  const status = { queued: "queued", started: "processing", progress: "processing", output: "processing", requeued: "queued" }[type];
  return {
    id: "evt_1",
    seq: 1,
    type: `job.${type}`,
    createdAt: "2026-11-20T12:00:01.000Z",
    workspaceId: "ws_1",
    data: {
      jobId: "job_a",
      status: (status ?? type) as JobFact["status"],
      progress: 0,
      model: "local/print",
      operation: "text_to_image",
      attempts: type === "queued" ? 0 : 1,
      ...(type === "progress" ? {} : { cost: HELD, error: null, outputs: [] }),
      ...data,
    },
  };
}

function picture(index: number) {
  return { assetId: `ast_${index}`, url: `/files/${index}`, contentType: "image/png", size: 9, width: 912, height: 1140, index };
}

function view(data: Partial<JobView> = {}): JobView {
  const job = { id: "job_a", status: "queued" as const, progress: 0, operation: "text_to_image", model: "local/print" };
  return { ...job, input: INPUT, count: 2, outputs: [], error: null, cost: HELD, attempts: 0, createdAt: AT.toISOString(), ...data };
}

const queued = fact("queued", { input: INPUT, count: 2, createdAt: "2026-11-20T12:00:00.000Z" });
const started = fact("started");
const outputs = [0, 1].map((index) => fact("output", { progress: 0.5 * (index + 1), outputs: [picture(index)] }));
const succeeded = fact("succeeded", { progress: 1, cost: CHARGED, outputs: [picture(0), picture(1)] });

function fold(...events: JobEvent[]): Roll {
  return events.reduce(folded, EMPTY);
}

function only(roll: Roll) {
  expect(roll.jobs).toHaveLength(1);
  const [job] = roll.jobs;
  if (job === undefined) throw new Error("The roll is empty.");
  return job;
}

test("a job's facts fold into its end", () => {
  const job = only(fold(queued, started, ...outputs, succeeded));

  expect(job).toMatchObject({ status: "succeeded", progress: 1, cost: CHARGED, input: INPUT, count: 2 });
  expect(job.outputs.map((output) => output?.assetId)).toEqual(["ast_0", "ast_1"]);
});

test("a gap is closed by the end, which names everything", () => {
  expect(only(fold(queued, succeeded))).toEqual(only(fold(queued, started, ...outputs, succeeded)));
});

test("facts that come twice change nothing", () => {
  const once = fold(queued, started, ...outputs, succeeded);

  expect([queued, started, ...outputs, succeeded].reduce(folded, once)).toEqual(once);
});

test("late progress neither goes back nor reopens an end", () => {
  const halfway = fold(queued, started, fact("progress", { progress: 0.6 }), fact("progress", { progress: 0.4 }));
  expect(only(halfway).progress).toBe(0.6);

  const over = folded(folded(halfway, succeeded), fact("progress", { progress: 0.9 }));
  expect(only(over)).toMatchObject({ status: "succeeded", progress: 1 });
});

test("an end never becomes another end", () => {
  const stopped = fold(queued, started, fact("canceled", { cost: { quotedCredits: 2, chargedCredits: 0 } }));

  expect(folded(stopped, succeeded)).toEqual(stopped);
});

test("progress that overtakes the start counts, and the start does not take it back", () => {
  const job = only(fold(queued, fact("progress", { progress: 0.3 }), started));

  expect(job).toMatchObject({ status: "processing", progress: 0.3 });
});

test("a frame goes to its own place, whichever comes first", () => {
  const job = only(fold(queued, started, fact("output", { outputs: [picture(1)] })));

  expect(job.outputs[0]).toBeUndefined();
  expect(job.outputs[1]?.assetId).toBe("ast_1");
});

test("a picture that is shown keeps its link until the roll is read anew", () => {
  const relinked = { ...picture(0), url: "/files/0?later" };
  const shown = fold(queued, fact("output", { outputs: [picture(0)] }), fact("succeeded", { outputs: [relinked] }));
  expect(only(shown).outputs[0]?.url).toBe("/files/0");

  const read = merged(shown, [listed(view({ status: "succeeded", outputs: [relinked], attempts: 1 }))]);
  expect(only(read).outputs[0]?.url).toBe("/files/0?later");
});

test("another try starts at nothing, and the try before it is over", () => {
  const again = fold(queued, started, fact("progress", { progress: 0.8 }), fact("requeued"), fact("started", { attempts: 2 }));
  expect(only(again)).toMatchObject({ status: "processing", progress: 0, attempts: 2 });

  expect(folded(again, fact("progress", { progress: 0.9, attempts: 1 }))).toEqual(again);
});

test("an ordered job is at the top at once and becomes the server's without losing its key", () => {
  const before = merged(EMPTY, [listed(view({ id: "job_z", createdAt: "2026-11-20T11:00:00.000Z" }))]);
  const after = accepted(ordered(before, "key_1", ORDER, 2, AT), "key_1", "job_a", 2);

  expect(after.jobs.map(({ key, id }) => [key, id])).toEqual([
    ["key_1", "job_a"],
    ["job_z", "job_z"],
  ]);
});

test("a fact that is quicker than the answer finds the ordered job", () => {
  const early = folded(ordered(EMPTY, "key_1", ORDER, 2, AT), queued);

  expect(only(early)).toMatchObject({ key: "key_1", id: "job_a" });
  expect(accepted(early, "key_1", "job_a", 2)).toEqual(early);
});

test("the same words with another seed are another job", () => {
  const both = folded(ordered(EMPTY, "key_1", ORDER, 2, AT), fact("queued", { input: { ...INPUT, seed: 8 }, count: 2 }));

  expect(both.jobs.map(({ id }) => id)).toEqual([null, "job_a"]);
});

test("a refused job never was", () => {
  expect(withdrawn(ordered(EMPTY, "key_1", ORDER, 2, AT), "key_1")).toEqual(EMPTY);
});

test("what the server lists does not undo what facts have told", () => {
  const told = fold(queued, started, ...outputs, succeeded);

  expect(merged(told, [listed(view())])).toEqual(told);
  expect(only(merged(fold(queued), [listed(view({ status: "processing", progress: 0.5, attempts: 1 }))])).progress).toBe(0.5);
});

test("a fact about a job that is not on the roll yet waits for its words", () => {
  const early = fold(started);
  expect(only(early).input).toBeNull();

  expect(only(merged(early, [listed(view())]))).toMatchObject({ status: "processing", input: INPUT, count: 2 });
});

test("jobs lie newest first, wherever they come from", () => {
  const newer = fact("queued", { jobId: "job_b", input: { prompt: "b" }, createdAt: "2026-11-20T12:30:00.000Z" });
  const older = listed(view({ id: "job_0", createdAt: "2026-11-19T12:00:00.000Z" }));

  expect(merged(fold(newer, queued), [older]).jobs.map(({ id }) => id)).toEqual(["job_b", "job_a", "job_0"]);
});

test("credits are set aside once and spent once, however often it is told", () => {
  const rolls = [EMPTY];
  const step = (roll: Roll) => rolls.push(roll);
  const now = () => rolls.at(-1) ?? EMPTY;
  step(ordered(now(), "key_1", ORDER, 2, AT));
  for (const event of [queued, queued, started, ...outputs, succeeded, succeeded]) step(folded(now(), event));
  step(accepted(now(), "key_1", "job_a", 2));
  const moved = rolls.slice(1).map((roll, at) => creditsBetween(rolls[at] ?? EMPTY, roll));

  expect(moved.filter(({ held, spent }) => held !== 0 || spent !== 0)).toEqual([
    { held: 2, spent: 0 },
    { held: -2, spent: 2 },
  ]);
});

test("a job that was canceled, failed or refused gives everything back", () => {
  const running = fold(queued, started);
  expect(creditsBetween(running, folded(running, fact("failed", { cost: { quotedCredits: 2, chargedCredits: 0 } })))).toEqual({
    held: -2,
    spent: 0,
  });

  const wished = ordered(EMPTY, "key_1", ORDER, 2, AT);
  expect(creditsBetween(wished, withdrawn(wished, "key_1"))).toEqual({ held: -2, spent: 0 });
});

test("the end of a job that is older than the roll moves what it had held", () => {
  const end = folded(EMPTY, succeeded);

  expect(creditsBetween(EMPTY, end)).toEqual({ held: -2, spent: 2 });
  expect(end.jobs.every(isEnded)).toBe(true);
  expect(folded(EMPTY, fact("progress", { progress: 0.5 }))).toBe(EMPTY);
});

test("an older page goes below, in its order, and what is known stays", () => {
  const told = fold(queued, started);
  const page = ["2026-11-20T11:00:00.000Z", "2026-11-20T10:00:00.000Z"].map((createdAt, at) => listed(view({ id: `job_${at}`, createdAt })));

  const roll = merged(told, [listed(view()), ...page]);

  expect(roll.jobs.map(({ id }) => id)).toEqual(["job_a", "job_0", "job_1"]);
  expect(roll.jobs[0]?.status).toBe("processing");
});

test("a newest page that touches what is known keeps it, and one that does not starts anew", () => {
  const old = listed(view({ id: "job_old", createdAt: "2026-11-19T12:00:00.000Z" }));
  const first = reread(EMPTY, [listed(view()), old], "cursor_old");
  expect(first).toMatchObject({ isRead: true, next: "cursor_old" });

  const near = listed(view({ id: "job_b", createdAt: "2026-11-20T13:00:00.000Z" }));
  expect(reread(first, [near, listed(view())], "cursor_a")).toMatchObject({ next: "cursor_old", jobs: [{ id: "job_b" }, { id: "job_a" }, { id: "job_old" }] });
  expect(reread(first, [near], "cursor_b")).toMatchObject({ next: "cursor_b", jobs: [{ id: "job_b" }] });
});
