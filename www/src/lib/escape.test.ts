import { describe, expect, it } from "vitest";
import { safeStem, visible } from "./escape";

describe("visible", () => {
  it("leaves ordinary text of any script alone", () => {
    for (const text of ["office-2024.pcap", "<img src=x onerror=alert(1)>", "Überblick 東京 файл.pcapng", "a b"]) {
      expect(visible(text)).toBe(text);
    }
  });

  it("writes out controls, bidi, zero width and odd spaces", () => {
    expect(visible("a\u202egpj.pcap")).toBe("a\\u202egpj.pcap");
    expect(visible("a\u0000b\nc\u007f")).toBe("a\\x00b\\x0ac\\x7f");
    expect(visible("a\u200bb\ufeffc\u00a0d")).toBe("a\\u200bb\\ufeffc\\xa0d");
    expect(visible("\u{e0041}")).toBe("\\u{e0041}");
    expect(visible("\ud800")).toBe("\\ud800");
  });

  it("cuts what is too long and says so", () => {
    const cut = visible("x".repeat(70_000));
    expect(cut).toBe(`${"x".repeat(256)}… (70000 bytes)`);
    expect(visible("é".repeat(10), 4)).toBe("éééé… (20 bytes)");
    expect(visible("😀".repeat(4), 4)).toBe("😀".repeat(4));
  });
});

describe("safeStem", () => {
  it("g6: keeps to letters that every system takes", () => {
    expect(safeStem("../../etc/passwd")).toBe("etc-passwd");
    expect(safeStem("office day.pcapng.gz")).toBe("office-day");
    expect(safeStem("..hidden")).toBe("hidden");
    expect(safeStem("CON.pcap")).toBe("capture");
    expect(safeStem("\u202e<>.pcap")).toBe("capture");
    expect(safeStem("a".repeat(500))).toHaveLength(60);
  });
});
