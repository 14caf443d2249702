/** Which keys are the page's. */
import { expect, test } from "vitest";

import { keyName } from "./keys";

function pressed(key: string, on = "<p></p>", held: object = {}) {
  document.body.innerHTML = on;
  const target = document.body.querySelector("[data-on]") ?? document.body.firstElementChild;
  return keyName({ key, target, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held });
}

test("letters go by their name, with Shift when it is held", () => {
  expect([pressed("v"), pressed("V", "<p></p>", { shiftKey: true }), pressed("?", "<p></p>", { shiftKey: true }), pressed("ArrowLeft")]).toEqual([
    "V",
    "Shift+V",
    "?",
    "ArrowLeft",
  ]);
});

test("while words are written, keys are words", () => {
  expect([pressed("v", "<textarea></textarea>"), pressed("v", "<input>"), pressed("ArrowLeft", "<input type='range'>"), pressed("v", "<div popover><b data-on></b></div>")]).toEqual([
    null,
    null,
    null,
    null,
  ]);
});

test("what the browser means is the browser's, and Enter is the button's it is pressed on", () => {
  expect([pressed("v", "<p></p>", { ctrlKey: true }), pressed("v", "<p></p>", { metaKey: true }), pressed("Enter", "<button></button>")]).toEqual([null, null, null]);
  expect([pressed("v", "<button></button>"), pressed("Enter")]).toEqual(["V", "Enter"]);
});
