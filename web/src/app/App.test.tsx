/** The page as a person uses it, against a small DayGen in memory. */
import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { barriers } from "@/testing/accessible";
import { credits, generate, happen, held, open, openLive, order, person, picture, server, tell } from "@/testing/page";
import { FakeServer } from "@/testing/server";
import { FakeSocket } from "@/testing/socket";

test("who is not signed in finds the door, and it has no barriers", async () => {
  server.refuse("GET /v1/me", 401, "identity.unauthenticated", "Sign in or send an API key.");
  await open();

  expect(screen.getByLabelText("E-mail address")).toBeInTheDocument();
  expect(screen.getByText(/sign-in link/)).toBeInTheDocument();
  expect(FakeSocket.all).toEqual([]);
  expect(await barriers()).toEqual([]);
});

test("who comes with a used link is told so at the door", async () => {
  server.refuse("GET /v1/me", 401, "identity.unauthenticated", "Sign in or send an API key.");
  history.replaceState(null, "", "/?link=rejected");
  await open();
  history.replaceState(null, "", "/");

  expect(screen.getByRole("alert")).toHaveTextContent("This sign-in link was used already or has expired.");
});

test("a wrong password is said in words, the right one opens the studio", async () => {
  server.refuse("GET /v1/me", 401, "identity.unauthenticated", "Sign in.");
  server.refuse("POST /v1/sessions", 401, "identity.password_rejected", "The address or the password is wrong.");
  await open();
  await person.type(screen.getByLabelText("E-mail address"), "kim@example.test");
  await person.type(screen.getByLabelText("Password"), "wrong{Enter}");
  expect(await screen.findByRole("alert")).toHaveTextContent("The address or the password is wrong.");

  const signedIn = new FakeServer().on("POST /v1/sessions", () => ({ status: 201, body: {} }));
  await person.click(screen.getByRole("button", { name: "Sign in" }));

  expect(await screen.findByRole("heading", { name: "Today’s roll" })).toBeInTheDocument();
  expect(signedIn.bodies).toEqual([{ email: "kim@example.test", password: "wrong" }]);
});

test("an empty roll offers prompts that run as they are, and has no barriers", async () => {
  await openLive();
  expect(await barriers()).toEqual([]);

  await person.click(screen.getByRole("button", { name: /lighthouse at dusk/ }));

  expect(server.bodies).toMatchObject([{ model: "local/print", operation: "text_to_image", count: 4 }]);
  expect(screen.getByRole("article", { name: /lighthouse at dusk/ })).toBeInTheDocument();
});

test("the button says the price, and what is missing", async () => {
  await openLive();
  expect(screen.getByRole("button", { name: /Generate/ })).toHaveTextContent("4 CR");

  await person.click(screen.getByRole("radio", { name: "2 pictures" }));
  await person.type(screen.getByRole("textbox", { name: "Prompt" }), "a fox");
  expect(screen.getByRole("button", { name: /Generate/ })).toHaveTextContent("2 CR");
  expect(screen.getByRole("button", { name: /Generate/ })).toBeEnabled();

  await happen(() => FakeSocket.last.say(poorer(1.5)));
  expect(screen.getByRole("button", { name: /Not enough credits/ })).toHaveTextContent("0.5 short");
  expect(screen.getByRole("button", { name: /Not enough credits/ })).toBeDisabled();
});

function poorer(availableCredits: number) {
  const event = { id: "evt_9", seq: 999, type: "credits.granted", createdAt: "", workspaceId: "ws_1", data: { availableCredits } };
  return { op: "event", channel: "workspace:ws_1", seq: 999, event };
}

function boat(colour: string) {
  return { ...held, jobId: `job_${colour}`, batchId: "bat_1", input: { prompt: `a ${colour} boat` }, count: 1 };
}

