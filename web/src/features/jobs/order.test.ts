/** From a draft to an order. */
import { expect, test } from "vitest";

import { described } from "@/features/catalog";

import { offerOf, wish } from "./order";

const PROMPT = { type: "string", maxLength: 4000 };
const PRINT = described({
  id: "local/print",
  title: "Print",
  description: "",
  provider: "local",
  operations: [
    {
      operation: "text_to_image",
      price: { creditsPerOutput: 0.1 },
      inputSchema: {
        properties: {
          prompt: PROMPT,
          aspectRatio: { type: "string", enum: ["2:3", "1:1", "3:2"], default: "1:1" },
          width: { type: "integer", minimum: 16, maximum: 4096 },
          height: { type: "integer", minimum: 16, maximum: 4096 },
          technique: { type: "string", enum: ["auto", "linocut"], default: "auto" },
          seed: { type: "integer" },
        },
        required: ["prompt"],
      },
    },
    {
      operation: "vary",
      price: { creditsPerOutput: 1 },
      inputSchema: { properties: { image: { type: "object", "x-source": "image" } }, required: ["image"] },
    },
  ],
});
const WORDS_ONLY = described({
  id: "plain",
  title: "Plain",
  description: "",
  provider: "plain",
  operations: [{ operation: "text_to_image", price: { creditsPerOutput: 1 }, inputSchema: { properties: { prompt: PROMPT }, required: ["prompt"] } }],
});
const DRAFT = { prompt: " a fox ", model: null, operation: null, values: { aspectRatio: "3:2", technique: "linocut" }, count: 3 };

function orderOf(values: object = DRAFT.values, models = [PRINT]) {
  const offer = offerOf(DRAFT, models);
  if (offer === undefined) throw new Error("Nothing is on offer.");
  return wish({ ...DRAFT, values: { ...values } }, offer, () => 0.5);
}

test("what was changed and the model takes is ordered, and a seed, so that it can be made again", () => {
  expect(orderOf().order).toEqual({
    model: "local/print",
    operation: "text_to_image",
    input: { prompt: "a fox", aspectRatio: "3:2", technique: "linocut", seed: 2 ** 30 },
    count: 3,
  });
});

test("what stands as the model has it is not sent, but the strip has its shape at once", () => {
  const { order, standard } = orderOf({ aspectRatio: "1:1", technique: "auto" });

  expect(order.input).toEqual({ prompt: "a fox", seed: 2 ** 30 });
  expect(standard).toEqual({ aspectRatio: "1:1", technique: "auto" });
});

test("what the model does not have is not sent", () => {
  expect(orderOf({ aspectRatio: "21:9", technique: "etching", steps: 9 }).order.input).toEqual({ prompt: "a fox", seed: 2 ** 30 });
  expect(orderOf(DRAFT.values, [WORDS_ONLY]).order.input).toEqual({ prompt: "a fox" });
});

test("a size takes the place of a ratio, and a locked seed is the seed", () => {
  expect(orderOf({ aspectRatio: "3:2", width: 640, height: 480, seed: 7 }).order.input).toEqual({ prompt: "a fox", width: 640, height: 480, seed: 7 });
});

test("the price is exact, which sums of tenths are not", () => {
  expect(orderOf().credits).toBe(0.3);
});

test("the bar offers only what is made from words, the draft's own if it still exists", () => {
  expect(offerOf({ model: "gone", operation: "vary" }, [PRINT, WORDS_ONLY])).toMatchObject({ model: "local/print", operation: "text_to_image" });
  expect(offerOf({ model: "plain", operation: null }, [PRINT, WORDS_ONLY])).toMatchObject({ model: "plain" });
  expect(offerOf({ model: null, operation: null }, [])).toBeUndefined();
});
