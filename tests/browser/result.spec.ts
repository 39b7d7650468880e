// What may be done with a result.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { office, thrownOff } from "./support/captures";
import { expect, file, PROGRAM, test, type Wiresift } from "./support/test";

const bytes = office();
const capture = file("office.pcap", bytes);

test.beforeEach(async ({ app }) => {
  await app.open();
  await app.analyse(capture);
});

const anomalies = async (app: Wiresift) => Number(await app.figure("Anomalous flows"));

test("the threshold moves by keyboard without reading the file again", async ({ app }) => {
  const before = await anomalies(app);
  const slider = app.page.getByRole("slider", { name: "Threshold score" });
  const score = Number(await slider.getAttribute("aria-valuenow"));
  await slider.focus();
  for (let i = 0; i < 4; i += 1) await app.page.keyboard.press("PageDown");
  expect(Number(await slider.getAttribute("aria-valuenow"))).toBeCloseTo(score - 0.4, 2);
  // Down to nearly nothing: most of an office is as usual.
  for (let i = 0; i < 8; i += 1) await app.page.keyboard.press("ArrowLeft");
  await expect.poll(() => anomalies(app)).toBeGreaterThan(before);
  // Reading again would show the progress and lose the table.
  await expect(app.page.locator(".running")).toHaveCount(0);
  await app.page.keyboard.press("End");
  await expect.poll(() => anomalies(app)).toBeLessThanOrEqual(before);
  await app.page.getByRole("button", { name: "Back to the rule" }).click();
  await expect.poll(() => anomalies(app)).toBe(before);
});

test("the threshold moves by pointer, by click and by number", async ({ app }) => {
  const before = await anomalies(app);
  const slider = app.page.getByRole("slider", { name: "Threshold score" });
  await slider.scrollIntoViewIfNeeded();
  const box = await slider.boundingBox();
  if (box === null) throw new Error("no slider");
  await app.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await app.page.mouse.down();
  await app.page.mouse.move(box.x - 2000, box.y + box.height / 2, { steps: 8 });
  await app.page.mouse.up();
  await expect.poll(() => anomalies(app)).toBeGreaterThan(before);
  const dragged = Number(await slider.getAttribute("aria-valuenow"));

  const input = app.page.getByLabel("Threshold", { exact: true });
  await input.fill("0.9");
  await input.press("Enter");
  await expect(slider).toHaveAttribute("aria-valuenow", "0.9");
  expect(dragged).toBeLessThan(0.9);

  const histogram = app.page.getByRole("img", { name: /^Histogram/ });
  const size = await histogram.boundingBox();
  await histogram.click({ position: { x: (size?.width ?? 0) * 0.3, y: (size?.height ?? 0) * 0.5 } });
  await expect.poll(async () => Number(await slider.getAttribute("aria-valuenow"))).toBeLessThan(0.5);
});

test("settings of the detection apply without reading, those of the reading read again", async ({ app }) => {
  const open = () => app.page.getByRole("banner").getByRole("button", { name: /Settings/ }).click();
  await open();
  await app.page.getByLabel("Clusters (k)").fill("5");
  await app.page.getByRole("button", { name: "Apply", exact: true }).click();
  await expect(app.page.getByText("5 clusters of flows")).toBeVisible();

  await open();
  await app.page.getByLabel("Clusters (k)").fill("999");
  await app.page.getByRole("button", { name: "Apply", exact: true }).click();
  await expect(app.page.getByLabel("Clusters (k)")).toHaveAttribute("aria-invalid", "true");
  await app.page.getByRole("button", { name: "Reset Clusters (k)" }).click();
  await app.page.getByLabel("Unit of analysis").selectOption("packet");
  await app.page.getByRole("button", { name: "Apply and read again" }).click();
  await expect(app.page.getByRole("heading", { name: "Packets", exact: true })).toBeVisible();
  await expect(app.page.getByRole("columnheader", { name: "Entropy" })).toBeAttached();

  await open();
  await app.page.getByText(/^\d+ of \d+ features$/).click();
  await expect(app.page.getByText("Shannon entropy").first()).toBeVisible();
  await app.page.getByRole("button", { name: "Reset all" }).click();
  await app.page.getByRole("button", { name: "Apply and read again" }).click();
  await expect(app.page.getByRole("heading", { name: "Flows", exact: true })).toBeVisible();
});