test("a batch that was ordered elsewhere is a strip for each of its jobs, and nothing else", async () => {
  await openLive();
  const batch = { jobId: undefined, batchId: "bat_1", jobIds: ["job_a", "job_b"], counts: {}, cost: { quotedCredits: 8, chargedCredits: 0 } };
  const made = { status: "succeeded", progress: 1, outputs: [picture(0)] };

  await tell("batch.created", { ...batch, status: "queued" });
  await tell("job.queued", { ...boat("red"), status: "queued", attempts: 0, createdAt: new Date().toISOString() });
  await tell("job.queued", { ...boat("blue"), status: "queued", attempts: 0, createdAt: new Date().toISOString() });
  await tell("job.succeeded", { ...boat("blue"), ...made });
  await tell("job.succeeded", { ...boat("red"), ...made });
  await tell("batch.finished", { ...batch, ...made });

  expect(screen.getAllByRole("article")).toHaveLength(2);
  expect(within(screen.getByRole("article", { name: "a red boat" })).getAllByRole("img")).toHaveLength(1);
  expect(within(screen.getByRole("article", { name: "a blue boat" })).getAllByRole("img")).toHaveLength(1);
});

test("a job is there with the click, develops over the socket, and asks the server once", async () => {
  document.cookie = "daygen_csrf=proof";
  await openLive();
  server.on("POST /v1/jobs", () => ({ status: 202, body: { jobId: "job_0000aaaa", quote: { credits: 4 } } }));
  const before = server.asked.length;

  await generate("a fox in snow");
  const strip = screen.getByRole("article", { name: "a fox in snow" });
  expect(credits()).toBe("6credits4 held for running jobs");
  expect(document.title).toBe("(1) DayGen");

  await tell("job.queued", { status: "queued", attempts: 0, input: server.bodies[0]?.["input"], count: 4, ...held });
  await tell("job.started", { status: "processing", ...held });
  await tell("job.progress", { status: "processing", progress: 0.5 });
  expect(within(strip).getByRole("progressbar")).toHaveValue(0.5);
  expect(strip).toHaveTextContent("50 %");
  await tell("job.output", { status: "processing", progress: 0.5, ...held, outputs: [picture(0)] });
  expect(within(strip).getAllByRole("img")).toHaveLength(1);
  const cost = { quotedCredits: 4, chargedCredits: 4 };
  await tell("job.succeeded", { status: "succeeded", progress: 1, error: null, cost, outputs: [0, 1, 2, 3].map(picture) });

  expect(screen.getAllByRole("article")).toEqual([strip]);
  expect(within(strip).getAllByRole("img")).toHaveLength(4);
  expect(strip).toHaveTextContent("AAAA");
  expect(credits()).toBe("6creditsnothing held");
  expect(document.title).toBe("DayGen");
  expect(server.asked.slice(before)).toEqual(["POST /v1/jobs"]);
  expect(server.headers.at(-1)?.get("X-CSRF-Token")).toBe("proof");
  expect(server.headers.at(-1)?.get("Idempotency-Key")).toMatch(/^[0-9a-f]{32}$/);
  expect(await barriers()).toEqual([]);
});

test("a refused order leaves no strip and takes no credits, and says why by the prompt", async () => {
  await openLive();
  server.refuse("POST /v1/jobs", 402, "ledger.insufficient_credits", "This needs 4 credits; 1 is left.");

  await generate("a fox in snow");

  expect(await screen.findByRole("alert")).toHaveTextContent("This needs 4 credits; 1 is left.");
  expect(screen.queryByRole("article")).toBeNull();
  expect(credits()).toBe("10creditsnothing held");
  expect(screen.getByRole("textbox", { name: "Prompt" })).toHaveValue("a fox in snow");
});

test("an example that is refused says why, though its strip is gone", async () => {
  await openLive();
  server.refuse("POST /v1/jobs", 429, "limits.rate_exceeded", "Too many at once. Try again in 7 s.");

  await person.click(screen.getByRole("button", { name: /lighthouse at dusk/ }));

  expect(await screen.findByRole("alert")).toHaveTextContent("Try again in 7 s.");
  expect(screen.queryByRole("article")).toBeNull();
});

test("a picture whose link is too old is loaded again from a new one", async () => {
  await openLive();
  await order("a fox in snow");
  const cost = { quotedCredits: 4, chargedCredits: 4 };
  await tell("job.succeeded", { status: "succeeded", progress: 1, error: null, cost, outputs: [picture(0)] });
  fireEvent.error(screen.getByRole("img"));
  const outputs = [{ ...picture(0), url: "/files/0.png?again" }];
  const job = { id: "job_0000aaaa", status: "succeeded", progress: 1, operation: "text_to_image", model: "local/print", outputs };
  const rest = { input: { prompt: "a fox in snow" }, count: 4, error: null, cost, attempts: 1, createdAt: new Date().toISOString() };
  server.on("GET /v1/jobs/job_0000aaaa", () => ({ status: 200, body: { ...job, ...rest } }));

  await person.click(screen.getByRole("button", { name: "Load again" }));

  expect(await screen.findByRole("img")).toHaveAttribute("src", "/files/0.png?again");
});

