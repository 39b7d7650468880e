// The steps of the chart over time as moments, and a range of moments as steps.
import type { ChartData } from "./charts";
import type { TimeRange } from "./time-range";

type Timeline = ChartData["timeline"];

/** Steps from the first to before the end: `[0, 3]` are three. */
export type Steps = [from: number, to: number];

/** When a step begins, milliseconds since 1970. */
export function beginOf({ start, bin_seconds }: Timeline, step: number): number {
  return (start === null ? Number.NaN : Date.parse(start)) + step * bin_seconds * 1000;
}

export function rangeOfSteps(timeline: Timeline, [from, to]: Steps): TimeRange {
  return { from: Math.round(beginOf(timeline, from)), to: Math.round(beginOf(timeline, to)) };
}

/** The steps that a range is nearest to, at least one; null where it is outside. */
export function stepsOf(timeline: Timeline, { from, to }: TimeRange): Steps | null {
  const all = timeline.packets.length;
  const step = (at: number) => Math.round((at - beginOf(timeline, 0)) / (timeline.bin_seconds * 1000));
  const [first, end] = [Math.max(0, step(from)), Math.min(all, Math.max(step(to), step(from) + 1))];
  return first < end ? [first, end] : null;
}

/** Moved by so many steps as far as there is room, its width kept. */
export function moved([from, to]: Steps, by: number, all: number): Steps {
  const shift = Math.max(-from, Math.min(all - to, by));
  return [from + shift, to + shift];
}

/** Longer by so many steps at its end, and at its beginning where the end is reached; at least one step. */
export function grown([from, to]: Steps, by: number, all: number): Steps {
  const end = Math.max(from + 1, Math.min(all, to + by));
  return [to + by > all ? Math.max(0, from - (to + by - all)) : from, end];
}

/** What falls into the steps. */
export function sumOf(counts: number[], [from, to]: Steps): number {
  return counts.slice(from, to).reduce((sum, n) => sum + n, 0);
}
