// First findings, of the beginning, while a big capture is read.
import { many, office } from "./support/captures";
import { expect, holdSlices, onDisk, test } from "./support/test";

/** An office, and behind it so much that its beginning is looked at: 18 MB. */
function big(): Buffer {
  return Buffer.concat([office(), many(80_000).subarray(24)]);
}

test("the beginning's findings are told while the rest is read, and go with the result", async ({ app }) => {
  const goOn = await holdSlices(app, 2);
  await app.open();
  const capture = big();
  expect(capture.length).toBeGreaterThan(16e6);
  await app.choose(onDisk("big.pcap", capture));
  const glimpse = app.page.getByRole("region", { name: "First findings" });
  await expect(glimpse).toContainText(/In the first 4\.0 MB, [\d,]+ packets; the whole capture may say something else/);
  await expect(glimpse.getByRole("listitem").first()).toContainText(/\d+\.\d+\.\d+\.\d+/);
  await expect(app.page.locator("[role=status]").filter({ hasText: /first finding/ })).toHaveCount(1);
  await goOn();
  await expect(app.verdict).toBeVisible({ timeout: 45_000 });
  await expect(glimpse).toHaveCount(0);
  expect(app.complaints).toEqual([]);
});

test("a run that is cancelled takes its look at the beginning with it", async ({ app }) => {
  await holdSlices(app, 2);
  await app.open();
  await app.choose(onDisk("big.pcap", big()));
  await expect(app.page.getByRole("region", { name: "First findings" })).toBeVisible();
  await app.page.getByRole("button", { name: "Cancel" }).click();
  await expect(app.page.locator(".running")).toHaveCount(0);
  await app.page.waitForTimeout(300);
  await expect(app.page.locator(".running, .glimpse")).toHaveCount(0);
  expect(app.complaints).toEqual([]);
});
