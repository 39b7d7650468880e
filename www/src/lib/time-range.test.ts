import { expect, it } from "vitest";
import { rangeOf, withRange } from "./time-range";

const range = { from: Date.UTC(2024, 2, 4, 8), to: Date.UTC(2024, 2, 4, 9) };
const TERM = "ts >= 2024-03-04T08:00:00.000Z and ts < 2024-03-04T09:00:00.000Z";

it("puts a range before the filter and takes it away again", () => {
  for (const rest of [
    "",
    "port 443",
    "port 443 or icmp",
    "(a or b) and (c or d)",
    "(a or b)",
    '"a) or (b"',
    'x == "\\")" || y',
  ]) {
    const filter = withRange(rest, range);
    expect(filter.startsWith(TERM)).toBe(true);
    expect(rangeOf(filter)).toEqual({ range, rest });
    expect(withRange(filter, null)).toBe(rest);
    expect(withRange(filter, range)).toBe(filter);
  }
  expect(withRange("port 443 or icmp", range)).toBe(`${TERM} and (port 443 or icmp)`);
});

it("moves a range and leaves the rest", () => {
  const later = { from: range.from + 500, to: range.to + 500 };
  expect(withRange(`${TERM} and proto udp`, later)).toBe(
    "ts >= 2024-03-04T08:00:00.500Z and ts < 2024-03-04T09:00:00.500Z and proto udp",
  );
});

it("leaves alone what is no range", () => {
  for (const filter of ["ts >= 5", "ts >= x and ts < y", "port 1", `not (${TERM})`]) {
    expect(rangeOf(filter)).toEqual({ range: null, rest: filter });
    expect(withRange(filter, null)).toBe(filter);
  }
});
