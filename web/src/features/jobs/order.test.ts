/** From a draft to an order. */
import { expect, test } from "vitest";

import type { DrawingModel } from "@/features/catalog";

import { orderOf, priceOf } from "./order";

const PRINT: DrawingModel = {
  id: "local/print",
  title: "Print",
  creditsPerOutput: 0.1,
  ratios: ["2:3", "1:1", "3:2"],
  ratio: "1:1",
  techniques: ["auto", "linocut"],
  technique: "auto",
  takesSeed: true,
  longestPrompt: 4000,
};
const DRAFT = { prompt: " a fox ", model: null, ratio: "3:2", technique: "linocut", count: 3 };

test("what the draft says and the model takes is ordered", () => {
  expect(orderOf(DRAFT, PRINT, () => 0.5)).toEqual({
    model: "local/print",
    operation: "text_to_image",
    input: { prompt: "a fox", aspectRatio: "3:2", technique: "linocut", seed: 2 ** 30 },
    count: 3,
  });
});

test("what the model does not have falls back to its own", () => {
  const { input } = orderOf({ ...DRAFT, ratio: "21:9", technique: "etching" }, PRINT, () => 0);

  expect(input).toEqual({ prompt: "a fox", aspectRatio: "1:1", technique: "auto", seed: 0 });
});

test("a model that takes only words gets only words", () => {
  const plain = { ...PRINT, ratios: [], ratio: undefined, techniques: [], technique: undefined, takesSeed: false };

  expect(orderOf(DRAFT, plain).input).toEqual({ prompt: "a fox" });
});

test("the price is exact, which sums of tenths are not", () => {
  expect(priceOf(PRINT, 3)).toBe(0.3);
});
