/** A socket whose other end is the test. */

export class FakeSocket extends EventTarget {
  static all: FakeSocket[] = [];

  static get last(): FakeSocket {
    const last = FakeSocket.all.at(-1);
    if (last === undefined) throw new Error("No socket was opened.");
    return last;
  }

  readonly sent: Record<string, unknown>[] = [];
  isClosed = false;

  constructor() {
    super();
    FakeSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }

  close(): void {
    this.isClosed = true;
  }

  /** The server takes the connection. */
  accept(): this {
    this.dispatchEvent(new Event("open"));
    return this;
  }

  /** The server says something. */
  say(message: object): void {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(message) }));
  }

  /** The line breaks. */
  break(code = 1006): void {
    this.dispatchEvent(Object.assign(new Event("close"), { code }));
  }
}
