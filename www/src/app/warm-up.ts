// Has the wasm translated well before it is needed: while nobody waits for it.
import { spawn } from "./spawn";
import { wasmModule } from "./wasm";

/** Milliseconds after which it is begun however busy the page is. */
const PATIENCE = 2000;

export async function warmUp(): Promise<void> {
  const module = await wasmModule();
  const begin = () => {
    try {
      // It ends by itself.
      spawn().postMessage({ type: "warm-up", module });
    } catch {
      // The first run says what is wrong with workers here.
    }
  };
  if (typeof requestIdleCallback === "function") requestIdleCallback(begin, { timeout: PATIENCE });
  else setTimeout(begin, PATIENCE);
}
