// What the page carries in itself: the wasm as compressed text and the worker as one script.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, type Plugin, type Rolldown } from "vite";
import { encode } from "../src/lib/base91.ts";
import { pack } from "./pack.ts";

const WASM = fileURLToPath(new URL("../pkg/wiresift_bg.wasm", import.meta.url));
const GLUE = /\/pkg\/wiresift\.js$/;
const WORKER = fileURLToPath(new URL("../src/worker/main.ts", import.meta.url));

/** `virtual:wasm`: the wasm, gzipped, as text, and how many bytes that is. */
export function inlineWasm(): Plugin {
  return {
    name: "wiresift:wasm",
    enforce: "pre",
    resolveId: (id) => (id === "virtual:wasm" ? "\0virtual:wasm" : null),
    async load(id) {
      if (id !== "\0virtual:wasm") return null;
      this.addWatchFile(WASM);
      const packed = await pack(readFileSync(WASM));
      return `export const length = ${packed.length};\nexport const text = "${encode(packed)}";`;
    },
    transform(code, id) {
      if (!GLUE.test(id)) return null;
      // The glue would fetch the wasm from beside itself; the page may fetch nothing and has it already.
      return code.replace("new URL('wiresift_bg.wasm', import.meta.url)", "undefined");
    },
  };
}

/** `virtual:worker`: the worker's script, bundled, as text. */
export function inlineWorker(): Plugin {
  return {
    name: "wiresift:worker",
    resolveId: (id) => (id === "virtual:worker" ? "\0virtual:worker" : null),
    async load(id) {
      if (id !== "\0virtual:worker") return null;
      const { code, modules } = await bundleWorker();
      for (const file of modules) this.addWatchFile(file);
      return `export default ${JSON.stringify(code)};`;
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
