// What the page carries in itself: the wasm as compressed text and the worker as one script.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, type Plugin, type Rolldown } from "vite";
import { encode } from "../src/lib/base91.ts";
import { pack } from "./pack.ts";

const WASM = fileURLToPath(new URL("../pkg/wiresift_bg.wasm", import.meta.url));
const GLUE = /\/pkg\/wiresift\.js$/;
const WORKER = fileURLToPath(new URL("../src/worker/main.ts", import.meta.url));

/** Bytes packed, as JavaScript: gzipped as text, and how many bytes the gzip has. */
async function packedText(bytes: Uint8Array): Promise<string> {
  const packed = await pack(bytes);
  return `{ length: ${packed.length}, text: "${encode(packed)}" }`;
}

export const packedWasm = (): Promise<string> => packedText(readFileSync(WASM));

/** `virtual:wasm`: the wasm. */
export function inlineWasm(): Plugin {
  return {
    name: "wiresift:wasm",
    enforce: "pre",
    resolveId: (id) => (id === "virtual:wasm" ? "\0virtual:wasm" : null),
    async load(id) {
      if (id !== "\0virtual:wasm") return null;
      this.addWatchFile(WASM);
      return `export default ${await packedWasm()};`;
    },
    transform(code, id) {
      if (!GLUE.test(id)) return null;
      // The glue would fetch the wasm from beside itself; the page may fetch nothing and has it already.
      return code.replace("new URL('wiresift_bg.wasm', import.meta.url)", "undefined");
    },
  };
}

/** `virtual:worker`: the worker's script, bundled. */
export function inlineWorker(): Plugin {
  return {
    name: "wiresift:worker",
    resolveId: (id) => (id === "virtual:worker" ? "\0virtual:worker" : null),
    async load(id) {
      if (id !== "\0virtual:worker") return null;
      const { code, modules } = await bundleWorker();
      for (const file of modules) this.addWatchFile(file);
      return `export default ${await packedText(new TextEncoder().encode(code))};`;
    },
  };
}

async function bundleWorker(): Promise<{ code: string; modules: string[] }> {
  const result = (await build({
    configFile: false,
    logLevel: "warn",
    plugins: [inlineWasm()],
    build: {
      write: false,
      target: "es2023",
      sourcemap: false,
      rolldownOptions: { input: WORKER, output: { format: "iife", codeSplitting: false } },
    },
  })) as Rolldown.RolldownOutput;
  const [chunk] = result.output;
  return { code: chunk.code.trim(), modules: chunk.moduleIds.filter((id) => !id.startsWith("\0")) };
}
