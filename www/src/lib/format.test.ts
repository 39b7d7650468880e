import { describe, expect, it } from "vitest";
import * as format from "./format";

describe("what is no number", () => {
  it("is a dash in every form", () => {
    const forms = [format.count, format.bytes, format.byteRate, format.short, format.duration, format.score];
    for (const form of [...forms, format.share, format.significant, (v: number | null) => format.feature(v, "s")]) {
      for (const value of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        expect(form(value as never)).toBe(format.NONE);
      }
    }
  });
});

describe("numbers", () => {
  it("are grouped and named", () => {
    expect(format.count(1234567)).toBe("1,234,567");
    expect(format.counted(1, "flow")).toBe("1 flow");
    expect(format.counted(0, "flow")).toBe("0 flows");
    expect(format.counted(2, "anomaly", "anomalies")).toBe("2 anomalies");
  });

  it("are written in decimal bytes as the core does", () => {
    expect(format.bytes(999)).toBe("999 B");
    expect(format.bytes(1_500_000)).toBe("1.5 MB");
    expect(format.bytes(999_960)).toBe("1.0 MB");
    expect(format.bytes(12.5)).toBe("12.5 B");
    expect(format.byteRate(2_000_000)).toBe("2.0 MB/s");
    expect(format.short(9999)).toBe("9,999");
    expect(format.short(1_234_567)).toBe("1.2 M");
    expect(format.short(456_789)).toBe("457 k");
  });

  it("keep their significant digits", () => {
    expect(format.significant(0)).toBe("0");
    expect(format.significant(1234.5678)).toBe("1,235");
    expect(format.significant(123456789)).toBe("123,500,000");
    expect(format.significant(0.00012346)).toBe("0.0001235");
    expect(format.significant(1e-9)).toBe("1e-9");
    expect(format.significant(-2.5)).toBe("-2.5");
    expect(format.share(0.5)).toBe("50 %");
    expect(format.share(0.12345)).toBe("12.3 %");
    expect(format.share(0.0001)).toBe("< 0.1 %");
    expect(format.score(0.87654)).toBe("0.877");
  });
});

it("says of a bare number that it is a protocol", () => {
  expect(format.protocol("tcp")).toBe("tcp");
  expect(format.protocol("2")).toBe("IP protocol 2");
});

describe("time", () => {
  it("is written in units people use", () => {
    expect(format.duration(0)).toBe("0 s");
    expect(format.duration(0.000085)).toBe("85 µs");
    expect(format.duration(0.35)).toBe("350 ms");
    expect(format.duration(0.99999)).toBe("1.0 s");
    expect(format.duration(59.99)).toBe("1 min 0 s");
    expect(format.duration(245)).toBe("4 min 5 s");
    expect(format.duration(7380)).toBe("2 h 3 min");
    expect(format.duration(3 * 86_400 + 4 * 3600)).toBe("3 d 4 h");
    expect(format.duration(-1)).toBe(format.NONE);
  });
});
