// Hosts as rows.
import { mkdirSync } from "node:fs";
import { scan } from "./support/axe";
import { office } from "./support/captures";
import { expect, file, NOT_A_NUMBER, test, type Wiresift } from "./support/test";

const capture = file("office.pcap", office());

/** Goes from flows to hosts, as a reader does. */
async function toUnit(app: Wiresift, unit: string): Promise<void> {
  await app.page.getByRole("banner").getByRole("button", { name: /Settings/ }).click();
  await app.page.getByLabel("Unit of analysis").selectOption(unit);
  await app.page.getByRole("button", { name: "Apply", exact: true }).click();
}

const rows = (app: Wiresift, heading: string) => app.page.getByRole("heading", { name: heading, exact: true });

test.beforeEach(async ({ app }) => {
  await app.open();
  await app.analyse(capture);
});

test("from flows to hosts and back nothing is read again", async ({ app }) => {
  const flows = await app.figure("Anomalous flows");
  const verdict = await app.verdict.innerText();
  await toUnit(app, "host");
  await expect(rows(app, "Hosts")).toBeVisible();
  // Reading again would show the progress.
  await expect(app.page.locator(".running")).toHaveCount(0);
  await expect(app.page.locator(".verdict .figure").filter({ hasText: "Anomalous hosts" })).toBeVisible();
  for (const name of ["Host", "Hosts tried", "Ports tried", "Failed", "Askers"]) {
    await expect(app.page.getByRole("grid").getByRole("columnheader", { name, exact: true })).toBeAttached();
  }
  await expect(app.page.locator(".finding").first()).toContainText("10.1.0.66: port scan");
  await expect(app.page.locator("aside.details h2")).toContainText("Host 10.1.0.");
  expect(await app.colours(/^Scatter/)).toBeGreaterThan(2);
  await toUnit(app, "flow");
  await expect(rows(app, "Flows")).toBeVisible();
  await expect.poll(() => app.figure("Anomalous flows")).toBe(flows);
  await expect(app.verdict).toHaveText(verdict);
});

test("the host that tries many ports comes first, with its reasons, packets and filters", async ({ app }) => {
  await toUnit(app, "host");
  await expect(rows(app, "Hosts")).toBeVisible();
  await expect(app.rows.first()).toContainText("10.1.0.66");
  await app.rows.first().click();
  const details = app.page.locator("aside.details");
  await expect(details.locator("h2")).toHaveText("Host 10.1.0.66");
  for (const section of ["Flows it began", "Flows to it", "What its flows say", "Verdict"]) {
    await expect(details.locator("summary", { hasText: section })).toBeAttached();
  }
  await expect(details.locator(".contributions")).toContainText("orig_");
  const packets = details.locator(".packets");
  if (!(await packets.evaluate((element) => (element as HTMLDetailsElement).open))) await packets.locator("summary").click();
  await expect(packets).toContainText("40 of 40 packets shown");
  await details.getByRole("button", { name: "Copy as Wireshark filter" }).click();
  await expect(details.locator(".copied code")).toHaveText("ip.addr == 10.1.0.66");
  expect(await app.text()).not.toMatch(NOT_A_NUMBER);
});

test("hosts are filtered, sorted, found by a finding and saved", async ({ app }) => {
  await toUnit(app, "host");
  await expect(rows(app, "Hosts")).toBeVisible();
  await app.page.getByLabel("Anomalies only").uncheck();
  const all = Number(await app.figure("Hosts"));
  await expect.poll(() => app.selected()).toBe(all);
  const filter = app.page.getByRole("combobox", { name: "Filter" });
  for (const [text, many] of [
    ["host 10.1.0.66", 1],
    ["ports > 30", 1],
    ["peers > 200", 0],
    ["dst 10.1.0.1", 1],
  ] as const) {
    await filter.fill(text);
    await expect.poll(() => app.selected(), text).toBe(many);
  }
  await filter.fill("");
  const header = app.page.getByRole("columnheader", { name: "Flows taken" });
  await header.getByRole("button").click();
  await expect(app.rows.first()).toContainText("10.1.0.1");
  await app.page.locator(".finding").first().getByRole("button", { name: /^Show in table/ }).click();
  await expect(filter).toHaveValue(/^host 10\.1\.0\./);
  await expect.poll(() => app.selected()).toBe(1);
  await app.page.locator(".menu summary").click();
  const { name, bytes } = await app.saved(() => app.page.getByRole("button", { name: "Hosts (CSV)" }).click());
  expect(name).toBe("office-hosts.csv");
  expect(bytes.toString().trim().split("\r\n").length).toBe(all + 1);
});

for (const [scheme, width] of [
  ["light", 1280],
  ["dark", 1280],
  ["light", 390],
] as const) {
  test(`hosts read well: ${scheme}, ${width} pixels`, async ({ app }) => {
    await app.page.emulateMedia({ colorScheme: scheme });
    await app.page.setViewportSize({ width, height: 900 });
    await toUnit(app, "host");
    await expect(rows(app, "Hosts")).toBeVisible();
    await app.rows.first().click();
    await expect(app.page.locator("aside.details h2")).toBeVisible();
    const wider = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
    expect(await app.page.evaluate(wider)).toBe(0);
    await scan(app, "hosts");
    const folder = process.env.WIRESIFT_SCREENSHOTS;
    if (folder !== undefined) {
      mkdirSync(folder, { recursive: true });
      await app.page.screenshot({ path: `${folder}/hosts-${scheme}-${width}.png`, fullPage: true });
    }
  });
}
