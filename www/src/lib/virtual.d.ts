// Made by vite/inline.ts while the page is built.
declare module "virtual:wasm" {
  /** The wasm, gzipped, as base64. */
  const base64: string;
  export default base64;
}

declare module "virtual:worker" {
  /** The worker's script. */
  const script: string;
  export default script;
}

declare module "*.css";
