// Work that nobody waits for.

/** Milliseconds after which it is begun however busy the page is. */
const PATIENCE = 2000;

/** Calls back when the page has nothing else to do. */
export function whenIdle(work: () => void): void {
  if (typeof requestIdleCallback === "function") requestIdleCallback(work, { timeout: PATIENCE });
  else setTimeout(work, PATIENCE);
}
