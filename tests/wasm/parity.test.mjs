// The same capture and settings give the same bytes in wasm and on the command line, in pieces of any size.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { compare } from "./compare.mjs";
import { addSide, difference, file, inWasm, natively, pkg, program, root, synth } from "./harness.mjs";

const { Session } = pkg;

const whole = 1 << 30;
const small = synth("small.pcap", "--packets", "1500", "--seed", "7");
const ng = synth("small.pcapng", "--packets", "1500", "--seed", "8", "--format", "pcapng");
const large = synth("large.pcap", "--packets", "60000", "--seed", "1");

test("D8: a small pcap, from one byte at a time to whole", () => {
  compare(small, { sizes: [1, 7, 16, 1000, 4096, 65_536, whole] });
});

test("a small pcapng, from one byte at a time to whole", () => {
  compare(ng, { sizes: [1, 7, 16, 1000, 4096, 65_536, whole] });
});

test("D8: 60,000 packets", () => {
  compare(large, { sizes: [1499, 65_536, 8 << 20] });
});

test("guesses of the model", () => {
  const path = synth("protocols.pcap", "--scene", "protocols", "--packets", "20000", "--seed", "5");
  assert.ok(JSON.parse(natively("analyze", path, "json", {})).guesses.asked > 20);
  compare(path, { sizes: [65_536] });
});

for (const settings of [
  { unit: "packet" },
  { unit: "packet", protocol: "tcp", k: "4", "threshold-rule": "percentile", threshold: "98" },
  { unit: "host" },
  { unit: "host", features: "all", k: "3", "max-hosts": "40" },
  { k: "5", scaling: "robust", "threshold-rule": "sigma" },
  { features: "all", seed: "7", "fit-rows": "200" },
  { "max-flows": "50", "idle-timeout": "5", "active-timeout": "20" },
]) {
  test(`settings ${JSON.stringify(settings)}`, () => compare(small, { sizes: [65_536], settings }));
}

test("feature tables of every schema and unit", () => {
  for (const [schema, kind, settings] of [
    ["wiresift", "features_csv", {}],
    ["wiresift", "features_csv", { unit: "packet" }],
    ["wiresift", "features_csv", { unit: "host" }],
    ["cicflowmeter", "cicflowmeter_csv", {}],
    ["nfstream", "nfstream_csv", {}],
  ]) {
    const native = natively("features", small, "csv", { schema, ...settings });
    for (const size of [1499, whole]) {
      const session = inWasm(small, size, settings);
      assert.equal(difference(session.export(kind), native), null, `${schema}, ${JSON.stringify(settings)}, ${size}`);
      session.free();
    }
  }
});

test("reports for people, Zeek's log", () => {
  for (const [command, format, kind, settings] of [
    ["analyze", "html", "report_html", {}],
    ["analyze", "html", "report_html", { unit: "host" }],
    ["analyze", "html", "report_html", { unit: "packet", k: "4" }],
    ["analyze", "markdown", "report_markdown", {}],
    ["flows", "zeek", "flows_zeek", {}],
  ]) {
    for (const path of [small, ng]) {
      const session = inWasm(path, 4096, settings);
      assert.equal(difference(Buffer.from(session.export(kind)), natively(command, path, format, settings)), null, kind);
      session.free();
    }
  }
});

test("damaged captures", () => {
  const bytes = readFileSync(small);
  const flipped = Buffer.from(bytes);
  // A byte of every fiftieth: headers, lengths, times and payload alike.
  for (let at = 24; at < flipped.length; at += 50) flipped[at] ^= 0xff;
  const lengthGone = Buffer.from(bytes);
  lengthGone.writeUInt32LE(0x7fffffff, 24 + 8);
  const damaged = {
    "empty.pcap": Buffer.alloc(0),
    "three-bytes.pcap": bytes.subarray(0, 3),
    "half-header.pcap": bytes.subarray(0, 12),
    "header-only.pcap": bytes.subarray(0, 24),
    "half-record-header.pcap": bytes.subarray(0, 24 + 7),
    "half-record.pcap": bytes.subarray(0, bytes.length - 5),
    "garbage-after.pcap": Buffer.concat([bytes, Buffer.alloc(4096, 0xa5)]),
    "zeros.pcap": Buffer.alloc(10_000),
    "text.pcap": Buffer.from("<!doctype html><title>not a capture</title>\n".repeat(50)),
    "flipped.pcap": flipped,
    "length-gone.pcap": lengthGone,
    "half.pcapng": readFileSync(ng).subarray(0, 20_001),
  };
  for (const [name, content] of Object.entries(damaged)) {
    try {
      compare(file(name, content), { sizes: [1, 4096, whole], tables: false });
    } catch (error) {
      error.message = `${name}: ${error.message}`;
      throw error;
    }
  }
});

