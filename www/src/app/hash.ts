// Keeps the view in the hash of the address, and goes back and forth in it by the browser's buttons. Filters that the page
// made from the capture, with its addresses in them, stay in memory: the address and the history hold none.
import { batch, effect } from "@preact/signals";
import { decode, encode, type Said } from "../lib/hash";
import type { Place } from "../lib/places";
import { outside } from "./outside";
import { goTo, place, show } from "./place";
import { foundFilter, query, report, restore, running, source, unitName, usualQuery, viewCause } from "./store";

/** Filters of history entries that are not in their hash, by the number in the entry's state. */
const kept = new Map<number, string>();
let lastNumber = performance.timeOrigin;

/** What the current entry says. */
let current = { hash: "", found: "" };
let unitBefore: string | null = null;
let placeBefore: Place | null = null;
/** The part that the address asked for when the page was opened. */
let wanted: Place | null = null;
let isLastTyped = false;
let hasShown = false;

/** Follows the address, and lets it follow the view. */
export function takeHash(): void {
  const hash = outside.hash();
  const said = decode(hash);
  current = { hash, found: "" };
  if (said !== null) {
    const { place: part = null, ...view } = said;
    wanted = part;
    restore(view, "");
  }
  outside.onBack(follow);
  effect(() => {
    void source.value;
    kept.clear();
    place.value = null;
  });
  effect(tell);
}

function follow(hash: string, number: number | null): void {
  const said = decode(hash);
  // A place in the page, or nothing that makes sense.
  if (said === null) return;
  const { place: part = null, ...view } = said;
  const found = kept.get(number ?? -1) ?? "";
  current = { hash, found };
  isLastTyped = false;
  const isElsewhere = part !== place.value;
  // At once: a view with the part of another would be written over this one.
  batch(() => {
    place.value = placeBefore = part;
    restore(found === "" ? view : { ...view, filter: found }, found);
  });
  if (isElsewhere) show(part);
}

/** Goes to the part that the address asks for, when a result is all there: once, and not in the next one. */
export function arrive(): void {
  if (wanted === null) return;
  placeBefore = wanted;
  goTo(wanted);
  wanted = null;
}

/** Writes the view into the address: a new entry for what was chosen, the same for what is being typed. */
function tell(): void {
  const cause = viewCause.value;
  if (report.value === null) {
    if (hasShown && running.value === null) write({}, "", false);
    return;
  }
  hasShown = true;
  const { filter, ...rest } = query.value;
  const isFound = foundFilter.value !== "" && filter.includes(foundFilter.value);
  const usual = usualQuery(report.value);
  const view: Said = { unit: unitName.value, sort: rest.sort, descending: rest.descending };
  if (!isFound) view.filter = filter;
  if (place.value !== null) view.place = place.value;
  if (rest.anomalies_only !== usual.anomalies_only) view.anomalies_only = rest.anomalies_only;
  const isOtherUnit = unitBefore !== null && unitBefore !== unitName.value;
  unitBefore = unitName.value;
  const isElsewhere = place.value !== placeBefore;
  placeBefore = place.value;
  const isPushed = isOtherUnit || isElsewhere || (cause === "typed" ? !isLastTyped : cause !== "kept");
  if (write(view, isFound ? filter : "", isPushed)) isLastTyped = cause === "typed";
}

function write(view: Said, found: string, isPushed: boolean): boolean {
  const hash = encode(view);
  if (hash === current.hash && found === current.found) return false;
  current = { hash, found };
  lastNumber += 1;
  if (found !== "") kept.set(lastNumber, found);
  outside.writeHash(hash, lastNumber, isPushed);
  return true;
}
