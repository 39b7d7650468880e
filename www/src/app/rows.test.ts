import { expect, it, vi } from "vitest";
import { BLOCK, RowCache } from "./rows";

const row = (n: number) => ({ row: n, is_anomalous: false, cells: [] });
const rows = (start: number, count: number) => Array.from({ length: count }, (_, i) => row(start + i));

it("knows the first rows and asks once for each other block", async () => {
  const ask = vi.fn((start: number, count: number) => Promise.resolve(rows(start, count)));
  const arrived = vi.fn();
  const cache = new RowCache(ask, arrived);
  cache.reset(rows(0, BLOCK));
  expect(cache.at(5)?.row).toBe(5);
  expect(cache.at(BLOCK)).toBeUndefined();
  expect(cache.at(BLOCK + 1)).toBeUndefined();
  expect(ask).toHaveBeenCalledTimes(1);
  await vi.waitFor(() => expect(arrived).toHaveBeenCalled());
  expect(cache.at(BLOCK + 1)?.row).toBe(BLOCK + 1);
});

it("does not show rows of a selection that is gone", async () => {
  let release: (found: ReturnType<typeof rows>) => void = () => {};
  const cache = new RowCache(
    () =>
      new Promise((resolve) => {
        release = resolve;
      }),
    () => {},
  );
  cache.at(0);
  const old = release;
  cache.reset([row(7)]);
  old(rows(0, BLOCK));
  await Promise.resolve();
  expect(cache.at(0)?.row).toBe(7);
});

it("asks again after a failure and forgets what is far away", async () => {
  let fails = true;
  const ask = vi.fn((start: number, count: number) =>
    fails ? Promise.reject(new Error()) : Promise.resolve(rows(start, count)),
  );
  const cache = new RowCache(ask, () => {});
  cache.at(0);
  await new Promise((resolve) => setTimeout(resolve));
  fails = false;
  for (let block = 0; block < 70; block += 1) {
    cache.at(block * BLOCK);
    await Promise.resolve();
    await Promise.resolve();
  }
  const asked = ask.mock.calls.length;
  expect(cache.at(69 * BLOCK)?.row).toBe(69 * BLOCK);
  expect(ask.mock.calls.length).toBe(asked);
  cache.at(0);
  expect(ask.mock.calls.length).toBe(asked + 1);
});
