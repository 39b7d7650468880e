import { describe, expect, it } from "vitest";
import { ReadError, readSlices, SLICE_BYTES } from "./reader";

/** A file that never has its bytes in memory. */
function fake(size: number, lie: (start: number, end: number) => number | Error = (start, end) => end - start): Blob {
  return {
    size,
    slice: (start: number, end: number) => ({
      arrayBuffer: () => {
        const length = lie(start, end);
        return length instanceof Error ? Promise.reject(length) : Promise.resolve(new ArrayBuffer(length));
      },
    }),
  } as never;
}

async function lengths(file: Blob): Promise<number[]> {
  const found: number[] = [];
  await readSlices(file, (bytes) => found.push(bytes.length));
  return found;
}

describe("readSlices", () => {
  it("reads every byte once, in slices", async () => {
    expect(await lengths(fake(0))).toEqual([]);
    expect(await lengths(fake(5))).toEqual([5]);
    expect(await lengths(fake(SLICE_BYTES))).toEqual([SLICE_BYTES]);
    expect(await lengths(fake(2 * SLICE_BYTES + 1))).toEqual([SLICE_BYTES, SLICE_BYTES, 1]);
  });

  it("does not take a short slice for the whole", async () => {
    const short = fake(2 * SLICE_BYTES, (start, end) => (start === 0 ? end : 7));
    await expect(lengths(short)).rejects.toBeInstanceOf(ReadError);
    await expect(lengths(short)).rejects.toThrow(/gave 7 of 16777216 bytes at byte 16777216/);
  });

  it("says where a file could not be read", async () => {
    const gone = fake(10, () => new Error("NotReadableError"));
    await expect(lengths(gone)).rejects.toThrow(/at byte 0: NotReadableError/);
  });
});
