/** What can be done with a picture, by what is on offer. */
import { expect, test } from "vitest";

import { described } from "@/features/catalog";

import { actsFor, actWish, isAsking } from "./acts";
import type { Job } from "./model";
import type { Shot } from "./shots";

const image = { type: "object", "x-source": "image" };
const seed = { type: "integer" };

function model(id: string, operations: Record<string, { credits: number; properties: object; required?: string[]; perSecond?: boolean }>) {
  return described({
    id,
    title: id,
    description: "",
    provider: id,
    operations: Object.entries(operations).map(([operation, { credits, properties, required = ["image"], perSecond }]) => ({
      operation,
      price: perSecond ? { creditsPerOutput: null, creditsPerSecond: credits } : { creditsPerOutput: credits },
      inputSchema: { properties, required },
    })),
  });
}

const PRINT = model("local/print", {
  text_to_image: { credits: 1, properties: { prompt: { type: "string" } }, required: ["prompt"] },
  image_to_video: { credits: 2, perSecond: true, properties: { image, seconds: { type: "integer", minimum: 2, maximum: 8, default: 4 }, prompt: { type: "string" } } },
  describe: { credits: 0.5, properties: { image } },
  image_edit: { credits: 1, properties: { image, mask: { ...image }, prompt: { type: "string" } }, required: ["image", "mask", "prompt"] },
  upscale: { credits: 2, properties: { image, scale: { type: "integer", enum: [2, 4], default: 2 } } },
  vary: { credits: 1, properties: { image, strength: { type: "string", enum: ["subtle", "strong"], default: "subtle" }, seed } },
  reframe: { credits: 1, properties: { image, aspectRatio: { type: "string", enum: ["1:1", "16:9"] } }, required: ["image", "aspectRatio"] },
});
const OTHER = model("other/vary", {
  vary: { credits: 9, properties: { image, strength: { type: "string", enum: ["subtle", "strong"] } } },
  image_edit: { credits: 3, properties: { image, prompt: { type: "string" } }, required: ["image", "prompt"] },
});
const output = { assetId: "ast_1", url: "/files/1", contentType: "image/png", size: 9, width: 10, height: 10 };
const SHOT: Shot = { job: { model: "local/print" } as Job, at: 0, output };

function act(id: string, models = [PRINT]) {
  const found = actsFor(models, SHOT, 4).find((one) => one.id === id);
  if (found === undefined) throw new Error(`There is no ${id}.`);
  return found;
}

test("each way of an operation is an act with a key and a price of its own", () => {
  expect(actsFor([PRINT], SHOT, 4).map(({ label, key, price }) => [label, key, price])).toEqual([
    ["Vary subtle", "V", 4],
    ["Vary strong", "Shift+V", 4],
    ["Upscale 2×", "U", 2],
    ["Upscale 4×", "Shift+U", 2],
    ["Reframe", "R", 1],
    ["Describe", "D", 0.5],
    ["Animate", "A", 8],
  ]);
});

test("what no model offers, or needs what the room cannot give, is not shown", () => {
  expect(actsFor([PRINT], SHOT, 4).map(({ offer }) => offer.operation)).not.toContain("image_edit");
  expect(actsFor([OTHER], SHOT, 4).map(({ label, key }) => [label, key])).toEqual([
    ["Vary subtle", "V"],
    ["Vary strong", "Shift+V"],
    ["Edit", "E"],
  ]);
  expect(actsFor([PRINT], { ...SHOT, output: { ...output, contentType: "video/mp4" } }, 4)).toEqual([]);
});

test("of two models that offer it, the picture's own goes first", () => {
  expect(act("vary-subtle", [OTHER, PRINT]).offer.model).toBe("local/print");
  expect(act("image_edit", [OTHER, PRINT]).offer.model).toBe("other/vary");
});

test("only what has to be said is asked", () => {
  expect(["vary-strong", "upscale-4", "describe"].map((id) => isAsking(act(id)))).toEqual([false, false, false]);
  expect(act("reframe")).toMatchObject({ asksRatio: true, asks: [] });
  expect(act("image_to_video")).toMatchObject({ asksPrompt: true, asks: [{ name: "seconds" }] });
});

test("a wish has the picture, what the act sets and what was said, at the price of that", () => {
  expect(actWish(act("vary-strong"), SHOT, {}, () => 0.5)).toMatchObject({
    order: { model: "local/print", operation: "vary", input: { image: { assetId: "ast_1" }, strength: "strong", seed: 2 ** 30 }, count: 4 },
    credits: 4,
  });
  expect(actWish(act("image_to_video"), SHOT, { seconds: 6, prompt: "waves" })).toMatchObject({
    order: { operation: "image_to_video", input: { image: { assetId: "ast_1" }, seconds: 6, prompt: "waves" }, count: 1 },
    credits: 12,
  });
});
