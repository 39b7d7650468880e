// Whether wasm and command line say the same of a capture.
import assert from "node:assert/strict";
import { difference, inWasm, natively } from "./harness.mjs";

/** Compares report and tables for each size of piece. */
export function compare(path, { sizes, settings = {}, tables = true }) {
  const report = natively("analyze", path, "json", settings);
  const table = `${settings.unit ?? "flow"}s`;
  // Of a file that is no capture the command line writes no table.
  const isRejected = JSON.parse(report).outcome.status === "rejected";
  const rows = tables && !isRejected ? natively(table, path, "csv", settings) : null;
  for (const size of sizes) {
    const session = inWasm(path, size, settings);
    assert.equal(difference(session.export("report_json"), report), null, `report, pieces of ${size}`);
    if (rows) assert.equal(difference(session.export(`${table}_csv`), rows), null, `${table}, pieces of ${size}`);
    session.free();
  }
}
