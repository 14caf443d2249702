/** Looking closer, and staying with what is looked at. */
import { expect, test } from "vitest";

import { actual, fitted, panned, WHOLE, zoomed } from "./zoom";

const PICTURE = { width: 2000, height: 1000 };
const ROOM = { width: 1000, height: 800 };

test("whole is as large as the room lets it, and never larger than it is", () => {
  expect(fitted(PICTURE, ROOM)).toEqual({ width: 1000, height: 500 });
  expect(fitted({ width: 32, height: 32 }, ROOM)).toEqual({ width: 32, height: 32 });
  expect(actual(PICTURE, ROOM)).toBe(2);
});

test("what is under the pointer stays under it", () => {
  const at = { x: 200, y: 100 };
  const near = zoomed(WHOLE, 2, at, PICTURE, ROOM);

  expect(near).toEqual({ scale: 2, x: -200, y: -100 });
  expect((at.x - near.x) / near.scale).toBe(at.x - WHOLE.x);
});

test("a picture is not pushed out of the room, and going back makes it whole", () => {
  const near = zoomed(WHOLE, 2, { x: 0, y: 0 }, PICTURE, ROOM);

  expect(panned(near, { x: 9999, y: -9999 }, PICTURE, ROOM)).toEqual({ scale: 2, x: 500, y: -100 });
  expect(zoomed(panned(near, { x: 300, y: 40 }, PICTURE, ROOM), 0.2, { x: 50, y: 50 }, PICTURE, ROOM)).toEqual(WHOLE);
});
