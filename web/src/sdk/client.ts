/** The API's client: typed requests to our own origin, with the session's proof on everything that changes something. */
import createClient from "openapi-fetch";

import { Problem } from "./problem";
import type { paths, ProblemBody } from "./schema";

const SAFE = new Set(["GET", "HEAD"]);

export const api = createClient<paths>({ baseUrl: location.origin, fetch: (request) => fetch(request) });

api.use({
  onRequest({ request }) {
    const token = cookie("daygen_csrf");
    if (token !== null && !SAFE.has(request.method)) request.headers.set("X-CSRF-Token", token);
  },
});

/** Gives what the API answered, or throws its Problem. */
export async function answer<Data>(asked: Promise<{ data?: Data; error?: unknown; response: Response }>): Promise<Data> {
  const { data, error, response } = await asked;
  if (response.ok) return data as Data;
  throw new Problem(response.status, isProblem(error) ? error : {});
}

function isProblem(body: unknown): body is ProblemBody {
  return typeof body === "object" && body !== null && "code" in body;
}

function cookie(name: string): string | null {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found === undefined ? null : found.slice(name.length + 1);
}
