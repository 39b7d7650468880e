import { afterEach, describe, expect, it, vi } from "vitest";
import { exact, rough, zone } from "./clock";
import { NONE } from "./format";

const first = "2024-03-04T08:00:00.900000000Z";
const later = "2024-03-04T08:20:35.100001999Z";

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("times", () => {
  it("in UTC are the core's", () => {
    expect(exact(later, "utc", first)).toBe("2024-03-04 08:20:35.100001");
    expect(rough(later, "utc", first)).toBe("2024-03-04 08:20:35");
    expect(zone(later, "utc", first)).toBe(" UTC");
    expect(exact("1677-09-21T00:12:43Z", "utc", null)).toBe("1677-09-21 00:12:43.000000");
  });

  it("by the computer's clock have its zone, in summer and winter", () => {
    vi.stubEnv("TZ", "Europe/Berlin");
    expect(exact(later, "local", first)).toBe("2024-03-04 09:20:35.100001");
    expect(zone(later, "local", first)).toBe(" UTC+1");
    expect(rough("2024-07-01T23:30:00Z", "local", first)).toBe("2024-07-02 01:30:00");
    expect(zone("2024-07-01T23:30:00Z", "local", first)).toBe(" UTC+2");
    vi.stubEnv("TZ", "America/St_Johns");
    expect(zone(later, "local", first)).toBe(" UTC-3:30");
    vi.stubEnv("TZ", "UTC");
    expect(zone(later, "local", first)).toBe(" UTC");
  });

  it("since the first packet are exact, also before it and over centuries", () => {
    expect(exact(later, "relative", first)).toBe("+1,234.200001 s");
    expect(rough(later, "relative", first)).toBe("+20 min 34 s");
    expect(zone(later, "relative", first)).toBe("");
    expect(exact(first, "relative", later)).toBe("-1,234.200001 s");
    expect(exact(first, "relative", first)).toBe("+0.000000 s");
    expect(exact("2262-04-11T23:47:16.854775Z", "relative", "1677-09-21T00:12:43.000001Z")).toBe(
      "+18,446,744,073.854774 s",
    );
    expect(exact(later, "relative", null)).toBe("2024-03-04 08:20:35.100001");
    expect(zone(later, "relative", null)).toBe(" UTC");
  });

  it("that are none stay none", () => {
    for (const none of [null, undefined, "", "now", "2024-13-45T99:00:00Z"]) {
      for (const clock of ["utc", "local", "relative"] as const) {
        expect([exact(none, clock, first), rough(none, clock, first), zone(none, clock, first)]).toEqual([
          NONE,
          NONE,
          "",
        ]);
      }
    }
  });
});
