import { describe, expect, it } from "vitest";
import { Brake, Enough } from "./brake";

/** Whether a promise has settled once all that is ready has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let is = false;
  void promise.then(
    () => (is = true),
    () => (is = true),
  );
  await new Promise((resolve) => setTimeout(resolve));
  return is;
}

describe("the brake", () => {
  it("lets pass without waiting where nobody holds", () => {
    const brake = new Brake();
    expect(brake.pass()).toBeUndefined();
    brake.resume();
    expect(brake.pass()).toBeUndefined();
    expect(brake.isEnough).toBe(false);
  });

  it("holds until it is let go, also when it is held twice or anew", async () => {
    const brake = new Brake();
    brake.pause();
    brake.pause();
    const first = brake.pass() as Promise<void>;
    expect(await isSettled(first)).toBe(false);
    brake.resume();
    brake.pause();
    expect(await isSettled(first)).toBe(false);
    brake.resume();
    expect(await isSettled(first)).toBe(true);
    expect(brake.pass()).toBeUndefined();
  });

  it("ends, a held reading too, and is not held again", async () => {
    const brake = new Brake();
    brake.pause();
    const held = brake.pass();
    brake.stop();
    await expect(held).rejects.toBeInstanceOf(Enough);
    await expect(brake.ended).rejects.toBeInstanceOf(Enough);
    brake.pause();
    expect(() => brake.pass()).toThrow("stopped by the user");
    expect(brake.isEnough).toBe(true);
  });
});
