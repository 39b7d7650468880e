// Makes workers out of the script that the page carries. A blob worker inherits the page's policy: it can send nothing
// anywhere either.
import packed from "virtual:worker";
import type { Port } from "./client";
import { unpack } from "./unpack";

interface ScriptPolicy {
  createScriptURL(url: string): unknown;
}

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): ScriptPolicy;
}

let policy: ScriptPolicy | null = null;

/** The page's only Trusted Types policy: addresses of blobs, for workers, and nothing else. */
function trusted(url: string): string {
  const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  if (types === undefined) return url;
  policy ??= types.createPolicy("app", {
    createScriptURL: (candidate) => {
      if (!candidate.startsWith("blob:")) throw new TypeError("only blobs are scripts here");
      return candidate;
    },
  });
  return policy.createScriptURL(url) as string;
}

let script: ArrayBuffer | null = null;

/** Has to be done before a worker is made. */
export async function unpackScript(): Promise<void> {
  script = await unpack(packed);
}

export function spawn(): Port {
  if (script === null) throw new Error("the worker's script is not unpacked yet");
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  try {
    return new Worker(trusted(url), { name: "wiresift" }) as unknown as Port;
  } finally {
    // The worker has its own hold on the blob by the time this runs.
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
}
