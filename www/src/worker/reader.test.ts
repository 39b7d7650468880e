import { describe, expect, it } from "vitest";
import { Pieces, Pool, ReadError, readRange, readSlices, SLICE_BYTES } from "./reader";

type Lie = (start: number, end: number) => number | Error | Uint8Array;

/** A file that never has its bytes in memory. */
function fake(size: number, lie: Lie = (start, end) => end - start): Blob {
  const answer = (start: number, end: number) => {
    const told = lie(start, end);
    if (told instanceof Error) return Promise.reject(told);
    return Promise.resolve(typeof told === "number" ? new ArrayBuffer(told) : told.buffer);
  };
  return {
    size,
    lastModified: 0,
    arrayBuffer: () => answer(0, size),
    slice: (start: number, end: number) => ({
      arrayBuffer: () => answer(start, end),
    }),
  } as never;
}

async function lengths(file: Blob): Promise<number[]> {
  const found: number[] = [];
  await readSlices(file, (bytes) => {
    found.push(bytes.length);
  });
  return found;
}

function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}

describe("readSlices", () => {
  it("reads every byte once, in slices", async () => {
    expect(await lengths(fake(0))).toEqual([]);
    expect(await lengths(fake(5))).toEqual([5]);
    expect(await lengths(fake(SLICE_BYTES))).toEqual([SLICE_BYTES]);
    expect(await lengths(fake(2 * SLICE_BYTES + 1))).toEqual([SLICE_BYTES, SLICE_BYTES, 1]);
  });

  it("a24: does not take a short slice for the whole", async () => {
    const short = fake(2 * SLICE_BYTES, (start, end) => (start === 0 ? end : 7));
    await expect(lengths(short)).rejects.toBeInstanceOf(ReadError);
    await expect(lengths(short)).rejects.toMatchObject({ isChanged: true });
    await expect(lengths(short)).rejects.toThrow(`it gave 7 of ${SLICE_BYTES} bytes at byte ${SLICE_BYTES}`);
  });

  it("a24: sees at the end that the file was rewritten", async () => {
    let reads = 0;
    const rewritten = fake(100, (start, end) => {
      reads += 1;
      return new Uint8Array(end - start).fill(reads);
    });
    await expect(lengths(rewritten)).rejects.toMatchObject({ isChanged: true });
    await expect(lengths(rewritten)).rejects.toThrow(/does not begin as it did/);
  });

  it("a26: tells a file that is away from an empty one", async () => {
    await expect(lengths(fake(0, () => named("NotFoundError")))).rejects.toThrow(/at byte 0: NotFoundError/);
    await expect(lengths(fake(0, () => 9))).rejects.toMatchObject({ isChanged: true });
  });

  it("a26: says where a file could not be read", async () => {
    const gone = fake(10, () => named("NotFoundError"));
    await expect(lengths(gone)).rejects.toThrow(/at byte 0: NotFoundError/);
    await expect(lengths(gone)).rejects.toMatchObject({ isChanged: false });
  });

  it("tells a changed file from a broken medium", async () => {
    const changed = fake(10, () => named("NotReadableError"));
    await expect(lengths(changed)).rejects.toMatchObject({ isChanged: true });
    const broken = fake(2 * SLICE_BYTES, (start, end) => (start > 0 ? named("NotReadableError") : end - start));
    await expect(lengths(broken)).rejects.toMatchObject({ isChanged: false });
  });
});

describe("readRange", () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251);

  it("reads into the same memory again", async () => {
    const pool = new Pool();
    const file = new Blob([bytes]);
    for (const [start, end] of [
      [0, 100_000],
      [5, 70_000],
      [99_999, 100_000],
    ] as const) {
      const found = await readRange(file, start, end, pool);
      expect(found.every((byte, i) => byte === (start + i) % 251) && found.length === end - start).toBe(true);
      const memory = found.buffer;
      pool.give(found);
      expect(memory.byteLength).toBe(SLICE_BYTES);
    }
  });

  it("reads slices that follow one another out of one stream, which is begun anew with a file", async () => {
    const streams: [number, number][] = [];
    const file = {
      size: 100_000,
      slice: (start: number, end: number) => {
        streams.push([start, end]);
        return new Blob([bytes.slice(start, end)]);
      },
    } as never;
    const pool = new Pool();
    // Asked for ahead, as a reading does.
    const asked = [
      [0, 40_000],
      [40_000, 80_000],
      [80_000, 100_000],
      [0, 7],
      [50, 60],
      [60, 99],
    ] as const;
    const found = await Promise.all(asked.map(([start, end]) => readRange(file, start, end, pool)));
    expect(found.map((part, i) => part.every((byte, k) => byte === ((asked[i]?.[0] ?? 0) + k) % 251))).toEqual(
      asked.map(() => true),
    );
    expect(found.map(({ length }) => length)).toEqual(asked.map(([start, end]) => end - start));
    expect(streams).toEqual([
      [0, 100_000],
      [0, 100_000],
      [50, 100_000],
    ]);
  });

  it("begins a stream after 32 MiB", async () => {
    const streams: number[] = [];
    const zeros = new Uint8Array(SLICE_BYTES);
    const file = {
      size: 9 * SLICE_BYTES,
      slice: (start: number, end: number) => {
        streams.push(end - start);
        return new Blob(Array.from({ length: (end - start) / SLICE_BYTES }, () => zeros));
      },
    } as never;
    const pool = new Pool();
    for (let i = 0; i < 9; i += 1) pool.give(await readRange(file, i * SLICE_BYTES, (i + 1) * SLICE_BYTES, pool));
    expect(streams).toEqual([8 * SLICE_BYTES, SLICE_BYTES]);
  });

  it("reads the other way where a stream cannot be read into memory", async () => {
    const refused = () => {
      throw new TypeError("no such mode");
    };
    const part = { arrayBuffer: async () => bytes.slice(3, 9).buffer, stream: () => ({ getReader: refused }) };
    const file = { size: 100_000, slice: () => part } as never;
    expect([...(await readRange(file, 3, 9, new Pool()))]).toEqual([...bytes.slice(3, 9)]);
  });

  it("asks the other way what is wrong with a stream that ends early", async () => {
    const part = { arrayBuffer: async () => new ArrayBuffer(2), stream: () => new Blob(["ab"]).stream() };
    const file = { size: 9, slice: () => part } as never;
    await expect(readRange(file, 0, 9, new Pool())).rejects.toThrow(/gave 2 of 9 bytes/);
  });
});

describe("Pieces", () => {
  it("hands over every byte in order", () => {
    const bytes = new Uint8Array(3 * SLICE_BYTES);
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = i % 251;
    let at = 0;
    new Pieces().each(bytes, (piece) => {
      if (piece[0] !== at % 251) throw new Error(`wrong byte at ${at}`);
      at += piece.length;
    });
    expect(at).toBe(bytes.length);
  });

  it("makes slow pieces smaller", () => {
    const sizes: number[] = [];
    const pieces = new Pieces();
    pieces.each(new Uint8Array(2 ** 20), (piece) => {
      sizes.push(piece.length);
      const until = performance.now() + (sizes.length < 3 ? 100 : 0);
      while (performance.now() < until);
    });
    expect(sizes[2]).toBe((sizes[0] ?? 0) / 4);
  });
});
