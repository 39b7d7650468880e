// The hash of the address and the history of the tab.

/** Writes a hash as a new entry, or in the current one; the number tells entries of the same hash apart. */
export function writeHash(hash: string, number: number, isPushed: boolean): void {
  const address = hash === "" ? location.pathname + location.search : hash;
  try {
    if (isPushed) history.pushState({ view: number }, "", address);
    else history.replaceState({ view: number }, "", address);
  } catch {
    // Some browsers take only so many entries in a while; the view itself is not touched by that.
  }
}

/** Calls with the hash and the number of the entry that the reader goes to. */
export function onBack(take: (hash: string, number: number | null) => void): void {
  addEventListener("popstate", ({ state }) => {
    take(location.hash, (state as { view?: number } | null)?.view ?? null);
  });
}
