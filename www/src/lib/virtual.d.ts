// Made by vite/inline.ts while the page is built.
declare module "virtual:wasm" {
  /** The wasm, gzipped, as text of `lib/base91`. */
  export const text: string;
  /** Its bytes. */
  export const length: number;
}

declare module "virtual:worker" {
  /** The worker's script. */
  const script: string;
  export default script;
}

declare module "*.css";
