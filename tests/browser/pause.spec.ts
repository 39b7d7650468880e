// A reading is held, goes on, or ends where it is, with what was read.
import { many, office } from "./support/captures";
import { expect, holdSlices, onDisk, test, type Wiresift } from "./support/test";

const FLOWS = 90_000;

/** More than two slices of 4 MiB, of which the first is read. */
async function begin(app: Wiresift, ...more: string[]): Promise<() => Promise<void>> {
  // Of several files the first bytes are looked at before.
  const goOn = await holdSlices(app, more.length === 0 ? 1 : 2 + more.length);
  await app.open();
  await app.choose(onDisk("big.pcap", many(FLOWS)), ...more);
  await expect(read(app)).toContainText(/[1-4]\.\d MB of/);
  return goOn;
}

const read = (app: Wiresift) => app.page.locator(".running .figure", { hasText: "Read" }).first();

test("a paused reading stands still, and resumed gives the whole capture", async ({ app }) => {
  const goOn = await begin(app);
  await app.page.getByRole("button", { name: "Pause" }).click();
  await expect(app.page.getByRole("heading", { level: 1 })).toContainText("Paused reading");
  await goOn();
  // The slice under way is taken, no other is.
  await expect(read(app)).toContainText("8.4 MB of");
  const speed = app.page.locator(".running .figure", { hasText: "Speed" });
  const before = [await read(app).innerText(), await speed.innerText()];
  await app.page.waitForTimeout(1500);
  expect([await read(app).innerText(), await speed.innerText()]).toEqual(before);
  await app.page.getByRole("button", { name: "Resume" }).click();
  await expect(app.verdict).toBeVisible({ timeout: 45_000 });
  expect((await app.figure("Flows")).replaceAll(",", "")).toBe(String(FLOWS));
  await expect(app.page.locator("main")).not.toContainText("stopped by the user");
});

test("a reading that is stopped shows what was read, and says that it is a part", async ({ app }) => {
  await begin(app, onDisk("later.pcap", office()));
  // Its bytes do not come: it ends all the same.
  await app.page.getByRole("button", { name: "Stop and show what was read" }).click();
  await expect(app.verdict).toBeVisible({ timeout: 45_000 });
  const flows = Number((await app.figure("Flows")).replaceAll(",", ""));
  expect(flows).toBeGreaterThan(1000);
  expect(flows).toBeLessThan(FLOWS);
  const files = app.page.locator(".file-table tbody tr");
  await expect(files).toHaveCount(2);
  await expect(files.first()).toContainText("partial");
  await expect(app.page.locator(".banner")).toContainText("stopped by the user");
  await expect(app.rows.first()).toBeVisible();
});
