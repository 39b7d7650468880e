// Packs what the page carries: the smallest gzip that any browser unpacks.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipAsync } from "@gfx/zopfli";

const CACHE = fileURLToPath(new URL("../build/packed/", import.meta.url));

/** More rounds than these gain some hundred bytes. */
const ROUNDS = 3;

/** The bytes as gzip, without a time stamp: the same bytes give the same page. They take seconds, so they are kept. */
export async function pack(bytes: Uint8Array): Promise<Uint8Array> {
  const name = `${CACHE}${createHash("sha256").update(bytes).digest("hex")}.gz`;
  try {
    return readFileSync(name);
  } catch {
    const packed = await gzipAsync(bytes, { numiterations: ROUNDS });
    mkdirSync(CACHE, { recursive: true });
    writeFileSync(name, packed);
    return packed;
  }
}
