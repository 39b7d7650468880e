// Row J2: the memory budget holds in wasm too, where memory that was taken is never given back, and the same flows are
// kept as on the command line.
import assert from "node:assert/strict";
import { test } from "node:test";
import { difference, file, inWasm, memory, natively } from "./harness.mjs";

/** A capture of `flows` hosts that ask, and ask again. */
function many(flows, payload) {
  const frame = 14 + 20 + 8 + payload;
  const bytes = Buffer.alloc(24 + 2 * flows * (16 + frame));
  [0xa1b2c3d4, 0x00040002, 0, 0, 65535, 1].forEach((word, i) => bytes.writeUInt32LE(word, 4 * i));
  for (let i = 0, at = 24; i < 2 * flows; i += 1, at += 16 + frame) {
    [Math.floor(i / 10000), i % 10000, frame, frame].forEach((word, k) => bytes.writeUInt32LE(word, at + 4 * k));
    const ip = at + 16 + 14;
    bytes.writeUInt16BE(0x0800, ip - 2);
    bytes.writeUInt16BE(0x4500, ip);
    bytes.writeUInt16BE(28 + payload, ip + 2);
    bytes.writeUInt16BE(0x4011, ip + 8);
    bytes.writeUInt32BE(0x0a000000 + (i % flows), ip + 12);
    bytes.writeUInt32BE(0xc0000201, ip + 16);
    bytes.writeUInt16BE(4000, ip + 20);
    bytes.writeUInt16BE(53, ip + 22);
    bytes.writeUInt16BE(8 + payload, ip + 24);
    bytes.fill(i % 251, ip + 28, ip + 28 + payload);
  }
  return bytes;
}

// Ascending: the memory of one instance only grows.
for (const [budget, flows, payload] of [
  [64, 60_000, 0],
  [64, 60_000, 70],
  [256, 180_000, 70],
]) {
  test(`j2: ${budget} MB hold, ${flows} flows of ${payload} bytes`, () => {
    const path = file(`many-${flows}-${payload}.pcap`, many(flows, payload));
    const settings = { "max-memory": String(budget) };
    const session = inWasm(path, 1 << 18, settings);
    const peak = memory.buffer.byteLength;
    assert.ok(peak <= budget * 1.1e6, `${peak} bytes of memory`);
    const report = session.report_json();
    assert.ok(JSON.parse(new TextDecoder().decode(report)).ledger.untracked.table_full.packets > 0);
    assert.equal(difference(report, natively("analyze", path, "json", settings)), null);
    session.free();
  });
}
