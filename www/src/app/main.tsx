import { render } from "preact";
import { App } from "../ui/app";
import "../ui/style.css";
import { takeHash } from "./hash";
import { takeDrops, takeKeys } from "./input";
import { outside } from "./outside";
import { recall } from "./settings-file";
import { begin } from "./store";

const root = document.getElementById("app");
if (root !== null) {
  // What stands there for a page that does not get this far.
  root.replaceChildren();
  render(<App />, root);
  takeDrops();
  takeKeys();
  // Without it there is no wasm either, which is said.
  void outside.ready.then(takeHash, () => {});
  // After the first paint: unpacking and compiling take a moment, and nobody waits for them on an empty page.
  requestAnimationFrame(() => setTimeout(() => void begin(recall)));
}
