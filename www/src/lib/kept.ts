// The settings that this browser keeps when that is asked for: the only thing in its storage.

const KEY = "wiresift-settings";

/** The text kept; null where there is none, or no storage. */
export function kept(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** Keeps a text, or none; throws where the browser keeps nothing for this page. */
export function keep(text: string | null): void {
  if (text === null) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, text);
}
