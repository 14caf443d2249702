/** Pauses between tries. */
import { expect, test } from "vitest";

import { LONGEST_MS, pauseMs } from "./backoff";

test("the pause doubles until it is long enough", () => {
  const pauses = [0, 1, 2, 3, 10, 1000].map((failures) => pauseMs(failures, () => 1));

  expect(pauses).toEqual([250, 500, 1000, 2000, LONGEST_MS, LONGEST_MS]);
});

test("chance takes at most half of it away", () => {
  expect([0, 0.5, 1].map((chance) => pauseMs(2, () => chance))).toEqual([500, 750, 1000]);
});
