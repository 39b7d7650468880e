import { expect, it } from "vitest";
import { grown, moved, rangeOfSteps, stepsOf, sumOf } from "./steps";

const start = Date.UTC(2024, 2, 4, 8);
const timeline = {
  start: new Date(start).toISOString(),
  bin_seconds: 0.02,
  packets: Array.from({ length: 100 }, () => 1),
  bytes: [],
  flows: [],
  protocols: [],
  anomalies: [],
  findings: [],
};

it("goes from steps to moments and back", () => {
  expect(rangeOfSteps(timeline, [5, 7])).toEqual({ from: start + 100, to: start + 140 });
  for (const steps of [
    [0, 100],
    [5, 7],
    [99, 100],
  ] as [number, number][]) {
    expect(stepsOf(timeline, rangeOfSteps(timeline, steps))).toEqual(steps);
  }
  expect(stepsOf(timeline, { from: start - 5000, to: start - 1 })).toBeNull();
  expect(stepsOf(timeline, { from: start - 5000, to: start + 9000 })).toEqual([0, 100]);
  expect(stepsOf(timeline, { from: start + 101, to: start + 102 })).toEqual([5, 6]);
});

it("moves within its room and keeps its width", () => {
  expect(moved([5, 7], 1, 100)).toEqual([6, 8]);
  expect(moved([5, 7], -10, 100)).toEqual([0, 2]);
  expect(moved([5, 7], 1000, 100)).toEqual([98, 100]);
});

it("grows to both ends and shrinks to one step", () => {
  expect(grown([5, 7], 1, 100)).toEqual([5, 8]);
  expect(grown([5, 7], -9, 100)).toEqual([5, 6]);
  expect(grown([98, 100], 2, 100)).toEqual([96, 100]);
  expect(grown([0, 100], 5, 100)).toEqual([0, 100]);
});

it("adds up what falls into steps", () => {
  expect(sumOf(timeline.packets, [5, 7])).toBe(2);
});
