// Real captures, where there are any: the same bytes in wasm and on the command line.
import assert from "node:assert/strict";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { compare } from "./compare.mjs";

const corpus = process.env.WIRESIFT_CORPUS ?? "";
const isThere = corpus !== "" && existsSync(corpus);

/** Captures of one folder, those of at most `bytes` bytes, every `step`th in the order of their names. */
function captures(sub, { bytes, step = 1 }) {
  const names = readdirSync(join(corpus, sub), { recursive: true }).sort();
  const paths = names.map((name) => join(corpus, sub, name));
  const wanted = (path) => /\.(pcap|pcapng|cap|dmp)$/.test(path) && statSync(path).isFile() && statSync(path).size <= bytes;
  return paths.filter(wanted).filter((_, index) => index % step === 0);
}

for (const [sub, choice] of [
  ["conformance", { bytes: 2e6, step: 5 }],
  ["hostile", { bytes: 2e6, step: 4 }],
  ["protocols", { bytes: 2e6, step: 4 }],
  ["labelled", { bytes: 8e6, step: 2 }],
  ["mixed", { bytes: 64e6 }],
]) {
  test(`D8: real captures: ${sub}`, { skip: isThere ? false : "no folder of real captures (WIRESIFT_CORPUS)" }, () => {
    const paths = captures(sub, choice);
    assert.ok(paths.length > 0, `no captures in ${sub}`);
    for (const path of paths) {
      try {
        compare(path, { sizes: [65_536] });
      } catch (error) {
        error.message = `${path}: ${error.message}`;
        throw error;
      }
    }
  });
}
