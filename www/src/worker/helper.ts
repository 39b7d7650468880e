// The second worker's script. It is made of a function's own text: the page may load nothing, and what the page made
// this worker of is not for a worker of a page without an origin (`file:`) to use again.
import type { SliceAnswer, SliceRequest } from "./fetcher";

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): { createScriptURL(url: string): unknown };
}

/** Answers a request in the second worker. It may use nothing that stands outside itself. */
export function answerSlice({ data: { id, file, start, end } }: { data: SliceRequest }): void {
  const post = postMessage as unknown as (answer: SliceAnswer, transfer?: Transferable[]) => void;
  file
    .slice(start, end)
    .arrayBuffer()
    .then(
      (buffer) => post({ id, buffer }, [buffer]),
      (cause) => post({ id, name: String(cause?.name), why: String(cause?.message ?? cause) }),
    );
}

export function spawnHelper(): Worker {
  const url = URL.createObjectURL(new Blob([`onmessage = ${answerSlice}`], { type: "text/javascript" }));
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
