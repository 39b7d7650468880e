// The scatter of clusters: its axes, a line drawn around points, and the keys.
import { office } from "./support/captures";
import { expect, file, test, type Wiresift } from "./support/test";

const capture = file("office.pcap", office());

async function opened(app: Wiresift) {
  await app.open();
  await app.analyse(capture);
  return app.page.getByRole("region", { name: "Clusters" });
}

test("axes are chosen: components, the score or a feature", async ({ app }) => {
  const part = await opened(app);
  const chart = part.getByRole("img", { name: /^Scatter/ });
  const picture = () => chart.evaluate((element) => (element as HTMLCanvasElement).toDataURL());
  const usual = await picture();
  await part.getByLabel("Across").selectOption("duration");
  await expect(chart).toHaveAccessibleName(/by duration \(.+\) and Principal component 2/);
  await expect.poll(picture).not.toBe(usual);
  await part.getByLabel("Up").selectOption("score");
  await expect(chart).toHaveAccessibleName(/and Score\./);
  await part.locator(".chart-data summary").click();
  await expect(part.getByRole("columnheader", { name: "Score" })).toHaveCount(2);
  // Another threshold keeps the axes; another capture too, where it has the feature.
  await app.analyse(file("again.pcap", office(3, 80)));
  await expect(chart).toHaveAccessibleName(/by duration .* and Score\./);
  await part.getByLabel("Across").selectOption("component_1");
  await part.getByLabel("Up").selectOption("component_2");
  await expect(chart).toHaveAccessibleName(/on two principal components/);
});

test("a line around points shows their rows alone", async ({ app }) => {
  const part = await opened(app);
  await app.page.getByLabel("Anomalies only").uncheck();
  const all = 521;
  await expect.poll(() => app.selected()).toBe(all);
  const chart = part.getByRole("img", { name: /^Scatter/ });
  await chart.scrollIntoViewIfNeeded();
  const box = await chart.boundingBox();
  if (box === null) throw new Error("no chart");
  const { mouse } = app.page;
  const around = async (right: number) => {
    const corners = [
      [0.02, 0.1],
      [right, 0.1],
      [right, 0.95],
      [0.02, 0.95],
    ] as const;
    const place = ([x, y]: readonly [number, number]) => [box.x + x * box.width, box.y + y * box.height] as const;
    await mouse.move(...place(corners[0]));
    await mouse.down();
    for (const corner of corners.slice(1)) await mouse.move(...place(corner), { steps: 6 });
    await expect(part.locator(".lasso")).toBeVisible();
    await mouse.up();
  };
  // The left half of the chart holds some of the points.
  await around(0.5);
  await expect(part.locator(".lasso")).toHaveCount(0);
  await expect(app.page.getByText(/Only \d+ flows? chosen in the scatter/)).toBeVisible();
  await expect.poll(() => app.selected()).toBeLessThan(all);
  const some = await app.selected();
  expect(some).toBeGreaterThan(0);
  // All of it holds them all, as all rows are drawn.
  await around(0.99);
  await expect.poll(() => app.selected()).toBe(all);
  await around(0.5);
  await expect.poll(() => app.selected()).toBe(some);
  // The filter goes on beside it: of 240 questions and 281 connections.
  const filter = app.page.getByRole("combobox", { name: "Filter" });
  await filter.fill("udp");
  await expect.poll(() => app.selected()).toBeLessThan(some);
  const questions = await app.selected();
  await filter.fill("tcp");
  await expect.poll(() => app.selected()).toBe(some - questions);
  await app.page.getByRole("button", { name: "Not only these" }).click();
  await expect.poll(() => app.selected()).toBe(281);
  await filter.fill("");
  await expect.poll(() => app.selected()).toBe(all);
});

test("points are walked, shown and chosen by keys", async ({ app }) => {
  const part = await opened(app);
  const marker = part.getByRole("button", { name: /^Flow .* Show its row$/ });
  await marker.focus();
  const first = await marker.getAttribute("aria-label");
  expect(first).toContain("anomalous");
  await expect(part.locator(".tooltip")).toBeVisible();
  for (const key of ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]) await app.page.keyboard.press(key);
  await app.page.keyboard.press("ArrowLeft");
  await expect(marker).not.toHaveAttribute("aria-label", first ?? "");
  await app.page.keyboard.press("Enter");
  await expect(app.page.locator("aside.details h2")).toContainText("Flow C");
  await app.page.keyboard.press(" ");
  await expect.poll(() => app.selected()).toBe(1);
  await app.page.keyboard.press("Home");
  await expect(marker).toHaveAttribute("aria-label", first ?? "");
  await app.page.keyboard.press(" ");
  await expect.poll(() => app.selected()).toBe(2);
  await app.page.keyboard.press(" ");
  await expect.poll(() => app.selected()).toBe(1);
});

test("how far the detectors agree is counted over the anomalies", async ({ app }) => {
  await app.open();
  await app.analyse(file("office.pcap", office()));
  const table = app.page.locator("table.agreement");
  const rows = await table.locator("tbody tr").evaluateAll((all) => all.map((row) => (row as HTMLTableRowElement).innerText.split(/\s+/)));
  const counts = rows.map((words) => Number(words.at(-1)));
  const anomalies = Number(await app.figure("Anomalous flows"));
  expect(anomalies).toBeGreaterThan(0);
  expect(counts.reduce((sum, n) => sum + n, 0)).toBe(anomalies);
  await expect(table.locator("caption")).toHaveText(`How many of ${rows.length - 1} detectors flag ${anomalies} anomalous flows`);
  // The details of a row say the same of it.
  const agreed = /(\d+) of (\d+) detectors flag it/.exec(await app.page.locator("aside.details").innerText());
  expect(Number(agreed?.[2])).toBe(rows.length - 1);
  expect(counts[rows.length - 1 - Number(agreed?.[1])]).toBeGreaterThan(0);
});
