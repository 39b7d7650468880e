// Times in UTC, by the computer's clock, and since the first packet.
import { office } from "./support/captures";
import { expect, file, NOT_A_NUMBER, test } from "./support/test";

test.use({ timezoneId: "America/St_Johns" });

test("times are written by the clock that the reader chooses, everywhere", async ({ app }) => {
  await app.open();
  const choice = app.page.locator(".clock select");
  await expect(choice).toHaveCount(0);
  await app.analyse(file("office.pcap", office()));
  await app.page.getByLabel("Anomalies only").uncheck();
  await app.page.getByRole("searchbox", { name: "Filter" }).fill("dport 4444");
  await expect(app.rows).toHaveCount(1);
  await app.rows.click();
  const verdict = app.page.locator(".verdict");
  const details = app.page.locator("aside.details");
  // 1,750,000,000 s after 1970.
  await expect(verdict).toContainText(/2025-06-15 15:06:\d\d to 2025-06-15 \d\d:\d\d:\d\d UTC/);
  await expect(details).toContainText(/2025-06-15 15:\d\d:\d\d\.\d{6}/);
  await choice.selectOption("local");
  await expect(verdict).toContainText(/2025-06-15 12:36:\d\d to 2025-06-15 \d\d:\d\d:\d\d UTC-2:30/);
  await expect(details).toContainText(/2025-06-15 12:\d\d:\d\d\.\d{6}/);
  await choice.selectOption("relative");
  await expect(verdict).toContainText(/\+0 s to \+\d+ (min|s|ms)/);
  await expect(details).toContainText(/\+[\d,]+\.\d{6} s/);
  expect(await app.text()).not.toMatch(NOT_A_NUMBER);
});
