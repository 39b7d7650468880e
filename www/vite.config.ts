import { defineConfig } from "vitest/config";
import { inlineWasm, inlineWorker } from "./vite/inline.ts";
import { singleFile } from "./vite/single-file.ts";

// `vite build --mode plain` makes the page without the shell, for comparison; the development server has none either.
export default defineConfig(({ command, mode }) => {
  const isSealed = command === "build" && mode !== "plain";
  return {
    plugins: [inlineWasm(), inlineWorker(), singleFile(isSealed)],
    define: { __SEALED__: String(isSealed) },
    build: {
      outDir: mode === "plain" ? "build/plain" : "dist",
      target: "es2023",
      cssTarget: ["chrome123", "firefox121", "safari17.5"],
      sourcemap: false,
      cssCodeSplit: false,
      modulePreload: false,
      assetsInlineLimit: 0,
      // One file of a known size: the warning is for pages in many pieces.
      chunkSizeWarningLimit: 4096,
    },
    server: { host: "127.0.0.1" },
    test: { include: ["src/**/*.test.ts", "vite/**/*.test.ts"] },
  };
});
