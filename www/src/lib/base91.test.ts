import { describe, expect, it } from "vitest";
import { decode, encode } from "./base91";

const noise = (length: number) => Uint8Array.from({ length }, (_, i) => (i * i * 31 + (i >> 3) * 7) % 256);

describe("base91", () => {
  it("gives the bytes back", () => {
    for (let length = 0; length < 40; length += 1) expect(decode(encode(noise(length)), length)).toEqual(noise(length));
    for (const byte of [0, 88, 89, 255]) {
      const same = new Uint8Array(1000).fill(byte);
      expect(decode(encode(same), 1000)).toEqual(same);
    }
  });

  it("takes less than 1.24 characters for a byte", () => {
    const bytes = Uint8Array.from({ length: 40_000 }, (_, i) => Math.imul(i, 2654435761) >>> 24);
    const text = encode(bytes);
    expect(decode(text, bytes.length)).toEqual(bytes);
    expect(text.length / bytes.length).toBeLessThan(1.24);
  });

  it("has no character that double quotes, in a script and in markup, or a script give a meaning to", () => {
    const all = encode(noise(40_000));
    expect(new Set(all).size).toBe(91);
    expect(/["\\<&]|[^ -~]/.test(all)).toBe(false);
  });
});
