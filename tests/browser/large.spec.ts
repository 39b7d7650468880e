// A hundred thousand flows: the table stays a table.
import { many } from "./support/captures";
import { expect, onDisk, test } from "./support/test";

test("e7, f4: a hundred thousand rows scroll, sort and filter", async ({ app }) => {
  test.setTimeout(120_000);
  await app.open();
  await app.analyse(onDisk("many.pcap", many(100_000)));
  const unticked = app.page.getByLabel("Anomalies only");
  if (await unticked.isChecked()) await unticked.uncheck();
  await expect.poll(() => app.selected()).toBe(100_000);
  const scroller = app.page.locator(".grid-scroll");
  await scroller.evaluate((element) => {
    element.scrollTop = element.scrollHeight;
  });
  await expect(app.page.locator("#row-99999")).toBeVisible();
  await expect(app.page.locator("#row-99999 .is-coming")).toHaveCount(0);
  expect(await app.rows.count()).toBeLessThan(60);

  // What is drawn is what the worker answered, in any place.
  await scroller.evaluate((element) => {
    element.scrollTop = element.scrollHeight / 2;
  });
  await expect(app.page.locator(".is-coming")).toHaveCount(0);
  const spent = await app.page.evaluate(async () => {
    const tasks: number[] = [];
    const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration)));
    observer.observe({ type: "longtask" });
    const element = document.querySelector(".grid-scroll") as HTMLElement;
    for (let i = 0; i < 40; i += 1) {
      element.scrollTop = (element.scrollHeight * ((i * 37) % 40)) / 40;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    observer.disconnect();
    return tasks;
  });
  // Reported, not asserted: a shared machine is slow when it likes.
  test.info().annotations.push({ type: "long tasks while scrolling (ms)", description: spent.join(", ") || "none" });

  await app.page.getByRole("columnheader", { name: "Originator" }).getByRole("button").click();
  await expect(app.page.locator("#row-0")).toContainText("10.2.0.0:1024");
  await app.page.getByRole("combobox", { name: "Filter" }).fill("10.2.5.0/24");
  await expect.poll(() => app.selected()).toBe(256);

  // A key chooses a row that is not here yet.
  await app.page.getByRole("combobox", { name: "Filter" }).fill("");
  await expect.poll(() => app.selected()).toBe(100_000);
  await app.page.getByRole("grid").focus();
  await app.page.keyboard.press("Home");
  await app.page.keyboard.press("End");
  await expect(app.page.locator("#row-99999")).toHaveAttribute("aria-selected", "true");
});
