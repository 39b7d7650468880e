// Packets on demand in wasm: the same bytes as the command line extracts, and a refusal where the file changed.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { extracted, inWasm, pkg, synth } from "./harness.mjs";

const small = synth("retrieve.pcap", "--packets", "1500", "--seed", "7");
const ng = synth("retrieve.pcapng", "--packets", "1500", "--seed", "8", "--format", "pcapng");

/** Gives a retrieval what it wants of `bytes`; its pcapng file, its list and its sums. */
function read(retrieval, bytes) {
  const parts = [Buffer.from(retrieval.take())];
  retrieval.check_file(0, bytes.length);
  for (let wanted = retrieval.wanted(); wanted; wanted = retrieval.wanted()) {
    retrieval.give(bytes.subarray(wanted.start, wanted.end));
    parts.push(Buffer.from(retrieval.take()));
  }
  return { file: Buffer.concat(parts), packets: retrieval.packets(), sums: retrieval.finish() };
}

for (const path of [small, ng]) {
  test(`a filter's and a flow's packets of ${path.split(".").pop()}`, () => {
    const session = inWasm(path, 65_536);
    session.select({ filter: "port:53" });
    const options = { keep: 3, preview: 20, pcapng: true };
    const found = read(session.retrieve({ kind: "selection" }, options), readFileSync(path));
    assert.ok(found.file.equals(extracted(path, "--filter", "port:53")));
    assert.equal(found.packets.length, 3);
    assert.equal(found.packets[0].preview.length, 20);
    assert.equal(found.sums.listed, 3);

    const uid = session.explain(4).id;
    const flow = read(session.retrieve({ kind: "row", row: 4 }, options), readFileSync(path));
    assert.ok(flow.file.equals(extracted(path, "--flow", uid)));
    session.free();
  });
}

test("a finding's packets, and one that is not there", () => {
  const session = inWasm(small, 65_536, { "threshold-rule": "percentile", threshold: "90" });
  const found = read(session.retrieve({ kind: "finding", id: "F1" }, { pcapng: true }), readFileSync(small));
  assert.ok(found.file.equals(extracted(small, "--finding", "F1", "--threshold-rule=percentile", "--threshold=90")));
  assert.throws(() => session.retrieve({ kind: "finding", id: "F99" }, {}), { name: "selection" });
  assert.throws(() => session.retrieve({ kind: "row", row: 1e6 }, {}), { name: "selection" });
  session.free();
});

test("a file that changed is refused by name", () => {
  const session = inWasm(small, 65_536);
  const bytes = Buffer.from(readFileSync(small));
  const begin = () => session.retrieve({ kind: "row", row: 0 }, { keep: 1 });
  assert.throws(() => begin().check_file(0, bytes.length + 1), { name: "file-changed" });
  bytes[24] ^= 1;
  assert.throws(() => read(begin(), bytes), { name: "file-changed" });
  const short = begin();
  assert.throws(() => short.give(bytes.subarray(0, 100)), { name: "file-changed" });
  session.free();
});

test("the beginning of a file tells what it is and when it begins", () => {
  const bytes = readFileSync(small);
  assert.equal(pkg.is_capture(bytes.subarray(0, 100)), true);
  assert.equal(pkg.is_capture(Buffer.from("no capture, by any means")), false);
  assert.equal(typeof pkg.first_time(bytes.subarray(0, 4096)), "bigint");
  assert.equal(pkg.first_time(bytes.subarray(0, 24)), undefined);
});
