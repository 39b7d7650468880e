import { expect, it } from "vitest";
import { latest } from "./latest";

it("skips what was overtaken", async () => {
  const asked: number[] = [];
  const releases: (() => void)[] = [];
  const ask = latest(async (n: number) => {
    asked.push(n);
    await new Promise<void>((resolve) => releases.push(resolve));
    return n;
  });
  const answers = [ask(1), ask(2), ask(3)];
  expect(asked).toEqual([1]);
  expect(await answers[1]).toBeUndefined();
  releases[0]?.();
  expect(await answers[0]).toBe(1);
  await Promise.resolve();
  releases[1]?.();
  expect(await answers[2]).toBe(3);
  expect(asked).toEqual([1, 3]);
});

it("goes on after a failure", async () => {
  const ask = latest(async (n: number) => {
    if (n === 1) throw new Error("no");
    return n;
  });
  await expect(ask(1)).rejects.toThrow("no");
  expect(await ask(2)).toBe(2);
});
