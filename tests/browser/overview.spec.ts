// The overview and the range of time: both lead to rows by the filter.
import type { Locator } from "@playwright/test";
import { office, talkative } from "./support/captures";
import { expect, file, test, type Wiresift } from "./support/test";

const capture = file("office.pcap", office());

const filter = (app: Wiresift) => app.page.getByRole("combobox", { name: "Filter" });
const brush = (app: Wiresift) => app.page.getByRole("slider", { name: "Range of time" });
const list = (app: Wiresift, title: string) => app.page.getByRole("table", { name: title });

/** The number of flows that the first entry of a list says, and its button. */
async function first(table: Locator): Promise<{ flows: number; button: Locator }> {
  const row = table.locator("tbody tr").first();
  return {
    flows: Number((await row.locator("td").first().innerText()).replaceAll(",", "")),
    button: row.getByRole("button"),
  };
}

test("entries of the overview show their flows in the table", async ({ app }) => {
  await app.open();
  await app.analyse(capture);
  for (const [title, text] of [
    ["Talkers", /^ip \S+$/],
    ["Conversations", /^ip \S+ and ip \S+$/],
    ["Ports and services", /^dport \d+ and proto (tcp|udp)$/],
  ] as const) {
    const { flows, button } = await first(list(app, title));
    expect(flows).toBeGreaterThan(0);
    await button.click();
    await expect(filter(app)).toHaveValue(text);
    await expect.poll(() => app.selected()).toBe(flows);
    await expect(app.page.getByRole("grid")).toBeFocused();
  }
});

test("names of the overview show their flows in the table", async ({ app }) => {
  await app.open();
  await app.page.getByRole("button", { name: "Try a sample" }).click();
  await expect(app.verdict).toBeVisible({ timeout: 60_000 });
  for (const title of ["Servers by name", "Names asked for (DNS)"]) {
    const { flows, button } = await first(list(app, title));
    await button.click();
    await expect.poll(() => app.selected()).toBe(flows);
  }
});

test("a capture without such names has no such lists", async ({ app }) => {
  await app.open();
  await app.analyse(file("talk.pcapng", talkative("of the lab")));
  await expect(app.page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await expect(list(app, "Servers by name")).toHaveCount(0);
});

test("a range of time is drawn by the pointer, filters and is cleared", async ({ app }) => {
  await app.open();
  await app.analyse(capture);
  await app.page.getByLabel("Anomalies only").uncheck();
  await expect.poll(() => app.selected()).toBe(521);
  await filter(app).fill("udp or tcp");
  const all = await app.selected();
  await brush(app).scrollIntoViewIfNeeded();
  const box = await brush(app).boundingBox();
  if (box === null) throw new Error("no brush");
  const y = box.y + box.height / 2;
  await app.page.mouse.move(box.x + box.width * 0.25, y);
  await app.page.mouse.down();
  await app.page.mouse.move(box.x + box.width * 0.5, y, { steps: 5 });
  await app.page.mouse.up();
  await expect(filter(app)).toHaveValue(/^ts >= \S+Z and ts < \S+Z and \(udp or tcp\)$/);
  await expect.poll(() => app.selected()).toBeLessThan(all);
  expect(await app.selected()).toBeGreaterThan(0);
  const told = app.page.locator(".timeline-range");
  await expect(told).toContainText(/ to .*packets/);
  await told.getByRole("button", { name: "Longer" }).click();
  await told.getByRole("button", { name: "Clear the range" }).click();
  await expect(filter(app)).toHaveValue("udp or tcp");
  await expect.poll(() => app.selected()).toBe(all);
  await expect(told).toHaveCount(0);
});

test("a range of time is moved and widened by keys", async ({ app }) => {
  await app.open();
  await app.analyse(capture);
  const slider = brush(app);
  await expect(slider).toHaveAttribute("aria-valuetext", "all of the capture");
  await slider.focus();
  await app.page.keyboard.press("ArrowRight");
  await expect(slider).toHaveAttribute("aria-valuenow", "0");
  await expect(filter(app)).toHaveValue(/^ts >= /);
  const width = async () => {
    const [, from = "", to = ""] = /^ts >= (\S+) and ts < (\S+)$/.exec(await filter(app).inputValue()) ?? [];
    return Date.parse(to) - Date.parse(from);
  };
  const before = await width();
  await app.page.keyboard.press("ArrowRight");
  await app.page.keyboard.press("ArrowRight");
  await expect(slider).toHaveAttribute("aria-valuenow", "2");
  expect(await width()).toBe(before);
  await app.page.keyboard.press("Shift+ArrowRight");
  await expect.poll(width).toBeGreaterThan(before);
  await app.page.keyboard.press("End");
  await app.page.keyboard.press("Home");
  await expect(slider).toHaveAttribute("aria-valuenow", "0");
  // An entry of the overview keeps the range.
  await list(app, "Talkers").getByRole("button").first().click();
  await expect(filter(app)).toHaveValue(/^ts >= \S+ and ts < \S+ and ip /);
  await slider.focus();
  await app.page.keyboard.press("Escape");
  await expect(filter(app)).toHaveValue(/^ip /);
  await expect(slider).toHaveAttribute("aria-valuetext", "all of the capture");
});

test("the chart over time counts bytes, packets or flows", async ({ app }) => {
  await app.open();
  await app.analyse(capture);
  await expect(app.page.getByRole("img", { name: /^Traffic over time .*by protocol: .*udp/ })).toBeVisible();
  await app.page.getByLabel("Shown over time").selectOption("Packets");
  await expect(app.page.getByRole("img", { name: /^Packets over time/ })).toBeVisible();
  await app.page.getByLabel("Shown over time").selectOption("Flows that begin");
  await expect(app.page.getByRole("img", { name: /^Beginning flows over time/ })).toBeVisible();
  await app.page.getByText("Numbers: Beginning flows over time").click();
  await expect(app.page.getByRole("columnheader", { name: "Flows, tcp" })).toBeVisible();
});