test("the table filters and sorts", async ({ app }) => {
  const filter = app.page.getByRole("combobox", { name: "Filter" });
  await app.page.getByLabel("Anomalies only").uncheck();
  await expect.poll(() => app.selected()).toBe(521);
  await filter.fill("10.1.0.66");
  await expect.poll(() => app.selected()).toBe(40);
  await filter.fill("proto:udp -port:53");
  await expect.poll(() => app.selected()).toBe(0);
  await expect(app.page.getByText("No flow matches the filter.")).toBeVisible();
  await filter.fill("nofield:1");
  await expect(app.page.locator("#filter-problem")).toContainText("no field `nofield`");
  await expect(filter).toHaveAttribute("aria-invalid", "true");
  await filter.fill("bytes>100000");
  await expect.poll(() => app.selected()).toBe(1);
  await expect(app.rows.first()).toContainText("198.51.100.9:4444");
  await filter.fill("");

  const header = app.page.getByRole("grid").getByRole("columnheader", { name: "Bytes" });
  await header.getByRole("button").click();
  await expect(header).toHaveAttribute("aria-sort", "descending");
  await expect(app.rows.first()).toContainText("198.51.100.9:4444");
  await header.getByRole("button").click();
  await expect(header).toHaveAttribute("aria-sort", "ascending");
  await expect(app.rows.first()).not.toContainText("198.51.100.9:4444");
});

test("the table is walked by keys and shows the details", async ({ app }) => {
  await app.page.getByLabel("Anomalies only").uncheck();
  await expect.poll(() => app.selected()).toBe(521);
  const grid = app.page.getByRole("grid");
  await grid.focus();
  await app.page.keyboard.press("ArrowDown");
  await expect(grid).toHaveAttribute("aria-activedescendant", "row-1");
  await expect(app.page.locator("#row-1")).toHaveAttribute("aria-selected", "true");
  await expect(app.page.locator("aside.details h2")).toContainText("Flow C");
  await app.page.keyboard.press("End");
  await expect(app.page.locator("#row-520")).toBeVisible();
  await expect(app.page.locator("#row-520")).toHaveAttribute("aria-rowindex", "522");
  await app.page.keyboard.press("Home");
  await expect(app.page.locator("#row-0")).toBeVisible();
});

test("a row that is chosen stays where it was pressed, wherever the one before it is", async ({ app }) => {
  await app.page.getByLabel("Anomalies only").uncheck();
  await expect.poll(() => app.selected()).toBe(521);
  await app.page.getByRole("columnheader", { name: "Score" }).getByRole("button").click();
  await expect(app.page.locator("th[aria-sort=ascending]")).toContainText("Score");
  const scroller = app.page.locator(".grid-scroll");
  await scroller.evaluate((element) => {
    element.addEventListener("scroll", () => element.setAttribute("data-scrolled", ""));
  });
  await app.rows.nth(3).click();
  await expect(app.rows.nth(3)).toHaveAttribute("aria-selected", "true");
  await app.isWhole();
  expect([await scroller.getAttribute("data-scrolled"), await scroller.evaluate((element) => element.scrollTop)]).toEqual([null, 0]);
});

test("a finding shows its rows in the table", async ({ app }) => {
  const finding = app.page.locator(".finding").first();
  await finding.getByRole("button", { name: /^Show in table/ }).click();
  await expect(app.page.getByRole("combobox", { name: "Filter" })).toHaveValue(/^(src|dst) /);
  await expect.poll(() => app.selected()).toBeGreaterThan(0);
});

test("hosts that stand out lead to their findings and rows", async ({ app }) => {
  await app.analyse(file("scan.pcap", readFileSync("../tests/golden/nmap/scan.pcap")));
  const story = app.page.locator(".story").first();
  await expect(story).toContainText("127.0.0.1: port scan and web attack towards 127.0.0.2.");
  await expect(story.locator(".threat")).toContainText("84");
  await story.getByRole("button", { name: "Read finding F2" }).click();
  await expect(app.page.locator(".finding h3").nth(1)).toBeFocused();
  await story.getByRole("button", { name: /^Show flows/ }).click();
  await expect(app.page.getByRole("combobox", { name: "Filter" })).toHaveValue("host 127.0.0.1");
  await expect.poll(() => app.selected()).toBeGreaterThan(0);
});

