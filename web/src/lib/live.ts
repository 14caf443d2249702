/** One socket to the workspace's facts that heals itself: nothing is missed, nothing is seen twice. */
import { pauseMs } from "./backoff";

/** A fact with its place in the workspace's order. */
interface Placed {
  seq: number;
  type: string;
}

type Message<Event> =
  | { op: "event"; event: Event }
  | { op: "subscribed"; seq: number }
  | { op: "pong" }
  | { op: "error"; code: string };

export type LiveStatus = "connecting" | "live" | "away";

export interface LiveOptions<Event extends Placed> {
  channel: string;
  open: () => WebSocket;
  onEvent: (event: Event) => void;
  /** The stream starts anew: what happened before it has to be read. */
  onFresh: () => void;
  onStatus: (status: LiveStatus) => void;
  /** The server may no longer know our session: it said so, or the line fails again and again. */
  onDoubt: () => void;
  random?: () => number;
}

/** A quiet line is asked after this long, and given up when it does not answer. */
export const ASK_AFTER_MS = 25_000;
export const ANSWER_WITHIN_MS = 8_000;
/** RFC 6455's "policy violation", and the private codes that spell 401 and 403. */
const REFUSED = new Set([1008, 4401, 4403]);
const DOUBT_AFTER_FAILURES = 3;

/**
 * The cursor is the place of the last durable fact that was handed on. Progress does not move it: it is only the
 * latest value and may overtake facts. A fresh subscription starts at the place the server names; a resumed one
 * replays what came after the cursor, so there the server's place is not taken (the line may break before the
 * replay ends).
 */
export class Live<Event extends Placed> {
  private readonly options: LiveOptions<Event>;
  private socket: WebSocket | null = null;
  private listening = new AbortController();
  private cursor: number | null = null;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private closed = false;

  constructor(options: LiveOptions<Event>) {
    this.options = options;
    window.addEventListener("online", this.hurry);
    document.addEventListener("visibilitychange", this.hurry);
    this.connect();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    window.removeEventListener("online", this.hurry);
    document.removeEventListener("visibilitychange", this.hurry);
    this.drop();
  }

  private connect(): void {
    this.options.onStatus(this.failures === 0 ? "connecting" : "away");
    const socket = this.options.open();
    this.socket = socket;
    const { signal } = (this.listening = new AbortController());
    socket.addEventListener("open", () => this.subscribe(socket), { signal });
    socket.addEventListener("message", ({ data }) => this.read(JSON.parse(String(data)) as Message<Event>, socket), { signal });
    socket.addEventListener("close", ({ code }) => this.lost(code), { signal });
    this.expectWithin(ANSWER_WITHIN_MS);
  }

  private subscribe(socket: WebSocket): void {
    const after = this.cursor === null ? {} : { after: this.cursor };
    socket.send(JSON.stringify({ op: "subscribe", channel: this.options.channel, ...after }));
  }

  private read(message: Message<Event>, socket: WebSocket): void {
    this.askAfterQuiet(socket);
    if (message.op === "subscribed") this.subscribed(message.seq);
    else if (message.op === "event") this.pass(message.event);
    else if (message.op === "error" && message.code === "live.cursor_expired") {
      this.cursor = null;
      this.subscribe(socket);
    }
  }

  private subscribed(seq: number): void {
    this.failures = 0;
    this.options.onStatus("live");
    if (this.cursor !== null) return;
    this.cursor = seq;
    this.options.onFresh();
  }

  private pass(event: Event): void {
    if (event.type !== "job.progress") {
      if (this.cursor !== null && event.seq <= this.cursor) return;
      this.cursor = event.seq;
    }
    this.options.onEvent(event);
  }

  private lost(code: number | undefined): void {
    this.drop();
    if (this.closed) return;
    this.options.onStatus("away");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), pauseMs(this.failures++, this.options.random));
    if ((code !== undefined && REFUSED.has(code)) || this.failures === DOUBT_AFTER_FAILURES) this.options.onDoubt();
  }

  /** After a quiet while the server is asked whether it is there: a line that died without a word is found so. */
  private askAfterQuiet(socket: WebSocket): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      socket.send('{"op":"ping"}');
      this.expectWithin(ANSWER_WITHIN_MS);
    }, ASK_AFTER_MS);
  }

  private expectWithin(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.lost(undefined), milliseconds);
  }

  /** The network or the person is back: do not wait out the pause. */
  private readonly hurry = (): void => {
    if (this.socket !== null || document.visibilityState === "hidden") return;
    clearTimeout(this.timer);
    this.connect();
  };

  private drop(): void {
    this.listening.abort();
    this.socket?.close();
    this.socket = null;
  }
}
