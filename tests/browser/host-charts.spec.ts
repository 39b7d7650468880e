// The host graph and the services of hosts: drawn, told, and the way from them to the rows.
import { scan } from "./support/axe";
import { office } from "./support/captures";
import { expect, file, NOT_A_NUMBER, test, type Wiresift } from "./support/test";

const capture = file("office.pcap", office());

const CHARTS = [/^Graph of \d+ hosts/, /^Heat map of/];
const filter = (app: Wiresift) => app.page.getByRole("combobox", { name: "Filter" });
const marker = (app: Wiresift, heading: string) =>
  app.page.getByRole("region", { name: heading, exact: true }).locator(".chart-marker");

/** Moves over a chart until something is told of what is under the pointer; where that was. */
async function findSomething(app: Wiresift, label: RegExp): Promise<{ x: number; y: number; told: string }> {
  const chart = app.page.getByRole("img", { name: label });
  await chart.scrollIntoViewIfNeeded();
  const box = await chart.boundingBox();
  if (box === null) throw new Error("the chart is not there");
  for (let y = 60; y < box.height - 10; y += 9) {
    for (let x = 20; x < box.width - 10; x += 9) {
      await chart.hover({ position: { x, y } });
      const told = app.page.locator(".tooltip");
      if ((await told.count()) === 0) continue;
      const text = await told.innerText();
      if (!/no flows|other/.test(text)) return { x, y, told: text };
    }
  }
  throw new Error("nothing was told");
}

async function toUnit(app: Wiresift, unit: string): Promise<void> {
  await app.page.getByRole("banner").getByRole("button", { name: /Settings/ }).click();
  await app.page.getByLabel("Unit of analysis").selectOption(unit);
  await app.page.getByRole("button", { name: /^Apply/ }).click();
}

test("both charts are drawn and told in words and numbers", async ({ app }) => {
  await app.open();
  await app.analyse(capture);
  for (const chart of CHARTS) expect(await app.colours(chart)).toBeGreaterThan(4);
  for (const heading of ["Host graph", "Services by host"]) {
    const part = app.page.getByRole("region", { name: heading, exact: true });
    await part.locator(".chart-data summary").click();
    // The rows are drawn once the browser has told that the list was opened.
    await expect.poll(() => part.locator(".chart-data tbody tr").count()).toBeGreaterThan(2);
    expect(await part.innerText()).not.toMatch(NOT_A_NUMBER);
  }
});

test("a click on a host or a cell shows its rows", async ({ app }) => {
  await app.open();
  await app.analyse(capture);
  const host = await findSomething(app, /^Graph of/);
  await app.page.getByRole("img", { name: /^Graph of/ }).click({ position: host });
  await expect(filter(app)).toHaveValue(`ip ${host.told.split("\n")[0]}`);
  await expect(app.rows.first()).toBeVisible();
  const cell = await findSomething(app, /^Heat map of/);
  await app.page.getByRole("img", { name: /^Heat map of/ }).click({ position: cell });
  await expect(filter(app)).toHaveValue(/^dst \S+ and (dport \d+ and )?proto \S+$/);
  await expect(app.page.locator("#filter-problem mark")).toHaveCount(0);
  const flows = Number(/: (\d+) flows?/.exec(cell.told)?.[1]);
  await expect(app.page.locator("#rows")).toContainText(new RegExp(`\\b${flows}\\b`));
});

test("the keyboard goes from host to host and from cell to cell", async ({ app }) => {
  await app.open();
  await app.analyse(capture);
  const hosts = marker(app, "Host graph");
  await hosts.focus();
  const first = await hosts.getAttribute("aria-label");
  await app.page.keyboard.press("ArrowRight");
  await expect(hosts).toBeFocused();
  await expect(hosts).not.toHaveAttribute("aria-label", first ?? "");
  await expect(app.page.locator(".tooltip")).toBeVisible();
  await app.page.keyboard.press("Home");
  await expect(hosts).toHaveAttribute("aria-label", first ?? "");
  await app.page.keyboard.press("Enter");
  await expect(filter(app)).toHaveValue(`ip ${first?.split(",")[0]}`);

  const cells = marker(app, "Services by host");
  await cells.focus();
  await app.page.keyboard.press("ArrowDown");
  await app.page.keyboard.press("ArrowRight");
  await app.page.keyboard.press("Home");
  const label = await cells.getAttribute("aria-label");
  await expect(cells).toBeFocused();
  await app.page.keyboard.press("Enter");
  await expect(filter(app)).toHaveValue(new RegExp(`^dst ${label?.split(",")[0]} and `));
});

test("packets and hosts are found by what they have", async ({ app }) => {
  await app.open();
  await app.analyse(capture);
  for (const [unit, wanted] of [
    ["packet", /^ip \S+ and (port \d+ and )?proto \S+$/],
    ["host", /^ip \S+$/],
  ] as const) {
    await toUnit(app, unit);
    await expect(marker(app, "Services by host")).toBeVisible();
    await marker(app, "Services by host").focus();
    await app.page.keyboard.press("Enter");
    await expect(filter(app)).toHaveValue(wanted);
    await expect(app.page.locator("#filter-problem mark")).toHaveCount(0);
  }
});

test("they are saved as pictures", async ({ app }) => {
  await app.open();
  await app.analyse(capture);
  for (const [label, name] of [
    ["Host graph (PNG)", "office-host_graph.png"],
    ["Services of hosts (PNG)", "office-host_ports.png"],
  ] as const) {
    const saved = await app.saved(async () => {
      await app.page.locator("summary", { hasText: "Download" }).click();
      await app.page.getByRole("button", { name: label }).click();
    });
    expect(saved.name).toBe(name);
    expect(saved.bytes.subarray(1, 4).toString()).toBe("PNG");
  }
});

test("axe finds nothing in them", async ({ app, context }) => {
  test.skip(context.browser() === null);
  await app.open();
  await app.analyse(capture);
  await marker(app, "Host graph").focus();
  for (const summary of await app.page.locator(".chart-data summary").all()) await summary.click();
  await scan(app, "hosts and services", ".result");
});