test("a baseline, before, after and taken away", () => {
  const clean = join(root, "tests/golden/nmap/scan.pcap");
  const written = file("b.json", "");
  execFileSync(program, ["analyze", "-q", "-r", small, "--save-baseline", written, "-o", file("r.txt", "")]);
  const learned = inWasm(small, 4096);
  assert.equal(difference(Buffer.from(learned.export("baseline_json")), readFileSync(written)), null, "what is written");
  learned.free();
  for (const capture of [ng, clean]) {
    const native = natively("analyze", capture, "json", { baseline: written });
    assert.ok(JSON.parse(native).detection.baseline);
    const side = [["baseline", "baseline", written]];
    const before = inWasm(capture, 4096, {}, side);
    assert.equal(difference(before.export("report_json"), native), null, "before");
    before.redetect({ k: "3" });
    before.redetect({});
    assert.equal(difference(before.export("report_json"), native), null, "other settings keep it");
    const after = inWasm(capture, 4096);
    const without = after.export("report_json");
    addSide(after, side);
    after.enrich();
    assert.equal(difference(after.export("report_json"), native), null, "after");
    after.clear_side_files();
    after.enrich();
    assert.equal(difference(after.export("report_json"), without), null, "taken away");
    before.free();
    after.free();
  }
  const hosts = new Session({ unit: "host" }, 1n, 2n);
  assert.throws(() => addSide(hosts, [["", "baseline", written]]), { name: "baseline" });
  hosts.free();
});

test("files beside the capture, before and after", () => {
  const capture = join(root, "tests/golden/nmap/scan.pcap");
  const scan = join(root, "tests/golden/nmap/scan.xml");
  const list = file("list.csv", "# ioc,threat_level,description\nintranet.example,high,ours\n127.0.0.0/8,low,x\n203.0.113.9,low,y\n");
  const side = [
    ["intel", "threat-list", list],
    ["nmap", "nmap", scan],
    ["geoip", "geoip", join(root, "tests/golden/geoip/city.mmdb")],
  ];
  for (const some of [side.slice(0, 1), side.slice(1, 2), side.slice(2), side]) {
    const native = natively("analyze", capture, "json", Object.fromEntries(some.map(([flag, , path]) => [flag, path])));
    assert.ok(JSON.parse(native).enrichment);
    const before = inWasm(capture, 4096, {}, some);
    assert.equal(difference(before.export("report_json"), native), null, "before");
    const after = inWasm(capture, 4096);
    addSide(after, some);
    after.enrich();
    assert.equal(difference(after.export("report_json"), native), null, "after");
    after.clear_side_files();
    after.enrich();
    assert.equal(difference(after.export("report_json"), natively("analyze", capture, "json")), null, "taken away");
  }
});

test("tables", () => {
  const flows = natively("flows", small, "csv");
  const packets = natively("packets", small, "csv", { unit: "packet" });
  const rows = Array.from({ length: 200 }, (_, i) => {
    const micros = i % 10 === 3 ? 0 : 1_000 + ((i * 7_919) % 90_000);
    const rate = micros === 0 ? "Infinity" : (1e9 / micros).toFixed(4);
    return `10.0.0.${i % 30},${40_000 + i},10.0.1.${i % 7},443,6,07/07/2017 ${(i % 12) + 1}:00:00 PM,${micros},${(i % 9) + 1},${i % 8},${rate},${i % 17 === 0 ? "x" : i * 31},BENIGN`;
  });
  const header = "Src IP,Src Port,Dst IP,Dst Port,Protocol,Timestamp,Flow Duration,Total Fwd Packet,Total Bwd packets,Flow Bytes/s,My Column,Label";
  const cic = [header, ...rows].join("\r\n");
  const tables = { "flows.csv": flows, "flows.ndjson": natively("flows", small, "ndjson"), "cic.csv": cic, "cut.csv": cic.slice(0, -9) };
  for (const [name, content] of Object.entries(tables)) {
    compare(file(name, content), { sizes: [1, 333, whole] });
    compare(file(name, content), { sizes: [whole], settings: { features: "all" } });
  }
  compare(file("packets.csv", packets), { sizes: [7, whole], settings: { unit: "packet" } });
  compare(file("packets.csv", packets), { sizes: [4096] });
});
