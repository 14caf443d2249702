/** What the API refuses, as an error that can be shown. */
import type { ProblemBody } from "./schema";

export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly body: Partial<ProblemBody>;

  constructor(status: number, body: Partial<ProblemBody>) {
    super(body.detail ?? body.title ?? `The server answered ${status}.`);
    this.name = "Problem";
    this.status = status;
    this.code = body.code ?? "request.failed";
    this.body = body;
  }
}

/** A field by its own name: "input.aspectRatio" is "Aspect ratio" to a person. */
function fault({ path, message }: { path: string; message: string }): string {
  const words = (path.split(".").at(-1) ?? path).replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}: ${message}.`;
}

/** Says in one sentence what went wrong, for a person. */
export function sentence(error: unknown): string {
  if (error instanceof Problem) return error.body.errors?.map(fault).join(" ") || error.message;
  return "The server cannot be reached. Check that DayGen is running.";
}
