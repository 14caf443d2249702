/** A small DayGen in the browser's memory: it answers requests and speaks on the socket, as the test tells it to. */
import { vi } from "vitest";

import { FakeSocket } from "./socket";

type Reply = (body: unknown) => { status: number; body?: unknown };

const ME = {
  user: { id: "usr_1", email: "kim@example.test", name: "Kim", isOperator: false },
  workspace: { id: "ws_1", name: "Kim", kind: "personal" },
  workspaces: [],
};
const PRINT = {
  id: "local/print",
  title: "Print",
  provider: "local",
  operations: [
    {
      operation: "text_to_image",
      price: { creditsPerOutput: 1, by: [], prices: {} },
      inputSchema: {
        properties: {
          prompt: { type: "string", maxLength: 4000 },
          aspectRatio: { enum: ["1:1", "3:2", "2:3"], default: "1:1" },
          seed: { type: "integer" },
        },
      },
    },
  ],
};

export class FakeServer {
  /** What was asked, in order: "GET /v1/me". */
  readonly asked: string[] = [];
  readonly bodies: Record<string, unknown>[] = [];
  readonly headers: Headers[] = [];
  private seq = 100;
  private readonly replies: Record<string, Reply> = {
    "GET /v1/me": () => ({ status: 200, body: ME }),
    "GET /v1/models": () => ({ status: 200, body: { data: [PRINT], nextCursor: null } }),
    "GET /v1/balance": () => ({ status: 200, body: { availableCredits: 10, heldCredits: 0, buckets: [] } }),
    "GET /v1/jobs": () => ({ status: 200, body: { data: [], nextCursor: null } }),
    "POST /v1/jobs": () => ({ status: 202, body: { jobId: "job_0000aaaa", status: "queued", quote: { credits: 4 }, urls: {} } }),
  };

  constructor() {
    FakeSocket.all = [];
    vi.stubGlobal("fetch", (request: Request) => this.answer(request));
    vi.stubGlobal("WebSocket", FakeSocket);
  }

  on(route: string, reply: Reply): this {
    this.replies[route] = reply;
    return this;
  }

  refuse(route: string, status: number, code: string, detail: string): this {
    return this.on(route, () => ({ status, body: { type: "about:blank", title: detail, status, code, detail, requestId: "r" } }));
  }

  /** The socket is there and follows from now. */
  goLive(): void {
    FakeSocket.last.accept().say({ op: "subscribed", channel: "workspace:ws_1", seq: this.seq });
  }

  /** Something happened to a job. */
  tell(type: string, data: object): void {
    this.seq += type === "job.progress" ? 0 : 1;
    const about = { jobId: "job_0000aaaa", model: "local/print", operation: "text_to_image", attempts: 1, progress: 0 };
    const event = { id: "evt_1", seq: this.seq, type, createdAt: new Date().toISOString(), workspaceId: "ws_1" };
    FakeSocket.last.say({ op: "event", channel: "workspace:ws_1", seq: this.seq, event: { ...event, data: { ...about, ...data } } });
  }

  private async answer(request: Request): Promise<Response> {
    const route = `${request.method} ${new URL(request.url).pathname}`;
    this.asked.push(route);
    this.headers.push(request.headers);
    const text = await request.text();
    const sent: unknown = text === "" ? undefined : JSON.parse(text);
    if (sent) this.bodies.push(sent as Record<string, unknown>);
    const { status, body } = this.replies[route]?.(sent) ?? { status: 404 };
    const type = status >= 400 ? "application/problem+json" : "application/json";
    return new Response(body === undefined ? null : JSON.stringify(body), { status, headers: { "Content-Type": type } });
  }
}
