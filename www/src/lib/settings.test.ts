import { describe, expect, it } from "vitest";
import type { SettingSpec } from "./catalogue";
import { changedOnly, expected, fits, needsReading, withSuppressed } from "./settings";

const base = { label: "", meaning: "" };
const table: SettingSpec[] = [
  {
    ...base,
    name: "unit",
    default: "flow",
    kind: { type: "choice", options: ["flow", "packet", "host"] },
    stage: "rows",
  },
  { ...base, name: "k", default: "auto", kind: { type: "integer", min: 1, max: 64, auto: true }, stage: "detect" },
  { ...base, name: "share", default: "0.01", kind: { type: "number", min: 0, max: 0.5, auto: false }, stage: "detect" },
  { ...base, name: "features", default: "default", kind: { type: "features" }, stage: "detect" },
  { ...base, name: "resync", default: "off", kind: { type: "switch" }, stage: "read" },
];

describe("settings", () => {
  it("keeps what differs from the default", () => {
    expect(changedOnly(table, { k: "auto", unit: "packet", nope: "1" })).toEqual({ unit: "packet" });
  });

  it("knows what needs the file again", () => {
    expect(needsReading(table, {}, { k: "3" })).toBe(false);
    expect(needsReading(table, {}, { unit: "flow" })).toBe(false);
    expect(needsReading(table, { unit: "packet" }, {})).toBe(true);
    expect(needsReading(table, { unit: "host" }, { unit: "packet" })).toBe(true);
    expect(needsReading(table, { unit: "host" }, {})).toBe(false);
  });

  it("adds what is not to be told once", () => {
    expect(withSuppressed(undefined, "flood", [])).toBe("flood");
    expect(withSuppressed("none", "beacon", ["10.0.0.1", "10.0.0.2"])).toBe("beacon@10.0.0.1,beacon@10.0.0.2");
    expect(withSuppressed("beacon@10.0.0.1", "beacon", ["10.0.0.1"])).toBe("beacon@10.0.0.1");
  });

  it("knows on and off", () => {
    const resync = table.find(({ name }) => name === "resync") as SettingSpec;
    expect(["on", "off", "yes", ""].map((value) => fits(resync, value))).toEqual([true, true, false, false]);
    expect(expected(resync)).toBe("on or off");
  });

  it("checks values against their kind", () => {
    const [unit, k, share, features] = table as [SettingSpec, SettingSpec, SettingSpec, SettingSpec];
    expect([fits(unit, "packet"), fits(unit, "host"), fits(unit, "hosts")]).toEqual([true, true, false]);
    expect(["auto", "1", "64", "0", "65", "1.5", "", "x"].map((v) => fits(k, v))).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(["0", "0.5", "0.51", "auto", "-1", "NaN"].map((v) => fits(share, v))).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(["default", "a,b_c", "a,,b", ""].map((v) => fits(features, v))).toEqual([true, true, false, false]);
    expect(expected(k)).toBe("a whole number from 1 to 64, or auto");
  });
});
