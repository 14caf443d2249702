/** Marking, opening and looking at what was made. */
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { barriers } from "@/testing/accessible";
import { held, openLive, order, person, picture, server, tell } from "@/testing/page";

/** A strip with two pictures. */
async function developed() {
  await openLive();
  await order("a fox in snow");
  await tell("job.succeeded", { status: "succeeded", progress: 1, ...held, outputs: [0, 1].map(picture) });
}

test("a click marks a frame, and the inspector says what it is", async () => {
  await developed();

  await person.click(screen.getByRole("button", { name: "Frame 2 of 2" }));

  expect(screen.getByRole("button", { name: "Frame 2 of 2" })).toHaveAttribute("aria-pressed", "true");
  const inspector = screen.getByRole("complementary", { name: "Inspector" });
  expect(inspector).toHaveTextContent("AAAA·2");
  expect(inspector).toHaveTextContent("1024 × 1024");
  expect(await barriers()).toEqual([]);
});

test("a frame opens whole with Enter, is in the address, moves with the arrows, and closes", async () => {
  await developed();

  screen.getByRole("button", { name: "Frame 1 of 2" }).focus();
  await person.keyboard("{Enter}");
  const dialog = await screen.findByRole("dialog", { name: "Frame 1 of 2" });
  expect(location.search).toBe("?job=job_0000aaaa&frame=1");
  expect(within(dialog).getByRole("link", { name: "Download" })).toHaveAttribute("href", "/files/0.png");
  expect(await barriers()).toEqual([]);
  await person.keyboard("{ArrowRight}");
  expect(await screen.findByRole("dialog", { name: "Frame 2 of 2" })).toBeInTheDocument();
  expect(location.search).toBe("?job=job_0000aaaa&frame=2");
  await person.click(within(await screen.findByRole("dialog")).getAllByRole("button", { name: "Close" })[0] as HTMLElement);

  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(location.search).toBe("");
});

test("an address of another workspace's picture says so plainly", async () => {
  server.refuse("GET /v1/jobs/job_0000zzzz", 404, "jobs.not_found", "There is no such job.");
  history.replaceState(null, "", "/?job=job_0000zzzz&frame=2");

  await openLive();

  expect(await screen.findByText("This picture is not in this workspace")).toBeInTheDocument();
  await person.click(screen.getByRole("button", { name: "Back to the roll" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

test("a clip plays without sound, round and round", async () => {
  await openLive();
  await order("waves");
  const clip = { ...picture(0), contentType: "video/mp4", url: "/files/0.mp4", durationSeconds: 5 };
  await tell("job.succeeded", { status: "succeeded", progress: 1, ...held, outputs: [clip] });

  const shown = screen.getByLabelText("waves", { selector: "video" }) as HTMLVideoElement;
  expect([shown.loop, shown.muted, shown.getAttribute("src")]).toEqual([true, true, "/files/0.mp4"]);
  expect(screen.getByRole("article")).toHaveTextContent("00:05");
});

test("while a job waits its place and time are said, and previews show while it is made", async () => {
  await openLive();
  await order("a fox in snow");
  const strip = screen.getByRole("article");

  await tell("job.progress", { status: "queued", attempts: 0, position: 3, estimateSeconds: 40 });
  expect(strip).toHaveTextContent("3 before it");
  expect(strip).toHaveTextContent("about 40 s to go");
  const preview = { index: 1, url: "/files/latent.png", width: 64, height: 64 };
  await tell("job.progress", { status: "processing", progress: 0.4, previews: [preview] });
  await tell("job.progress", { status: "processing", progress: 0.5 });
  expect(strip.querySelector("img[src='/files/latent.png']")).not.toBeNull();
  await tell("job.succeeded", { status: "succeeded", progress: 1, ...held, outputs: [0, 1].map(picture) });

  expect(strip.querySelector("img[src='/files/latent.png']")).toBeNull();
  expect(within(strip).getAllByRole("img")).toHaveLength(2);
});

test("a description is words on its strip, to copy or to draw from", async () => {
  await openLive();
  await tell("job.queued", { status: "queued", operation: "describe", attempts: 0, input: { image: { assetId: "ast_9" } }, count: 1, ...held });
  expect(screen.getByRole("article", { name: "Described from an earlier picture" })).toBeInTheDocument();
  await tell("job.succeeded", { status: "succeeded", operation: "describe", progress: 1, ...held, text: "A fox in deep snow." });

  await person.click(screen.getByRole("button", { name: "Use as prompt" }));

  expect(screen.getByRole("article")).toHaveTextContent("A fox in deep snow.");
  expect(screen.getByRole("textbox", { name: "Prompt" })).toHaveValue("A fox in deep snow.");
});

