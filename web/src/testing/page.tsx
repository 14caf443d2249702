/** The page in a test: opened, signed in, its server and socket in the test's hands. */
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach } from "vitest";

import { createQueryClient } from "@/app/queryClient";
import { createPageRouter } from "@/app/router";
import { forgetDraft, select } from "@/features/jobs";

import { FakeServer } from "./server";

export let server: FakeServer;
export const person = userEvent.setup();
const square = { contentType: "image/png", size: 9, width: 1024, height: 1024 };
export const picture = (index: number) => ({ ...square, assetId: `ast_${index}`, url: `/files/${index}.png`, index });
export const held = { cost: { quotedCredits: 4, chargedCredits: null }, error: null, outputs: [] };

beforeEach(() => {
  server = new FakeServer();
  document.documentElement.lang = "en";
  document.title = "DayGen";
  history.replaceState(null, "", "/");
  select(null);
  forgetDraft();
});

export async function open() {
  render(
    <QueryClientProvider client={createQueryClient()}>
      <RouterProvider router={createPageRouter()} />
    </QueryClientProvider>,
  );
  await screen.findByRole("heading", { level: 1 });
}

export async function openLive() {
  await open();
  await happen(() => server.goLive());
  await screen.findByText("This roll is empty. Try a prompt:");
}

/** Lets something happen, and all that follows from it. */
export async function happen(what: () => void) {
  await act(async () => what());
}

export function tell(type: string, data: object) {
  return happen(() => server.tell(type, data));
}

/** Orders, and waits until the server has named the job. */
export async function order(prompt: string) {
  await generate(prompt);
  await screen.findAllByText("AAAA");
}

export async function generate(prompt: string) {
  await person.type(screen.getByRole("textbox", { name: "Prompt" }), prompt);
  await person.click(screen.getByRole("button", { name: /Generate/ }));
}

export function credits() {
  return within(screen.getByRole("complementary", { name: "Inspector" })).getByTestId("credits").textContent;
}
