// The clock that times are written by, as the reader says. Kept for this visit only.
import { computed, signal } from "@preact/signals";
import * as by from "../lib/clock";
import { report } from "./store";

export const clock = signal<by.Clock>("utc");

const origin = computed(() => report.value?.summary.first_ts);

/** A time with microseconds. */
export function time(iso: string | null | undefined): string {
  return by.exact(iso, clock.value, origin.value);
}

/** A time to the second. */
export function moment(iso: string | null | undefined): string {
  return by.rough(iso, clock.value, origin.value);
}

/** What is said after a time for its zone to be known; begins with a space where it is not empty. */
export function zone(iso: string | null | undefined): string {
  return by.zone(iso, clock.value, origin.value);
}
