import { describe, expect, it } from "vitest";
import type { Glimpse } from "../lib/protocol";
import { type Analysis, scout } from "./scout";

const MB = 1_000_000;

/** A session that counts, and finds one thing a file. */
class Counting implements Analysis {
  static freed = 0;
  bytes: Record<string, number> = {};
  #name = "";

  begin_file(name: string) {
    this.#name = name;
    this.bytes[name] = 0;
  }
  push(piece: Uint8Array) {
    this.bytes[this.#name] = (this.bytes[this.#name] ?? 0) + piece.length;
  }
  finish() {
    const findings = Object.entries(this.bytes).map(([name, bytes]) => ({
      id: name,
      severity: "high",
      title: `${name} ${bytes}`,
      evidence: "not told",
    }));
    return { findings, summary: { packets: 7 } };
  }
  free() {
    Counting.freed += 1;
  }
}

/** A file of so many bytes, without having them. */
function blob(size: number, read: (start: number) => void = () => {}): Blob {
  const part = (from: number, to: number): Blob =>
    ({
      size: Math.min(to, size) - from,
      slice: (start: number, end: number) => part(from + start, from + end),
      arrayBuffer: () => {
        read(from);
        return Promise.resolve(new ArrayBuffer(Math.min(to, size) - from));
      },
      stream: () => {
        throw new TypeError("no stream");
      },
    }) as unknown as Blob;
  return part(0, size);
}

async function glimpses(files: { path: string; blob: Blob }[]): Promise<Glimpse[]> {
  const told: Glimpse[] = [];
  await scout(
    files,
    () => Promise.resolve(new Counting()),
    (glimpse) => told.push(glimpse),
  );
  return told;
}

describe("scouting", () => {
  it("analyses the beginning of all files as one, each part anew, and frees what it used", async () => {
    Counting.freed = 0;
    const told = await glimpses([
      { path: "folder/a", blob: blob(3 * MB) },
      { path: "b", blob: blob(40 * MB) },
      { path: "c", blob: blob(90 * MB) },
    ]);
    expect(told.map(({ bytes, packets, count }) => [bytes, packets, count])).toEqual([
      [4 * MB, 7, 2],
      [32 * MB, 7, 2],
    ]);
    expect(told[1]?.findings).toEqual([
      { id: "a", severity: "high", title: "a 3000000" },
      { id: "b", severity: "high", title: "b 29000000" },
    ]);
    expect(Counting.freed).toBe(2);
  });

  it("tells the first findings only, and how many there are", async () => {
    const files = Array.from({ length: 9 }, (_, i) => ({ path: `f${i}`, blob: blob(2 * MB) }));
    const small = files.map(({ path }) => ({ path: `small ${path}`, blob: blob(100_000) }));
    const [glimpse] = await glimpses([...small, ...files]);
    expect(glimpse?.findings.length).toBe(5);
    expect(glimpse?.count).toBe(11);
  });

  it("ends without a word where a file cannot be read", async () => {
    Counting.freed = 0;
    const broken = blob(400 * MB, (start) => {
      if (start > 0) throw new Error("gone");
    });
    expect((await glimpses([{ path: "a", blob: broken }])).length).toBe(1);
    expect(Counting.freed).toBe(2);
  });
});