test("a failure is said in plain words, costs nothing, and can be tried again", async () => {
  await openLive();
  await order("a fox in snow");
  const error = { code: "provider.broken", title: "The model broke down", detail: "Nothing was charged.", retryable: true };
  await tell("job.failed", { status: "failed", error, cost: { quotedCredits: 4, chargedCredits: 0 }, outputs: [] });
  server.on("POST /v1/jobs/job_0000aaaa/retry", () => ({ status: 202, body: { jobId: "job_0000bbbb", quote: { credits: 4 } } }));

  const strip = screen.getByRole("article");
  expect(strip).toHaveTextContent("The model broke down");
  expect(credits()).toBe("10creditsnothing held");
  expect(await barriers()).toEqual([]);
  await person.click(within(strip).getByRole("button", { name: "Retry" }));

  expect(server.asked.at(-1)).toBe("POST /v1/jobs/job_0000aaaa/retry");
  expect(screen.getAllByRole("article")).toHaveLength(2);
});

test("a running job can be canceled", async () => {
  await openLive();
  await order("a fox in snow");
  const input = { prompt: "a fox in snow" };
  const canceled = { id: "job_0000aaaa", status: "canceled", progress: 0, operation: "text_to_image", model: "local/print", input };
  const rest = { count: 4, attempts: 0, createdAt: new Date().toISOString(), ...held, cost: { quotedCredits: 4, chargedCredits: 0 } };
  server.on("POST /v1/jobs/job_0000aaaa/cancel", () => ({ status: 200, body: { ...canceled, ...rest } }));

  await person.click(screen.getByRole("button", { name: "Cancel" }));

  expect(await screen.findByText("Canceled. Nothing was charged.")).toBeInTheDocument();
  expect(credits()).toBe("10creditsnothing held");
});

test("a line that broke resumes without asking for anything again", async () => {
  await openLive();
  await order("a fox in snow");
  const before = server.asked.length;
  await happen(() => FakeSocket.last.break());
  expect(screen.getByText("Reconnecting")).toBeInTheDocument();
  await happen(() => window.dispatchEvent(new Event("online")));
  await happen(() => server.goLive());
  await tell("job.succeeded", { status: "succeeded", progress: 1, ...held, outputs: [picture(0)] });

  expect(screen.queryByText("Reconnecting")).toBeNull();
  expect(screen.getAllByRole("img")).toHaveLength(1);
  expect(server.asked).toHaveLength(before);
});

test("signing out forgets everything and shows the door", async () => {
  await openLive();
  await person.type(screen.getByRole("textbox", { name: "Prompt" }), "a secret");
  server.on("DELETE /v1/sessions/current", () => ({ status: 204 }));

  await person.click(screen.getByRole("button", { name: "Sign out" }));

  expect(await screen.findByLabelText("Password")).toBeInTheDocument();
  expect(FakeSocket.last.isClosed).toBe(true);
  expect(JSON.stringify(localStorage)).not.toContain("a secret");
});

test("the theme goes round and is kept", async () => {
  await openLive();

  await person.click(screen.getByRole("button", { name: "Theme: system. Switch to light" }));
  await person.click(screen.getByRole("button", { name: "Theme: light. Switch to dark" }));

  expect(document.documentElement.dataset["theme"]).toBe("dark");
  expect(localStorage.getItem("daygen.theme")).toBe("dark");
});

test("a session that ended elsewhere leads to the door, and the words are kept", async () => {
  await openLive();
  server.refuse("POST /v1/jobs", 401, "identity.unauthenticated", "Sign in or send an API key.");
  server.refuse("GET /v1/me", 401, "identity.unauthenticated", "Sign in or send an API key.");

  await generate("a fox in snow");

  expect(await screen.findByLabelText("Password")).toBeInTheDocument();
  expect(JSON.stringify(localStorage)).toContain("a fox in snow");
});
