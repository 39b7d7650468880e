// The wasm: unpacked and compiled once; the page makes its own instance for the charts, each worker one for its run.
import { length, text } from "virtual:wasm";
import { initSync } from "../../pkg/wiresift.js";
import { decode } from "../lib/base91";

let compiled: Promise<WebAssembly.Module> | null = null;

/** The compiled module; rejects with the cause where the browser does not allow it. */
export function wasmModule(): Promise<WebAssembly.Module> {
  compiled ??= compile();
  return compiled;
}

async function compile(): Promise<WebAssembly.Module> {
  if (typeof WebAssembly !== "object") throw new Error("WebAssembly is switched off or missing in this browser");
  const stream = new Blob([decode(text, length)]).stream().pipeThrough(new DecompressionStream("gzip"));
  return WebAssembly.compile(await new Response(stream).arrayBuffer());
}

let started: Promise<void> | null = null;

/** Makes the page's own instance, once; what `pkg/wiresift.js` exports works afterwards. */
export function startWasm(): Promise<void> {
  started ??= wasmModule().then((module) => {
    initSync({ module });
  });
  return started;
}
