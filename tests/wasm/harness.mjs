// Runs captures through the built wasm (www/pkg) and, by native.mjs, through the built command line.
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { root } from "./native.mjs";

export * from "./native.mjs";

export const pkg = await import(join(root, "www/pkg/wiresift.js"));
const { initSync, Session } = pkg;

/** The wasm's memory. */
export const { memory } = initSync({ module: readFileSync(join(root, "www/pkg/wiresift_bg.wasm")) });

/** The wasm's session after a capture came in pieces of `size` bytes. */
export function inWasm(path, size, settings = {}, side = []) {
  const bytes = readFileSync(path);
  const session = new Session(settings, 0x0123456789abcdefn, BigInt(size));
  addSide(session, side);
  session.begin_file(basename(path));
  for (let at = 0; at < bytes.length; at += size) session.push(bytes.subarray(at, at + size));
  session.finish();
  return session;
}

/** Adds files beside the capture, each with its flag, its kind and its path. */
export function addSide(session, side) {
  for (const [, kind, path] of side) session.add_side_file(kind, basename(path), readFileSync(path));
}
