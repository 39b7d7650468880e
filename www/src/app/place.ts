// The part of the result that was gone to.
import { signal } from "@preact/signals";
import type { Place } from "../lib/places";

/** The headings of the parts. */
const TITLES: Record<Place, string> = {
  findings: "findings-title",
  scores: "histogram-title",
  time: "timeline-title",
  overview: "overview-title",
  hosts: "host-graph-title",
  rows: "rows-title",
  account: "ledger-title",
};

/** The last part gone to; none where the result begins. */
export const place = signal<Place | null>(null);

/** Goes to a part. */
export function goTo(part: Place): void {
  place.value = part;
  show(part);
}

/** Brings a part, or the result's beginning, before the eye and under the keyboard. */
export function show(part: Place | null): void {
  const title = document.getElementById(part === null ? "verdict-title" : TITLES[part]);
  if (title === null) return;
  title.tabIndex = -1;
  (title.closest("section") ?? title).scrollIntoView();
  title.focus({ preventScroll: true });
}
