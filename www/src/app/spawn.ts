// Makes workers out of the script that the page carries. A blob worker inherits the page's policy: it can send nothing
// anywhere either.
import script from "virtual:worker";
import type { Port } from "./client";

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

export function spawn(): Port {
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  try {
    return new Worker(trusted(url), { name: "wiresift" }) as unknown as Port;
  } finally {
    // The worker has its own hold on the blob by the time this runs.
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
}
