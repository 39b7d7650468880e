// The second worker's script. It is made of a function's own text: the page may load nothing, and what the page made
// this worker of is not for a worker of a page without an origin (`file:`) to use again.
import type { SliceAnswer, SliceRequest } from "./fetcher";
import { makeFill } from "./reader";

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): { createScriptURL(url: string): unknown };
}

/** Makes what answers requests in the second worker. It may use nothing that stands outside itself. */
export function makeAnswer(
  fill: ReturnType<typeof makeFill>,
  post: (answer: SliceAnswer, transfer?: Transferable[]) => void,
): (event: { data: SliceRequest }) => Promise<void> {
  return async ({ data: { id, file, start, end, memory } }) => {
    try {
      const filled = memory === undefined ? null : await fill(file, start, end, memory);
      const bytes = filled ?? new Uint8Array(await file.slice(start, end).arrayBuffer());
      post({ id, bytes }, [bytes.buffer]);
    } catch (cause) {
      const { name, message } = cause as Error;
      post({ id, name: String(name), why: String(message) });
    }
  };
}

/** The second worker's script. */
export const script = `onmessage = (${makeAnswer})((${makeFill})(), (...answer) => postMessage(...answer));
postMessage("ready")`;

export function spawnHelper(): Worker {
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  try {
    const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
    const policy = types?.createPolicy("app", {
      createScriptURL: (candidate) => {
        if (candidate !== url) throw new TypeError("only the helper's script");
        return candidate;
      },
    });
    return new Worker((policy?.createScriptURL(url) ?? url) as string, { name: "wiresift-reader" });
  } finally {
    // The worker has its own hold on the blob by the time this runs.
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
}
