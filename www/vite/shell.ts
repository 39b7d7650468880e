// The shell around the sealed page: its page, its script and style, and the wasm.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, type Rolldown } from "vite";
import { packedWasm } from "./inline.ts";

const PAGE = fileURLToPath(new URL("../shell.html", import.meta.url));
const SCRIPT = fileURLToPath(new URL("../src/shell/main.ts", import.meta.url));
const STYLE = fileURLToPath(new URL("../src/shell/shell.css", import.meta.url));

export interface Shell {
  html: string;
  script: string;
  /** The script that has the wasm. */
  core: string;
  style: string;
}

export async function bundleShell(): Promise<Shell> {
  const result = (await build({
    configFile: false,
    logLevel: "warn",
    build: {
      write: false,
      target: "es2023",
      sourcemap: false,
      rolldownOptions: { input: [SCRIPT], output: { format: "iife", codeSplitting: false } },
    },
  })) as Rolldown.RolldownOutput;
  const style = readFileSync(STYLE, "utf8")
    .replace(/\/\*.*?\*\//gs, "")
    .replace(/\s+/g, " ");
  const core = `dispatchEvent(new CustomEvent("core",{detail:${await packedWasm()}}))`;
  return { html: readFileSync(PAGE, "utf8"), script: result.output[0].code.trim(), core, style: style.trim() };
}