test("a finding that is not interesting is set aside, and told again", async ({ app }) => {
  const title = await app.page.locator(".finding h3").first().innerText();
  const told = app.page.locator(".finding h3").filter({ hasText: title });
  await app.page.getByRole("button", { name: "Not interesting" }).first().click();
  await expect(told).toHaveCount(0);
  await expect(app.page.getByText(/1 finding is not told/)).toBeVisible();
  await app.page.getByRole("button", { name: "Tell it again" }).click();
  await expect(told).toHaveCount(1);
});

test("a row, a finding and the selection are copied as filters of other programs, and as tables", async ({ app, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const clipboard = () => app.tab.evaluate(() => navigator.clipboard.readText());
  const copies = async (part: ReturnType<Wiresift["page"]["locator"]>, kind: string) => {
    await part.getByRole("button", { name: `Copy as ${kind}` }).click();
    await expect(part.locator(".copied .meta-inline")).toHaveText(kind);
    await expect(app.page.locator(".notice")).toContainText("Copied.");
    await expect.poll(clipboard).toBe(await part.locator(".copied code").innerText());
    return clipboard();
  };
  const finding = app.page.locator(".finding").first();
  expect(await copies(finding, "Wireshark filter")).toMatch(/ip\.(addr|src|dst)/);
  expect(await copies(finding, "BPF")).toMatch(/host/);

  await app.page.getByLabel("Anomalies only").uncheck();
  await app.page.getByRole("combobox", { name: "Filter" }).fill("10.1.0.77");
  await expect.poll(() => app.selected()).toBe(1);
  await app.rows.first().click();
  const details = app.page.locator("aside.details");
  expect(await copies(details, "BPF")).toContain("port 4444");
  // A row as a table: a heading and its line, or one object with Zeek's names.
  await details.getByRole("button", { name: "Copy as CSV" }).click();
  await expect.poll(clipboard).toMatch(/^ts,uid,id\.orig_h,[^\n]+\n[^\n]+,4444,tcp,[^\n]+\n$/);
  await details.getByRole("button", { name: "Copy as JSON" }).click();
  await expect.poll(clipboard).toMatch(/^\[/);
  const copied: Record<string, unknown>[] = JSON.parse(await clipboard());
  expect(copied.map((row) => row["id.resp_p"])).toEqual([4444]);

  const actions = app.page.locator(".selection-actions");
  const filter = app.page.getByRole("combobox", { name: "Filter" });
  await filter.fill("net 10.1.0.0/24 and dport 53");
  await expect.poll(() => app.selected()).toBeGreaterThan(100);
  expect(await copies(actions, "BPF")).toContain("port 53");
  // What was copied belongs to what was selected.
  await filter.fill("src 10.1.0.66");
  await expect.poll(() => app.selected()).toBe(40);
  await expect(actions.locator(".copied")).toHaveCount(0);
  await filter.fill("");
  await expect.poll(() => app.selected()).toBe(521);
  await actions.getByRole("button", { name: "Copy as BPF" }).click();
  await expect(actions.locator(".copied")).not.toBeEmpty();
});

test("a finding without flows is the verdict, and gives its own filter", async ({ app, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await app.analyse(file("wifi.pcap", thrownOff(900)));
  await expect(app.verdict).toContainText("1 finding.");
  await expect(app.page.locator(".verdict")).toContainText("First: 802.11: 900 frames throw stations off.");
  const finding = app.page.locator(".finding").first();
  await expect(finding).not.toContainText(" 0 B");
  await expect(finding.getByRole("button", { name: "Show in table" })).toHaveCount(0);
  await finding.getByRole("button", { name: "Copy as Wireshark filter" }).click();
  await expect(finding.locator(".copied code")).toContainText("wlan.fc.type_subtype");
  await expect
    .poll(() => app.tab.evaluate(() => navigator.clipboard.readText()))
    .toBe(await finding.locator(".copied code").innerText());
});

test("a filter that is wider than the selection says so", async ({ app }) => {
  await app.page.getByLabel("Anomalies only").uncheck();
  // More flows than a filter can name one by one, and only some of those to the same port.
  await app.page.getByRole("combobox", { name: "Filter" }).fill("dport 53 and bytes > 230");
  await expect.poll(() => app.selected()).toBeLessThan(240);
  expect(await app.selected()).toBeGreaterThan(60);
  const actions = app.page.locator(".selection-actions");
  await actions.getByRole("button", { name: "Copy as BPF" }).click();
  await expect(actions.locator(".copied code")).toContainText("port 53");
  await expect(actions.locator(".copied-note")).toContainText("Wider than the selection.");
});

test("the filter's help has examples to press, and errors point at their place", async ({ app }) => {
  const help = app.page.locator(".filter-help").first();
  await help.locator("summary").first().click();
  const examples = help.locator(".example");
  await expect(examples).toHaveCount(6);
  const filter = app.page.getByRole("combobox", { name: "Filter" });
  for (const example of await examples.all()) {
    await example.click();
    await expect(filter).toHaveValue((await example.innerText()).trim());
    await expect(app.page.locator("#filter-problem")).toBeEmpty();
  }
  await expect(help.locator(".filter-fields")).toBeHidden();
  await help.getByText(/^All \d+ fields$/).click();
  await expect(help.locator(".filter-fields")).toContainText("severity");
  await filter.fill("port 53 and colour == red");
  const problem = app.page.locator("#filter-problem");
  await expect(problem).toContainText("(at character 13)");
  await expect(problem.locator("mark")).toHaveText("c");
  await filter.fill("(port 53");
  await expect(problem).toContainText(/at character \d+/);
});

async function download(app: Wiresift, name: string): Promise<{ file: string; bytes: Buffer }> {
  const { name: file, bytes } = await app.export(name);
  return { file, bytes };
}

test("everything can be saved", async ({ app }) => {
  const json = await download(app, "Whole report (JSON)");
  expect(json.file).toBe("office-report.json");
  const report = JSON.parse(json.bytes.toString());
  expect(report).toMatchObject({ schema_version: 1, outcome: { status: "complete" }, summary: { flows: 521 } });

  const csv = await download(app, "Flows (CSV)");
  expect(csv.file).toBe("office-flows.csv");
  expect(csv.bytes.toString().split("\n", 1)[0]).toMatch(/^ts,uid,id\.orig_h/);
  expect(csv.bytes.toString().trim().split("\n")).toHaveLength(522);

  const ndjson = await download(app, "Flows (NDJSON)");
  expect(ndjson.bytes.toString().trim().split("\n")).toHaveLength(521);
  expect((await download(app, "Anomalies (CSV)")).bytes.length).toBeGreaterThan(100);

  for (const [label, name, columns] of [
    ["Features (CSV)", "office-features.csv", /^uid,ts,id\.orig_h,.*,duration,orig_pkts,/],
    ["CICFlowMeter columns (CSV)", "office-cicflowmeter.csv", /^Flow ID,Src IP,.*,Idle Min,Label\r?$/],
    ["NFStream columns (CSV)", "office-nfstream.csv", /^id,expiration_id,src_ip,.*,splt_piat_ms\r?$/],
  ] as const) {
    const table = await download(app, label);
    expect(table.file).toBe(name);
    const lines = table.bytes.toString().trim().split("\n");
    expect(lines[0]).toMatch(columns);
    expect(lines).toHaveLength(522);
  }

  for (const [label, name] of [
    ["Score histogram (PNG)", "office-histogram.png"],
    ["Cluster scatter (PNG)", "office-scatter.png"],
    ["Timeline (PNG)", "office-timeline.png"],
  ] as const) {
    const picture = await download(app, label);
    expect(picture.file).toBe(name);
    expect(picture.bytes.subarray(1, 4).toString()).toBe("PNG");
    expect(picture.bytes.length).toBeGreaterThan(8000);
  }
  for (const [label, name] of [
    ["Score histogram (SVG)", "office-histogram.svg"],
    ["Cluster scatter (SVG)", "office-scatter.svg"],
    ["Timeline (SVG)", "office-timeline.svg"],
  ] as const) {
    const picture = await download(app, label);
    expect(picture.file).toBe(name);
    expect(picture.bytes.toString()).toMatch(/^<svg [^]*<\/svg>\s*$/);
  }
});

test("reports for people and Zeek's log can be saved", async ({ app, context }) => {
  const markdown = await download(app, "Short report (Markdown)");
  expect(markdown.file).toBe("office-report.md");
  expect(markdown.bytes.toString()).toMatch(/^# Wiresift report: office\.pcap\n/);
  const log = await download(app, "Flows (Zeek conn.log)");
  expect(log.file).toBe("office-conn.log");
  expect(log.bytes.toString()).toMatch(/^#separator \\x09\n/);

  const html = await download(app, "Report with pictures (HTML)");
  expect(html.file).toBe("office-report.html");
  const report = await context.newPage();
  const problems: string[] = [];
  report.on("console", (message) => problems.push(message.text()));
  report.on("request", (request) => problems.push(request.url()));
  await report.setContent(html.bytes.toString());
  await expect(report.locator("h1")).toHaveText("Wiresift report: office.pcap");
  await expect(report.locator("svg[role=img]")).toHaveCount(3);
  await expect(report.locator("script")).toHaveCount(0);
  for (const [scheme, ground] of [
    ["light", "rgb(255, 255, 255)"],
    ["dark", "rgb(18, 22, 28)"],
  ] as const) {
    await report.emulateMedia({ colorScheme: scheme });
    // The style sheet is the one whose hash the policy has.
    await expect(report.locator("body")).toHaveCSS("background-color", ground);
    await expect(report.locator("svg rect").first()).toHaveCSS("fill", ground);
  }
  await report.setViewportSize({ width: 390, height: 800 });
  const overflow = await report.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(overflow).toBe(0);
  expect(problems).toEqual([]);
  await report.close();
});

test("g8: the saved report is byte for byte the command line's", async ({ app }) => {
  test.skip(!existsSync(PROGRAM), "the command line is not built");
  const { bytes: page } = await download(app, "Whole report (JSON)");
  const folder = mkdtempSync(join(tmpdir(), "wiresift-"));
  try {
    const path = join(folder, "office.pcap");
    writeFileSync(path, bytes);
    const native = execFileSync(PROGRAM, ["analyze", "-r", path, "-T", "json"], { stdio: ["ignore", "pipe", "ignore"] });
    expect(page.equals(native)).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a filter is completed word by word, and its problems point at their place", async ({ app }) => {
  const filter = app.page.getByRole("combobox", { name: "Filter" });
  const offered = () =>
    app.page.locator("#filter-completions option").evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value));
  await filter.fill("sev");
  expect(await offered()).toEqual(["severity "]);
  await filter.fill("severity >= m");
  expect(await offered()).toEqual(["severity >= medium "]);
  await filter.fill("severity >= medium and ser");
  const next = await offered();
  expect(next.length).toBeGreaterThan(0);
  expect(next.every((one) => one.startsWith("severity >= medium and ser"))).toBe(true);
  // Every word that is offered is one that the parser takes: with a value after it nothing is wrong.
  await filter.fill("severity critical ");
  await expect.poll(() => app.selected()).toBeGreaterThanOrEqual(0);
  await expect(app.page.locator("#filter-problem")).toBeEmpty();
});

test("columns are chosen, and one is always left", async ({ app }) => {
  const heads = () => app.page.getByRole("grid").getByRole("columnheader").evaluateAll((all) => all.map((one) => one.textContent?.replace(/[▲▼]/, "")));
  const before = await heads();
  await app.page.getByText("Columns", { exact: true }).click();
  const choice = app.page.getByRole("group", { name: "Columns of the table" });
  const cell = async () => (await app.rows.first().getByRole("gridcell").nth(1).innerText()).trim();
  await choice.getByLabel("Severity").uncheck();
  await expect.poll(heads).toEqual(before.filter((name) => name !== "Severity"));
  await app.isWhole();
  // The cells stand below their heads.
  expect(await cell()).toMatch(/^\d{4}-\d\d-\d\d \d\d:/);
  for (const box of (await choice.getByRole("checkbox").all()).slice(1)) await box.uncheck();
  await choice.getByLabel("Score", { exact: true }).setChecked(true);
  await expect.poll(async () => (await heads()).length).toBe(1);
  await expect(choice.getByRole("checkbox", { checked: true })).toBeDisabled();
  await choice.getByRole("button", { name: "Show all columns" }).click();
  await expect.poll(heads).toEqual(before);
});
