import { defineConfig } from "vitest/config";
import { inlineWasm, inlineWorker } from "./vite/inline.ts";
import { singleFile } from "./vite/single-file.ts";

export default defineConfig({
  plugins: [inlineWasm(), inlineWorker(), singleFile()],
  build: {
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
});
