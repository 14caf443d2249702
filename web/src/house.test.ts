/** The rules of the page that no other tool looks at. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(ts|tsx)$/.test(name) && !name.includes(".test."))
  .map((name) => ({ name, text: readFileSync(join(import.meta.dirname, name), "utf8") }));

const raw = /#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|oklch|oklab|lab|lch|color)\(/i;

test("colours are tokens, never raw", () => {
  expect(sources.filter(({ text }) => raw.test(text)).map(({ name }) => name)).toEqual([]);
});

test("the style sheets take their colours from the tokens too", () => {
  const sheets = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".css"));

  expect(sheets.filter((name) => raw.test(readFileSync(join(import.meta.dirname, name), "utf8")))).toEqual(["ui/tokens.css"]);
});

test("every module opens with one sentence that says what it is", () => {
  expect(sources.filter(({ text }) => !text.startsWith("/** ")).map(({ name }) => name)).toEqual([]);
});
