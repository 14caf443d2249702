/** The socket that heals itself: what is asked of the server, and what is handed on. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { FakeSocket } from "@/testing/socket";

import { ANSWER_WITHIN_MS, ASK_AFTER_MS, Live } from "./live";

interface Fact {
  seq: number;
  type: string;
}

let seen: string[];
let live: Live<Fact>;

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  seen = [];
  live = new Live<Fact>({
    channel: "workspace:ws_1",
    open: () => new FakeSocket() as unknown as WebSocket,
    onEvent: ({ seq, type }) => seen.push(`${type} ${seq}`),
    onFresh: () => seen.push("fresh"),
    onStatus: (status) => seen.push(status),
    onDoubt: () => seen.push("doubt"),
    random: () => 1,
  });
});

afterEach(() => {
  live.close();
  vi.useRealTimers();
});

function event(seq: number, type = "job.started") {
  FakeSocket.last.say({ op: "event", channel: "workspace:ws_1", seq, event: { seq, type } });
}

function goLive(seq: number) {
  FakeSocket.last.accept().say({ op: "subscribed", channel: "workspace:ws_1", seq });
}

function subscription() {
  return FakeSocket.last.sent[0];
}

test("a first subscription starts now, and says when what came before can be read", () => {
  goLive(40);

  expect(subscription()).toEqual({ op: "subscribe", channel: "workspace:ws_1" });
  expect(seen).toEqual(["connecting", "live", "fresh"]);
});

test("after a break it resumes behind the last fact it had, and reads nothing anew", () => {
  goLive(40);
  event(41);
  FakeSocket.last.break();
  vi.advanceTimersByTime(250);
  goLive(44);
  event(42);

  expect(subscription()).toEqual({ op: "subscribe", channel: "workspace:ws_1", after: 41 });
  expect(seen).toEqual(["connecting", "live", "fresh", "job.started 41", "away", "away", "live", "job.started 42"]);
});

test("a line that breaks in the middle of a replay loses nothing", () => {
  goLive(40);
  FakeSocket.last.break();
  vi.advanceTimersByTime(250);
  goLive(44);
  event(41);
  FakeSocket.last.break();
  vi.advanceTimersByTime(250);
  FakeSocket.last.accept();

  expect(subscription()).toMatchObject({ after: 41 });
});

test("progress does not move the cursor, so that it cannot jump over a fact", () => {
  goLive(40);
  event(43, "job.progress");
  FakeSocket.last.break();
  vi.advanceTimersByTime(250);
  FakeSocket.last.accept();

  expect(subscription()).toMatchObject({ after: 40 });
});

test("a fact that comes twice is handed on once", () => {
  goLive(40);
  event(41);
  event(41);
  event(40);
  event(43);

  expect(seen.slice(3)).toEqual(["job.started 41", "job.started 43"]);
});

test("a cursor that is too old starts anew on the same line", () => {
  goLive(40);
  FakeSocket.last.break();
  vi.advanceTimersByTime(250);
  FakeSocket.last.accept().say({ op: "error", code: "live.cursor_expired" });
  FakeSocket.last.say({ op: "subscribed", channel: "workspace:ws_1", seq: 900 });

  expect(FakeSocket.last.sent.at(-1)).toEqual({ op: "subscribe", channel: "workspace:ws_1" });
  expect(seen.filter((what) => what === "fresh")).toHaveLength(2);
});

test("each failure waits longer, and success starts over", () => {
  for (const pause of [250, 500, 1000]) {
    FakeSocket.last.break();
    const before = FakeSocket.all.length;
    vi.advanceTimersByTime(pause - 1);
    expect(FakeSocket.all).toHaveLength(before);
    vi.advanceTimersByTime(1);
    expect(FakeSocket.all).toHaveLength(before + 1);
  }
  goLive(1);
  FakeSocket.last.break();
  vi.advanceTimersByTime(250);

  expect(FakeSocket.all).toHaveLength(5);
});

test("a quiet line is asked whether it is there, and given up when it is not", () => {
  goLive(40);
  vi.advanceTimersByTime(ASK_AFTER_MS);
  expect(FakeSocket.last.sent.at(-1)).toEqual({ op: "ping" });
  FakeSocket.last.say({ op: "pong" });
  vi.advanceTimersByTime(ASK_AFTER_MS + ANSWER_WITHIN_MS);

  expect(FakeSocket.last.isClosed).toBe(true);
  expect(seen.at(-1)).toBe("away");
});

test("a server that takes the line but never speaks is given up", () => {
  FakeSocket.last.accept();
  vi.advanceTimersByTime(ANSWER_WITHIN_MS);

  expect(FakeSocket.last.isClosed).toBe(true);
});

test("a network that is back is not made to wait", () => {
  goLive(40);
  FakeSocket.last.break();
  window.dispatchEvent(new Event("online"));

  expect(FakeSocket.all).toHaveLength(2);
  vi.advanceTimersByTime(1000);
  expect(FakeSocket.all).toHaveLength(2);
});

test("a line that the server refuses puts the session in doubt at once, one that fails only after some tries", () => {
  FakeSocket.last.break(4401);
  expect(seen.filter((what) => what === "doubt")).toHaveLength(1);

  for (const pause of [250, 500]) {
    vi.advanceTimersByTime(pause);
    FakeSocket.last.break();
  }
  expect(seen.filter((what) => what === "doubt")).toHaveLength(2);
});

test("a closed one stays closed", () => {
  goLive(40);
  live.close();
  event(41);
  FakeSocket.last.break();
  window.dispatchEvent(new Event("online"));
  vi.advanceTimersByTime(60_000);

  expect(FakeSocket.all).toHaveLength(1);
  expect(seen).toEqual(["connecting", "live", "fresh"]);
});
