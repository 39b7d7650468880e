import { describe, expect, it } from "vitest";
import { decode, encode } from "./base85";

describe("base85", () => {
  it("gives the bytes back", () => {
    for (const length of [0, 1, 3, 4, 5, 8, 1001]) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 151 + 7) % 256);
      const text = encode(bytes);
      expect(text.length).toBe(Math.ceil(length / 4) * 5);
      expect(decode(text, length)).toEqual(bytes);
    }
    const extremes = Uint8Array.from([255, 255, 255, 255, 0, 0, 0, 0]);
    expect(decode(encode(extremes), 8)).toEqual(extremes);
  });

  it("has no character that a script or a page gives a meaning to", () => {
    const all = encode(Uint8Array.from({ length: 40_000 }, (_, i) => (i * i * 31 + (i >> 3)) % 256));
    expect(new Set(all).size).toBe(85);
    expect(/["'\\`$<>&{\s]/.test(all)).toBe(false);
  });
});
