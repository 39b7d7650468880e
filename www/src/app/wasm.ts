// The wasm: unpacked and compiled once; the page makes its own instance for the charts, each worker one for its run.
import base64 from "virtual:wasm";
import { initSync } from "../../pkg/wiresift.js";

let compiled: Promise<WebAssembly.Module> | null = null;

/** The compiled module; rejects with the cause where the browser does not allow it. */
export function wasmModule(): Promise<WebAssembly.Module> {
  compiled ??= compile();
  return compiled;
}

async function compile(): Promise<WebAssembly.Module> {
  if (typeof WebAssembly !== "object") throw new Error("WebAssembly is switched off or missing in this browser");
  const packed = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
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
