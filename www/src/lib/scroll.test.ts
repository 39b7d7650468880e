import { describe, expect, it } from "vitest";
import { contentHeight, MAX_HEIGHT, reveal, scrollTopOf, topRow, visibleRows } from "./scroll";

const small = { rows: 1000, rowHeight: 32, viewport: 640 };
const huge = { rows: 5_000_000, rowHeight: 32, viewport: 640 };

describe("virtual scroll", () => {
  it("is exact below the cap", () => {
    expect(contentHeight(small)).toBe(32_000);
    expect(topRow(small, 320)).toBeCloseTo(10, 9);
    expect(visibleRows(small, 336)).toEqual({ start: 10, count: 21, shift: expect.closeTo(16, 6) });
  });

  it("reaches the first and the last row at any size", () => {
    for (const geometry of [small, huge, { ...small, rows: 20 }, { ...small, rows: 21 }]) {
      expect(visibleRows(geometry, 0).start).toBe(0);
      const end = contentHeight(geometry) - geometry.viewport;
      const { start, count } = visibleRows(geometry, end);
      expect(start + count).toBe(geometry.rows);
    }
    expect(contentHeight(huge)).toBe(MAX_HEIGHT);
  });

  it("shows nothing of nothing and all of little", () => {
    expect(visibleRows({ ...small, rows: 0 }, 0)).toEqual({ start: 0, count: 0, shift: 0 });
    expect(visibleRows({ ...small, rows: 3 }, 0)).toEqual({ start: 0, count: 3, shift: 0 });
  });

  it("finds its way back from a row", () => {
    for (const geometry of [small, huge]) {
      for (const row of [0, 1, 17, 500, 979]) {
        expect(topRow(geometry, scrollTopOf(geometry, row))).toBeCloseTo(row, 3);
      }
    }
  });

  it("reveals a row by the shortest way", () => {
    expect(reveal(small, 320, 15)).toBe(320);
    expect(reveal(small, 320, 5)).toBeCloseTo(160, 6);
    expect(topRow(small, reveal(small, 0, 20))).toBeCloseTo(1, 6);
    const { start, count } = visibleRows(huge, reveal(huge, 0, 4_999_999));
    expect(start + count).toBe(huge.rows);
  });
});
