import { describe, expect, it } from "vitest";
import { checked } from "./checked";

const view = (hash: unknown, more: object = {}) =>
  checked({ type: "view", hash, number: 1.5, isPushed: true, ...more });
const keep = (text: unknown) => checked({ type: "keep", text });
const settings = (values: unknown, more: object = {}) =>
  JSON.stringify({ wiresift_settings: 1, settings: values, ...more });

describe("what the shell hears", () => {
  it("is a view in the page's own words", () => {
    for (const hash of ["", "#unit=host", "#filter=port+443&rows=all", "#sort=bytes&order=ascending"]) {
      expect(view(hash)).toEqual({ type: "view", hash, number: 1.5, isPushed: true });
    }
    for (const hash of [
      "#secret=1",
      "#unit=galaxy",
      "#rows=all&unit=host",
      "#filter=x&y=1",
      "https://evil.example/",
      7,
      null,
    ]) {
      expect(view(hash)).toBeNull();
    }
    expect(view(`#filter=${"x".repeat(2001)}`)).toBeNull();
    expect(view("#unit=host", { number: "1" })).toBeNull();
    expect(view("#unit=host", { isPushed: "yes" })).toBeNull();
  });

  it("is settings as the page writes them, or none", () => {
    expect(keep(null)).toEqual({ type: "keep", text: null });
    const text = settings({ k: 7, resync: true, detector: "pca" });
    expect(keep(text)).toEqual({ type: "keep", text });
    for (const wrong of [
      "",
      "{}",
      "secret",
      7,
      settings([]),
      settings({ k: {} }),
      settings({ "a b": 1 }),
      settings({}, { more: 1 }),
    ]) {
      expect(keep(wrong)).toBeNull();
    }
    expect(keep(settings({ k: "x".repeat(2001) }))).toBeNull();
    const many = Array.from({ length: 1000 }, (_, i) => [`k${i}`, "x".repeat(20)]);
    expect(keep(settings(Object.fromEntries(many)))).toBeNull();
  });

  it("is a file with a name that says no place", () => {
    const file = new Blob(["x"]);
    expect(checked({ type: "save", file, name: "office-report.json" })).toEqual({
      type: "save",
      file,
      name: "office-report.json",
    });
    for (const name of ["", "../x", "a/b", ".hidden", "a\u202eb", "x".repeat(200), 7]) {
      expect(checked({ type: "save", file, name })).toBeNull();
    }
    expect(checked({ type: "save", file: "x", name: "x.txt" })).toBeNull();
  });

  it("has no part that is not asked for", () => {
    expect(checked({ type: "held", more: "secret" })).toEqual({ type: "held" });
    expect(checked({ type: "stop", drop: 2, more: 1 })).toEqual({ type: "stop", drop: 2 });
    expect(checked({ type: "height", pixels: 900.5 })).toEqual({ type: "height", pixels: 900.5 });
    for (const pixels of [-1, Number.NaN, Infinity, 1e9, "1px"]) expect(checked({ type: "height", pixels })).toBeNull();
    for (const nothing of [null, undefined, 1, "held", [], {}, { type: "eval" }]) expect(checked(nothing)).toBeNull();
  });
});
