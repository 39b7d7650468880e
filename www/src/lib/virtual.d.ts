// Made by vite/inline.ts while the page is built.
declare module "virtual:wasm" {
  /** The wasm. */
  const packed: import("../app/unpack").Packed;
  export default packed;
}

declare module "virtual:worker" {
  /** The worker's script. */
  const packed: import("../app/unpack").Packed;
  export default packed;
}

declare module "*.css";
