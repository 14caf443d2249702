/** The operators' queue as one uses it, against a small DayGen in memory. */
import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import { barriers } from "@/testing/accessible";
import { open, openLive, person, server } from "@/testing/page";

const ME = {
  user: { id: "usr_1", email: "kim@example.test", name: "Kim", isOperator: true },
  workspace: { id: "ws_1", name: "Kim", kind: "personal" },
  workspaces: [],
};
const LETTER = {
  taskId: "task_1",
  jobId: "job_0000aaaa",
  kind: "RunJob",
  pool: "local/print",
  workspaceId: "ws_1",
  workspaceName: "Kim",
  reason: "the press jams",
  failures: 4,
  crashes: 0,
  queuedAt: "2026-01-01T00:00:00.000Z",
};
const QUEUE = {
  at: "2026-01-01T00:01:00.000Z",
  depths: [
    { state: "dead", tasks: 1, oldestSeconds: 60 },
    { state: "abroad", tasks: 4, oldestSeconds: 60 },
    { state: "running", tasks: 2, oldestSeconds: 9 },
  ],
  oldestReadySeconds: 0,
  pools: [{ name: "local", within: null, cap: 4, room: 2, running: 2, adrift: 0, flow: "paused", pausedSeconds: 42 }],
  lanes: [
    { workspaceId: "ws_1", workspaceName: "Kim", pool: "local/print", weight: 3, cap: null, parked: false, tasks: { running: 2, abroad: 4, dead: 1 }, oldestReadySeconds: 0 },
  ],
  workers: [{ id: "wkr_1", host: "press-1", pid: 4711, startedAt: "2026-01-01T00:00:00.000Z", leaseSeconds: 20, running: 2 }],
  dead: [LETTER],
};
const REPLAY = "POST /v1/admin/queue/dead/task_1/replay";

beforeEach(() => {
  server.on("GET /v1/me", () => ({ status: 200, body: ME })).on("GET /v1/admin/queue", () => ({ status: 200, body: QUEUE }));
  history.replaceState(null, "", "/admin/queue");
});

async function openQueue() {
  await open();
  await screen.findByRole("region", { name: "Pools" });
}

const letters = () => screen.getByRole("region", { name: "Dead letters" });
const looks = () => server.asked.filter((asked) => asked === "GET /v1/admin/queue").length;
const figures = () => screen.getByLabelText("In figures");

test("an operator finds the way from the studio, and nobody else is shown one", async () => {
  history.replaceState(null, "", "/");
  await openLive();

  await person.click(screen.getByRole("link", { name: "Queue" }));

  expect(await screen.findByRole("heading", { name: "Queue", level: 1 })).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Queue" })).toHaveAttribute("aria-current", "page");
});

test("who is no operator sees no link, and is told so at the address itself", async () => {
  server.on("GET /v1/me", () => ({ status: 200, body: { ...ME, user: { ...ME.user, isOperator: false } } }));
  server.refuse("GET /v1/admin/queue", 403, "identity.forbidden", "This is for the operators of the house.");

  await open();

  expect(await screen.findByRole("alert")).toHaveTextContent("This page is for operators");
  expect(screen.queryByRole("link", { name: "Queue" })).toBeNull();
  expect(screen.queryByRole("region", { name: "Pools" })).toBeNull();
});

test("figures, pools, lanes, workers and dead letters are said in words, with no barriers", async () => {
  await openQueue();

  expect(figures()).toHaveTextContent("ready0running2waiting0abroad4dead1oldest readynone");
  expect(screen.getByRole("region", { name: "Pools" })).toHaveTextContent("Paused for 42 s");
  expect(within(screen.getByRole("region", { name: "Lanes" })).getAllByRole("columnheader").map((head) => head.textContent)).toContain("abroad");
  expect(screen.getByRole("region", { name: "Workers" })).toHaveTextContent("press-1471121 min20 s left");
  expect(letters()).toHaveTextContent("Tried 5 times, and failed each time");
  expect(letters()).toHaveTextContent("the press jams");
  expect(await barriers()).toEqual([]);
});

test("a replay shows at once, asks once, and the queue is looked at again", async () => {
  document.cookie = "daygen_csrf=proof";
  await openQueue();
  server.on(REPLAY, () => {
    server.on("GET /v1/admin/queue", () => ({ status: 200, body: { ...QUEUE, dead: [], depths: [{ state: "ready", tasks: 1, oldestSeconds: 0 }] } }));
    return { status: 202, body: { taskId: "task_1", jobId: "job_0000bbbb" } };
  });

  await person.click(within(letters()).getByRole("button", { name: "Replay Job AAAA" }));

  await waitFor(() => expect(letters()).toHaveTextContent("None: nothing was given up."));
  expect(await screen.findByText("Ordered again as job BBBB")).toBeInTheDocument();
  await waitFor(() => expect(server.asked.at(-1)).toBe("GET /v1/admin/queue"));
  expect(server.asked.filter((asked) => asked === REPLAY)).toHaveLength(1);
});

test("a refused replay puts the letter back and says why", async () => {
  await openQueue();
  server.refuse(REPLAY, 402, "ledger.insufficient_credits", "This needs 4 credits; 1 is left.");

  await person.click(within(letters()).getByRole("button", { name: "Replay Job AAAA" }));

  expect(await screen.findByRole("alert")).toHaveTextContent("Not replayed: This needs 4 credits; 1 is left.");
  expect(within(letters()).getByRole("button", { name: "Replay Job AAAA" })).toBeEnabled();
  expect(figures()).toHaveTextContent("dead1");
});

test("R looks again; nothing is asked for by itself, and an old look says that it is one", async () => {
  await openQueue();
  const before = looks();
  server.refuse("GET /v1/admin/queue", 503, "service.unavailable", "The database is away.");

  await person.keyboard("r");

  expect(await screen.findByRole("alert")).toHaveTextContent("This look at the queue is an old one");
  expect(looks()).toBe(before + 1);
  expect(figures()).toHaveTextContent("dead1");
});

test("who comes back to the tab is shown the queue as it is then", async () => {
  await openQueue();
  const before = looks();

  window.dispatchEvent(new Event("visibilitychange"));

  await waitFor(() => expect(looks()).toBe(before + 1));
});
