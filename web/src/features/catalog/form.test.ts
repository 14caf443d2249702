/** A form from a JSON Schema. */
import { expect, test } from "vitest";

import { carried, formOf, inputOf, ratioOf, valueOf } from "./form";

const PRINT = formOf({
  properties: {
    prompt: { type: "string", maxLength: 400 },
    aspectRatio: { type: "string", enum: ["16:9", "1:1", "9:16"], default: "1:1" },
    width: { type: "integer", minimum: 16, maximum: 2048 },
    height: { type: "integer", minimum: 16, maximum: 2048 },
    seed: { type: "integer" },
    technique: { type: "string", enum: ["auto", "linocut"], default: "auto" },
    steps: { type: ["integer", "null"], minimum: 1, maximum: 50, default: 28 },
    isTiled: { type: "boolean", default: false },
    leaveOut: { type: "string", maxLength: 200, title: "Leave out" },
    image: { type: "object", "x-source": "image" },
    layers: { type: "array" },
  },
  required: ["prompt"],
});
const PLAIN = formOf({
  properties: {
    prompt: { type: "string" },
    aspectRatio: { type: "string", enum: ["1:1", "4:5"], default: "4:5" },
    technique: { type: "string", enum: ["auto", "ink"] },
    steps: { type: "integer", minimum: 1, maximum: 30 },
  },
});

test("each setting is drawn by what its schema says, and what has a place of its own is not among them", () => {
  expect(PRINT.settings.map(({ kind, name, title }) => [kind, name, title])).toEqual([
    ["choice", "technique", "Technique"],
    ["range", "steps", "Steps"],
    ["switch", "isTiled", "Is tiled"],
    ["text", "leaveOut", "Leave out"],
  ]);
  expect(PRINT).toMatchObject({ takesPrompt: true, longestPrompt: 400, takesSeed: true, pictures: ["image"], needs: ["prompt"] });
  expect(PRINT.size).toEqual({ least: 16, most: 2048 });
});

test("ratios go from the tallest to the widest, and the model's own stands", () => {
  expect(PRINT.ratios).toEqual(["9:16", "1:1", "16:9"]);
  expect([ratioOf(PRINT, {}), ratioOf(PRINT, { aspectRatio: "9:16" }), ratioOf(PRINT, { aspectRatio: "7:5" })]).toEqual(["1:1", "9:16", "1:1"]);
});

test("only what was changed goes into the order", () => {
  expect(inputOf(PRINT, {})).toEqual({});
  expect(inputOf(PRINT, { technique: "auto", steps: 28, isTiled: false, leaveOut: "", aspectRatio: "1:1" })).toEqual({});
  expect(inputOf(PRINT, { technique: "linocut", steps: 40, isTiled: true, leaveOut: "people", aspectRatio: "16:9" })).toEqual({
    technique: "linocut",
    steps: 40,
    isTiled: true,
    leaveOut: "people",
    aspectRatio: "16:9",
  });
});

test("a size goes instead of a ratio, and only whole", () => {
  expect(inputOf(PRINT, { aspectRatio: "16:9", width: 640, height: 360 })).toEqual({ width: 640, height: 360 });
  expect(inputOf(PRINT, { aspectRatio: "16:9", width: 640 })).toEqual({ aspectRatio: "16:9" });
});

test("what is out of range or not an option stands as the model has it", () => {
  const [technique, steps] = PRINT.settings;
  if (!technique || !steps) throw new Error("The form has lost its settings.");

  expect([valueOf(technique, { technique: "ink" }), valueOf(steps, { steps: 99 })]).toEqual(["auto", 28]);
  expect(inputOf(PRINT, { technique: "ink", steps: 99 })).toEqual({});
});

test("another model keeps what fits and names what it drops", () => {
  const values = { technique: "linocut", steps: 20, seed: 7, aspectRatio: "16:9", leaveOut: "people" };

  expect(carried(values, PRINT, PLAIN)).toEqual({ kept: { steps: 20 }, dropped: ["Technique", "Seed", "Shape", "Leave out"] });
  expect(carried({ steps: 40, aspectRatio: "1:1" }, PRINT, PLAIN)).toEqual({ kept: { aspectRatio: "1:1" }, dropped: ["Steps"] });
  expect(carried({ width: 640, height: 480 }, PRINT, PLAIN)).toEqual({ kept: {}, dropped: ["Size"] });
  expect(carried(values, PRINT, PRINT)).toEqual({ kept: values, dropped: [] });
});
