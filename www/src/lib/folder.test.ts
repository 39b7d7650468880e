import { describe, expect, it } from "vitest";
import {
  type Dropped,
  firstTwice,
  gather,
  gatherChosen,
  MOST_DEPTH,
  MOST_ENTRIES,
  notesOf,
  ofEntry,
  ofHandle,
} from "./folder";

type Tree = { [name: string]: Tree | "file" | "broken" };

/** An entry as the browser gives it: a folder hands out its entries two at a time. */
function fakeEntry(name: string, what: Tree | "file" | "broken", parent = ""): FileSystemEntry {
  const fullPath = `${parent}/${name}`;
  if (typeof what === "string") {
    const file = (resolve: (file: File) => void, reject: (cause: Error) => void) =>
      what === "file" ? resolve(new File(["x"], name)) : reject(new Error("gone"));
    return { isFile: true, isDirectory: false, name, fullPath, file } as never;
  }
  const createReader = () => {
    const left = Object.entries(what).map(([child, inside]) => fakeEntry(child, inside, fullPath));
    return { readEntries: (resolve: (batch: FileSystemEntry[]) => void) => resolve(left.splice(0, 2)) };
  };
  return { isFile: false, isDirectory: true, name, fullPath, createReader } as never;
}

function entry(name: string, what: Tree | "file" | "broken"): Dropped {
  return ofEntry(fakeEntry(name, what));
}

/** A handle as the browser gives it. */
function fakeHandle(name: string, what: Tree | "file" | "broken"): FileSystemHandle {
  if (typeof what === "string") return { kind: "file", name, getFile: async () => new File(["x"], name) } as never;
  const values = async function* () {
    for (const [child, inside] of Object.entries(what)) yield fakeHandle(child, inside);
  };
  return { kind: "directory", name, values } as never;
}

const watch = { signal: new AbortController().signal, tell: () => {} };

describe("gather", () => {
  it("reads every batch of every folder", async () => {
    const tree: Tree = { a: "file", b: "file", c: "file", d: { e: "file", f: { g: "file" } } };
    const { files } = await gather([entry("top", tree), entry("alone", "file")], watch);
    const found = files.map(({ path, isFromFolder }) => `${path} ${isFromFolder}`).sort();
    expect(found).toEqual(["alone false", "top/a true", "top/b true", "top/c true", "top/d/e true", "top/d/f/g true"]);
  });

  it("reads the other kind of folder alike", async () => {
    const { files } = await gather([ofHandle(fakeHandle("top", { a: "file", d: { e: "file" } }))], watch);
    expect(files.map(({ path, isFromFolder }) => `${path} ${isFromFolder}`)).toEqual(["top/a true", "top/d/e true"]);
    const many = Object.fromEntries(Array.from({ length: MOST_ENTRIES + 5 }, (_, i) => [`f${i}`, "file" as const]));
    expect((await gather([ofHandle(fakeHandle("top", many))], watch)).isCut).toBe(true);
  });

  it("counts what cannot be opened", async () => {
    const found = await gather([entry("top", { a: "broken", b: "file" })], watch);
    expect(found).toMatchObject({ unreadable: 1, tooDeep: 0, isCut: false });
    expect(notesOf(found)).toEqual(["The browser could not open 1 of the files and folders."]);
  });

  it("follows folders to a depth", async () => {
    let tree: Tree = { deepest: "file" };
    for (let i = 0; i < MOST_DEPTH; i += 1) tree = { down: tree };
    expect(await gather([entry("top", tree)], watch)).toMatchObject({ files: [], tooDeep: 1 });
    const inside = (tree.down ?? {}) as Tree;
    expect((await gather([entry("top", inside)], watch)).files).toHaveLength(1);
  });

  it("looks at so many entries and says so", async () => {
    const many = Object.fromEntries(Array.from({ length: MOST_ENTRIES + 5 }, (_, i) => [`f${i}`, "file" as const]));
    const found = await gather([entry("top", many)], watch);
    expect(found.isCut).toBe(true);
    expect(found.files).toHaveLength(MOST_ENTRIES - 1);
    const exact = Object.fromEntries(Object.entries(many).slice(0, MOST_ENTRIES - 1));
    expect((await gather([entry("top", exact)], watch)).isCut).toBe(false);
  });

  it("stops when it is told to", async () => {
    const stop = new AbortController();
    const tell = (entries: number) => entries === 3 && stop.abort();
    const found = await gather([entry("top", { a: "file", b: "file", c: "file", d: "file" })], {
      signal: stop.signal,
      tell,
    });
    expect(found.files.length).toBeLessThan(4);
  });
});

describe("gatherChosen", () => {
  const chosen = (path: string) => ({ name: path, webkitRelativePath: path }) as File;

  it("keeps the paths and the bounds", () => {
    expect(gatherChosen([chosen("top/a")]).files[0]).toMatchObject({ path: "top/a", isFromFolder: true });
    const deep = chosen(`${"d/".repeat(MOST_DEPTH + 1)}a`);
    expect(gatherChosen([chosen("top/a"), deep])).toMatchObject({ files: [{ path: "top/a" }], tooDeep: 1 });
  });
});

it("finds the path that comes twice", () => {
  const of = (path: string) => ({ path, file: new File([], path), isFromFolder: false });
  expect(firstTwice([of("a"), of("b/a")])).toBeNull();
  expect(firstTwice([of("a"), of("b"), of("a")])).toBe("a");
});
