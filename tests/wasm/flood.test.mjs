// The page's half of row C1: a flood of ever new tuples, streamed without a file. The default budget holds in wasm, and
// the flood is the first finding.
//
// `WIRESIFT_FLOOD=10000000 node --test tests/wasm/flood.test.mjs` makes as many tuples; the default fills the table and
// some more. tests/flood.rs is the same for the library.
import assert from "node:assert/strict";
import { test } from "node:test";
import { memory, pkg } from "./harness.mjs";

const TUPLES = Number(process.env.WIRESIFT_FLOOD ?? 700_000);
const MOST_BYTES = 512_000_000;
const FRAME = 14 + 20 + 20;
const RECORD = 16 + FRAME;
/** Records pushed at once. */
const PIECE = 15_000;

/** A piece of SYNs to one service; what differs between them is filled in later. */
function blank() {
  const bytes = Buffer.alloc(PIECE * RECORD);
  for (let at = 0; at < bytes.length; at += RECORD) {
    bytes.writeUInt32LE(FRAME, at + 8);
    bytes.writeUInt32LE(FRAME, at + 12);
    const ip = at + 16 + 14;
    bytes.writeUInt16BE(0x0800, ip - 2);
    bytes.writeUInt16BE(0x4500, ip);
    bytes.writeUInt16BE(40, ip + 2);
    bytes.writeUInt16BE(0x4006, ip + 8);
    bytes.writeUInt32BE(0xc0000250, ip + 16);
    bytes.writeUInt16BE(443, ip + 22);
    bytes.writeUInt16BE(0x5002, ip + 32);
    bytes.writeUInt16BE(0xffff, ip + 34);
  }
  return bytes;
}

test(`c01: ${TUPLES} tuples fit into half a gigabyte of wasm memory`, () => {
  const header = Buffer.alloc(24);
  [0xa1b2c3d4, 0x00040002, 0, 0, 65535, 1].forEach((word, i) => header.writeUInt32LE(word, 4 * i));
  const session = new pkg.Session({}, 1n, 2n);
  session.begin_file("flood");
  session.push(header);
  const bytes = blank();
  for (let first = 0; first < TUPLES; first += PIECE) {
    const records = Math.min(PIECE, TUPLES - first);
    for (let i = 0, at = 0; i < records; i += 1, at += RECORD) {
      const n = first + i;
      bytes.writeUInt32LE(1000 + Math.floor(n / 200_000), at);
      bytes.writeUInt32LE((n % 200_000) * 5, at + 4);
      bytes.writeUInt32BE(0x0a000000 + n, at + 42);
      bytes.writeUInt16BE(1024 + (n % 60_000), at + 50);
    }
    session.push(bytes.subarray(0, records * RECORD));
  }
  session.finish();
  const report = JSON.parse(new TextDecoder().decode(session.report_json()));
  session.free();
  const { ledger, findings } = report;
  const [bucket] = ledger.overflow.buckets;
  console.log(`${ledger.flows_reported} flows kept of ${TUPLES}; ${(memory.buffer.byteLength / 1e6).toFixed(0)} MB`);
  assert.equal(ledger.packets, TUPLES);
  assert.equal(ledger.flows_reported + ledger.untracked.table_full.packets, TUPLES);
  assert.equal(ledger.untracked.table_full.bytes, ledger.untracked.table_full.packets * FRAME);
  assert.equal(bucket.packets, ledger.untracked.table_full.packets);
  assert.ok(Math.abs(bucket.flows / bucket.packets - 1) < 0.07, `${bucket.flows} of ${bucket.packets}`);
  assert.equal(findings[0].kind, "overflow");
  assert.ok(memory.buffer.byteLength <= MOST_BYTES, `${memory.buffer.byteLength} bytes of memory`);
});
