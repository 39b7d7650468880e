// The wasm: unpacked and compiled once; the page makes its own instance for the charts, each worker one for its run.
import { initSync } from "../../pkg/wiresift.js";
import { outside } from "./outside";
import { unpackScript } from "./spawn";
import { unpack } from "./unpack";

let compiled: Promise<WebAssembly.Module> | null = null;

/** The compiled module, when workers can be made too; rejects with the cause where the browser does not allow it. */
export function wasmModule(): Promise<WebAssembly.Module> {
  compiled ??= compile();
  return compiled;
}

async function compile(): Promise<WebAssembly.Module> {
  if (typeof WebAssembly !== "object") throw new Error("WebAssembly is switched off or missing in this browser");
  const bytes = outside.core.then(unpack);
  const [module] = await Promise.all([bytes.then((bytes) => WebAssembly.compile(bytes)), unpackScript()]);
  return module;
}

let started: Promise<void> | null = null;

/** Makes the page's own instance, once; what `pkg/wiresift.js` exports works afterwards. */
export function startWasm(): Promise<void> {
  started ??= wasmModule().then((module) => {
    initSync({ module });
  });
  return started;
}
