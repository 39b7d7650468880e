// Real captures, where there are any.
import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { CORPUS, expect, NOT_A_NUMBER, test } from "./support/test";

/** Captures of a folder, smallest first. */
function captures(folder: string): string[] {
  if (CORPUS === undefined) return [];
  const path = join(CORPUS, folder);
  try {
    return readdirSync(path, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(pcap|pcapng|cap)$/i.test(name))
      .map((name) => join(path, name))
      .sort((a, b) => statSync(a).size - statSync(b).size || a.localeCompare(b));
  } catch {
    return [];
  }
}

test("days with attacks in them stand out", async ({ app }) => {
  const mixed = captures("mixed");
  test.skip(mixed.length === 0, "no folder of real captures (set WIRESIFT_CORPUS)");
  test.setTimeout(180_000);
  await app.open();
  for (const path of mixed) {
    await app.analyse(path);
    await expect(app.page.locator("header .current")).toHaveText(basename(path));
    expect(Number((await app.figure("Flows")).replaceAll(",", ""))).toBeGreaterThan(100);
    expect(await app.colours(/^Histogram/)).toBeGreaterThan(8);
    expect(await app.colours(/^Scatter/)).toBeGreaterThan(8);
    expect(await app.text(), basename(path)).not.toMatch(NOT_A_NUMBER);
    await app.page.getByRole("button", { name: "Close this capture" }).click();
  }
});

for (const [folder, most] of [
  ["conformance", 25],
  ["hostile", 30],
  ["protocols", 15],
  ["labelled", 8],
] as const) {
  test(`f6: captures of ${folder} end in a result or a reason`, async ({ app }) => {
    const all = captures(folder);
    test.skip(all.length === 0, "no folder of real captures (set WIRESIFT_CORPUS)");
    test.setTimeout(240_000);
    // Evenly through the sizes, the largest left out: the core's own tests read them all.
    const step = Math.max(1, Math.floor((all.length * 0.9) / most));
    await app.open();
    for (const path of all.filter((_, i) => i % step === 0).slice(0, most)) {
      await app.choose(path);
      await expect(app.verdict.or(app.problem).first(), path).toBeVisible();
      await expect(app.problem, path).toHaveCount(0);
      expect(await app.text(), path).not.toMatch(NOT_A_NUMBER);
      await app.page.getByRole("button", { name: "Close this capture" }).click();
    }
  });
}
