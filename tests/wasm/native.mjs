// Runs captures through the built command line (target/release/wiresift, or WIRESIFT_PROGRAM): what a browser's and
// wasm's bytes are held against.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const program = process.env.WIRESIFT_PROGRAM || join(root, "target/release/wiresift");

/** This run's temporary folder. */
export const folder = mkdtempSync(join(tmpdir(), "wiresift-test-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** A file with these bytes in this run's temporary folder. */
export function file(name, bytes) {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** A generated capture. */
export function synth(name, ...args) {
  const path = join(folder, name);
  execFileSync(program, ["synth", "-q", "-w", path, ...args], { stdio: ["ignore", "ignore", "inherit"] });
  return path;
}

/**
 * What the command line prints for a capture: exit codes 0 (complete), 1 (rejected) and 3 (partial) are answers,
 * anything else is a failure.
 */
export function natively(command, path, format, settings = {}) {
  const flags = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
  const run = spawnSync(program, [command, "-r", path, "-T", format, ...flags], { maxBuffer: 1 << 30 });
  if (![0, 1, 3].includes(run.status)) {
    throw new Error(`wiresift ${command} on ${basename(path)} ended with ${run.status ?? run.signal}: ${run.stderr}`);
  }
  return run.stdout;
}

/** The pcapng that the command line extracts. */
export function extracted(path, ...which) {
  return execFileSync(program, ["extract", "-q", "-r", path, ...which, "-w", "-"], { maxBuffer: 1 << 30 });
}

/** Where two byte strings part, with what stands there: shorter to read than two reports. */
export function difference(ours, theirs) {
  if (Buffer.compare(ours, theirs) === 0) return null;
  let at = 0;
  while (at < Math.min(ours.length, theirs.length) && ours[at] === theirs[at]) at += 1;
  const around = (bytes) => JSON.stringify(Buffer.from(bytes.subarray(Math.max(0, at - 60), at + 60)).toString());
  return `byte ${at} of ${ours.length} and ${theirs.length}:\n  ours   ${around(ours)}\n  native ${around(theirs)}`;
}
