import { expect, it } from "vitest";
import { partsOf } from "./parts";

it("parts are a quarter of all at most", () => {
  const MB = 1_000_000;
  const parts = [0, 15 * MB, 16 * MB, 127 * MB, 128 * MB, 6000 * MB].map((total) => partsOf(total).length);
  expect(parts).toEqual([0, 0, 1, 1, 2, 3]);
});
