// The main road: a capture in, anomalies out.
import { office } from "./support/captures";
import { expect, file, NOT_A_NUMBER, test } from "./support/test";

const capture = file("office.pcap", office());

test.use({ isWarm: true });

test("i6: a dropped capture becomes verdict, charts, findings and table", async ({ app }) => {
  await app.open();
  await app.drop(capture);
  await expect(app.verdict).toBeVisible();
  await expect(app.verdict).toContainText(/of \d+ flows stand out|Nothing stands out/);
  expect(await app.figure("Flows")).toBe("521");
  for (const chart of [/^Histogram/, /^Scatter/, /^Traffic over time/]) {
    expect(await app.colours(chart)).toBeGreaterThan(8);
  }
  await expect(app.page.getByRole("heading", { name: "Findings" })).toBeVisible();
  await expect(app.rows.first()).toBeVisible();
  expect(await app.text()).not.toMatch(NOT_A_NUMBER);
});

test("the sample is analysed without a file", async ({ app }) => {
  await app.open();
  await app.page.getByRole("button", { name: "Try a sample" }).click();
  await expect(app.verdict).toContainText("stand out");
  await expect(app.page.locator(".finding").first()).toBeVisible();
  for (const chart of [/^Histogram/, /^Scatter/, /^Traffic over time/]) {
    expect(await app.colours(chart)).toBeGreaterThan(8);
  }
  expect(await app.text()).not.toMatch(NOT_A_NUMBER);
});

test("over http with a strict policy it works as from a file", async ({ app, served }) => {
  await app.open(served.url);
  await app.analyse(capture);
  await expect(app.rows.first()).toBeVisible();
  expect(await app.colours(/^Scatter/)).toBeGreaterThan(8);
});

test("a row, its details and its point in the scatter belong together", async ({ app }) => {
  await app.open();
  await app.analyse(capture);
  const scatter = app.page.getByRole("img", { name: /^Scatter/ });
  const ring = async () => JSON.stringify(await app.page.locator(".chart-ring").boundingBox());
  const details = app.page.locator("aside.details");
  await expect(details.getByRole("heading", { level: 2 })).toContainText("Flow C");
  const before = await ring();
  // The probes of a scan are one point: another row stands elsewhere.
  const filter = app.page.getByRole("combobox", { name: "Filter" });
  await filter.fill("host 198.51.100.9");
  await expect.poll(() => app.selected()).toBe(1);
  await app.rows.first().click();
  await expect(details.getByRole("heading", { level: 2 })).toContainText("Flow C");
  await expect(details.locator(".contributions tbody tr").first()).toBeVisible();
  await expect.poll(ring).not.toBe(before);

  // The ring stands around the row's point: a click there selects the row again.
  const id = await details.getByRole("heading", { level: 2 }).innerText();
  const points = await app.page.evaluate(() => document.querySelectorAll(".grid-window tr.is-selected").length);
  expect(points).toBe(1);
  await filter.fill("");
  await expect.poll(() => app.selected()).toBeGreaterThan(1);
  await details.getByRole("button", { name: "Close the details" }).click();
  await expect(details).toContainText("Choose a flow");
  await scatter.scrollIntoViewIfNeeded();
  const box = await scatter.boundingBox();
  // Looks for any point under the pointer, as a hand would.
  for (let y = 60; y < (box?.height ?? 0) - 60; y += 6) {
    for (let x = 60; x < (box?.width ?? 0) - 30; x += 12) {
      // Not by the locator's own hovering, which takes ten times as long in a sealed frame.
      await app.page.mouse.move((box?.x ?? 0) + x, (box?.y ?? 0) + y);
      const over = app.page.locator(".is-over");
      // What is seen may be of the place before: the pointer is given time to be noticed.
      if ((await over.isVisible()) && (await app.page.waitForTimeout(200), await over.isVisible())) {
        await expect(app.page.locator(".tooltip")).toContainText("score");
        await scatter.click({ position: { x, y } });
        // At the edge of its reach a click may miss what the pointer met: the next place is tried.
        const heading = details.getByRole("heading", { level: 2 });
        const isShown = await heading.waitFor({ timeout: 2000 }).then(
          () => true,
          () => false,
        );
        if (!isShown) continue;
        await expect(details.getByRole("heading", { level: 2 })).toContainText("Flow C");
        expect(id).toContain("Flow C");
        return;
      }
    }
  }
  throw new Error("no point was found in the scatter");
});
