import { describe, expect, it } from "vitest";
import { order } from "./order";

/** Files whose bytes are their time; no capture begins with `x`. */
const look = {
  isCapture: (bytes: Uint8Array) => bytes.length > 0 && bytes[0] !== 120,
  firstTime: (bytes: Uint8Array) => (/^-?\d/.test(text(bytes)) ? BigInt(text(bytes)) : undefined),
};

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function file(path: string, content: string, isFromFolder = false) {
  return { path, isFromFolder, file: new File([content], path) };
}

describe("order", () => {
  it("is by the first packet's time, then by name, without one last", async () => {
    const files = [file("z", "none"), file("b", "7"), file("c", "-3"), file("a", "7"), file("y", "9007199254740993")];
    const { files: found, intake } = await order(files, look, () => {});
    expect(found.map(({ path }) => path)).toEqual(["c", "a", "b", "y", "z"]);
    expect(intake).toEqual({ paths: ["c", "a", "b", "y", "z"], ignored: [], ignoredCount: 0 });
  });

  it("leaves out what is no capture of a folder, and keeps what was chosen itself", async () => {
    const files = [file("x", "x"), file("d/notes", "x", true), file("d/a", "1", true), file("d/empty", "", true)];
    const { intake } = await order(files, look, () => {});
    expect(intake).toEqual({ paths: ["d/a", "x"], ignored: ["d/notes", "d/empty"], ignoredCount: 2 });
  });

  it("keeps a file that cannot be read: its reading says why", async () => {
    const broken = { size: 3, slice: () => ({ arrayBuffer: () => Promise.reject(new Error("gone")) }) } as never;
    const { intake } = await order([{ path: "d/b", isFromFolder: true, file: broken }], look, () => {});
    expect(intake).toMatchObject({ paths: ["d/b"], ignoredCount: 0 });
  });

  it("looks further into a file whose first packet is far in", async () => {
    const far = file("far", "a".repeat(100_000));
    const sizes: number[] = [];
    const firstTime = (bytes: Uint8Array) => {
      sizes.push(bytes.length);
      return undefined;
    };
    await order([far, file("near", "b")], { ...look, firstTime }, () => {});
    expect(sizes).toEqual([65_536, 100_000, 1]);
  });

  it("does not look at a single file", async () => {
    const never = () => {
      throw new Error("looked");
    };
    const { intake } = await order([file("a", "x")], { isCapture: never, firstTime: never }, () => {});
    expect(intake.paths).toEqual(["a"]);
  });
});
