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
  await app.page.getByRole("combobox", { name: "Filter" }).fill("dport 4444");
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

test("the chart over time has the same clock: its axis, its note and its numbers", async ({ app }) => {
  await app.open();
  await app.analyse(file("office.pcap", office()));
  const chart = app.page.locator("section", { has: app.page.locator("#timeline-title") });
  const canvas = chart.locator("canvas");
  await chart.locator(".chart-data > summary").click();
  const first = chart.locator(".chart-data tbody tr").first();
  const seen = new Set<string>();
  for (const [name, note, begin] of [
    ["utc", "Times are UTC.", /^2025-06-15 15:06:\d\d/],
    ["local", "Times are UTC-2:30.", /^2025-06-15 12:36:\d\d/],
    ["relative", "Times count from the first packet.", /^[+-]\d/],
  ] as const) {
    await app.page.locator(".clock select").selectOption(name);
    await expect(chart.locator(".card-note")).toContainText(note);
    await expect(first).toContainText(begin);
    await app.isWhole();
    seen.add(await canvas.evaluate((drawn) => (drawn as HTMLCanvasElement).toDataURL()));
  }
  expect(seen.size).toBe(3);
});
