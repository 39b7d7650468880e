// Made by vite/inline.ts while the page is built.
declare module "virtual:wasm" {
  /** The wasm. */
  const packed: import("./packed").Packed;
  export default packed;
}

declare module "virtual:worker" {
  /** The worker's script. */
  const packed: import("./packed").Packed;
  export default packed;
}

declare module "*.css";

/** Whether the page is built to stand in the shell's sealed frame. */
declare const __SEALED__: boolean;
