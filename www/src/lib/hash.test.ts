import { describe, expect, it } from "vitest";
import { decode, encode, type Said } from "./hash";

describe("the hash", () => {
  it("says nothing of the usual view", () => {
    expect(encode({})).toBe("");
    expect(encode({ unit: "flow", filter: " ", sort: "score", descending: true })).toBe("");
    expect(decode("")).toEqual({});
    expect(decode("#")).toEqual({});
  });

  it("gives every view back", () => {
    const views: Said[] = [
      { filter: 'port in {53, 80-90} and http.host ~ "a&b=c#d+e%20"' },
      { anomalies_only: false },
      { anomalies_only: true, sort: "orig_bytes", descending: false },
      { unit: "host", filter: "peers > 50", sort: "score", descending: false },
      { unit: "packet", sort: "id.orig_h", descending: true },
      { place: "rows" },
      { unit: "host", place: "account" },
    ];
    for (const view of views) expect(decode(encode(view))).toEqual(view);
  });

  it("is read well however it is written", () => {
    expect(decode("#filter=port%20443&sort=bytes")).toEqual({ filter: "port 443", sort: "bytes", descending: true });
    expect(decode("#filter=port+443")).toEqual({ filter: "port 443" });
  });

  it("is ignored where it makes no sense", () => {
    for (const garbage of [
      "#main",
      "#%",
      "#%ff%00",
      "#=&&=",
      "#filter=",
      "#unit=galaxy",
      "#place=toString",
      "#sort=<b>",
      "#rows=none",
    ]) {
      expect(decode(garbage), garbage).toBeNull();
    }
    expect(decode(`#filter=${"x".repeat(3000)}`)).toBeNull();
    expect(decode("#__proto__=1&constructor=2")).toBeNull();
    expect(decode("#unit=galaxy&rows=all")).toEqual({ anomalies_only: false });
  });

  it("names no column of the file's own, and holds no endless filter", () => {
    expect(encode({ sort: "column_patient_name", descending: true })).toBe("");
    expect(encode({ filter: "x".repeat(3000) })).toBe("");
  });
});
