import { describe, expect, it } from "vitest";
import { dump, type Layer, layerPath } from "./packets";

const LAYERS: Layer[] = [
  { name: "ethernet", offset: 0, length: 14, summary: "" },
  { name: "ipv4", offset: 14, length: 20, summary: "" },
];

describe("dump", () => {
  it("writes offset, hex and text in lines", () => {
    const bytes = Uint8Array.from({ length: 20 }, (_, i) => i + 0x5f);
    const lines = dump(bytes, LAYERS, 16);
    expect(lines.map(({ offset }) => offset)).toEqual([0, 16]);
    expect(lines[0]?.cells.slice(0, 2).map(({ hex, char }) => [hex, char])).toEqual([
      ["5f", "_"],
      ["60", "`"],
    ]);
    expect(lines[1]?.cells).toHaveLength(4);
  });

  it("knows whose byte it is, the inner layer first", () => {
    const inner = [...LAYERS, { name: "option", offset: 20, length: 4, summary: "" }];
    const cells = dump(new Uint8Array(40), inner, 40)[0]?.cells ?? [];
    expect([0, 13, 14, 20, 23, 24, 34].map((at) => cells[at]?.layer)).toEqual([0, 0, 1, 2, 2, 1, -1]);
  });

  it("shows nothing of the bytes that would act", () => {
    const text = dump([0, 7, 27, 10, 127, 128, 255, 65], [], 8)[0]?.cells.map(({ char }) => char);
    expect(text?.join("")).toBe(".......A");
  });

  it("has no lines of no bytes", () => {
    expect(dump([], LAYERS, 16)).toEqual([]);
  });
});

it("names the layers from the outside in", () => {
  expect(layerPath(LAYERS)).toBe("ethernet / ipv4");
});
