import { expect, it, vi } from "vitest";
import { isWorking, takeTurn } from "./turns";

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

it("after long work a frame is waited for, and one that does not come is not", () => {
  vi.useFakeTimers();
  const frames: (() => void)[] = [];
  vi.stubGlobal("requestAnimationFrame", (call: () => void) => frames.push(call));
  let now = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
  const done: string[] = [];
  const work = (name: string, milliseconds: number) =>
    takeTurn(() => {
      done.push(name);
      now += milliseconds;
    });
  work("short", 1);
  work("long", 20);
  work("after a frame", 20);
  work("without a frame", 1);
  vi.advanceTimersByTime(50);
  expect(done).toEqual(["short", "long"]);
  frames.pop()?.();
  vi.advanceTimersByTime(1);
  expect(done).toEqual(["short", "long", "after a frame"]);
  expect(isWorking.value).toBe(true);
  vi.advanceTimersByTime(100);
  expect(done).toEqual(["short", "long", "after a frame", "without a frame"]);
  expect(isWorking.value).toBe(false);
  clock.mockRestore();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});
