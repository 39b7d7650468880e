import { expect, it, vi } from "vitest";
import { takeTurn } from "./turns";

it("works are done in their order, each in a task of its own", async () => {
  vi.useFakeTimers();
  const done: string[] = [];
  takeTurn(() => {
    done.push("first");
    takeTurn(() => done.push("fourth"));
  });
  takeTurn(() => done.push("second"));
  takeTurn(() => done.push("third"));
  expect(done).toEqual([]);
  for (const expected of ["first", "second", "third", "fourth"]) {
    vi.advanceTimersToNextTimer();
    expect(done.at(-1)).toBe(expected);
  }
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

it("a work that is taken back is not done, and one that fails does not hold the others up", () => {
  vi.useFakeTimers();
  const done: string[] = [];
  takeTurn(() => {
    throw new Error("a chart without a canvas");
  });
  const takeBack = takeTurn(() => done.push("not wanted any more"));
  takeTurn(() => done.push("last"));
  takeBack();
  takeBack();
  expect(() => vi.advanceTimersToNextTimer()).toThrow("a chart");
  vi.runAllTimers();
  expect(done).toEqual(["last"]);
  takeTurn(() => done.push("again"));
  vi.runAllTimers();
  expect(done).toEqual(["last", "again"]);
  vi.useRealTimers();
});
