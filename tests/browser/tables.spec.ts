// Tables in the page: the same road as captures, their own columns as features, and no packets where there are none.
import { scan } from "./support/axe";
import { office } from "./support/captures";
import { cicflowmeter, connLog } from "./support/tables";
import { expect, file, NOT_A_NUMBER, test } from "./support/test";

test("a dropped CSV goes the way of a capture, with its columns and labels", async ({ app }) => {
  await app.open();
  await app.drop(file("day.csv", cicflowmeter()));
  await expect(app.verdict).toContainText("300 flows");
  expect([await app.figure("Flows"), await app.figure("Hosts")]).toEqual(["300", "50"]);
  await expect(app.page.locator(".verdict")).toContainText("day.csv (csv, 300 rows of flows");
  await expect(app.page.getByRole("img", { name: /^Traffic over time/ })).toBeVisible();
  // The choice is on where there are anomalies; every row is meant here.
  await app.page.getByLabel("Anomalies only").setChecked(false);
  await app.page.getByPlaceholder(/filter/i).fill("hulk");
  await expect.poll(() => app.selected()).toBe(5);
  const text = await app.text();
  expect(text).toContain("CICFlowMeter’s columns");
  expect(text).toContain("BENIGN (295), DoS Hulk (5)");
  expect(text).toMatch(/infinity or not-a-number: its value is missing\.\s*15 times, first at row 4/);
  expect(text).not.toMatch(NOT_A_NUMBER);
  await app.rows.first().click();
  await expect(app.page.locator("aside.details .no-packets")).toBeVisible();
  await expect(app.page.getByText(/^Save .*packets/)).toHaveCount(0);
  await scan(app, "a table", "main");
});

test("the form offers a file's own columns, by their names as text", async ({ app }) => {
  await app.open();
  await app.analyse(file("day.csv", cicflowmeter()));
  await app.page.getByRole("banner").getByRole("button", { name: /Settings/ }).click();
  const dialog = app.page.getByRole("dialog");
  await dialog.getByLabel("Features", { exact: true }).selectOption("chosen below");
  await dialog.locator("summary", { hasText: "features" }).click();
  const risk = dialog.locator(".feature-list li", { hasText: "column_b_risk_b" });
  await expect(risk).toContainText("Column “<b>Risk</b>” of the file");
  await risk.locator("input").check();
  await dialog.getByRole("button", { name: "Apply", exact: true }).click();
  await app.rows.first().click();
  const details = app.page.locator("aside.details");
  await details.getByRole("button", { name: /^Show all \d+ features/ }).click();
  await expect(details.locator(".contributions")).toContainText("column_b_risk_b");
});

test("a table without hosts and times shows neither, and no timeline", async ({ app }) => {
  await app.open();
  await app.analyse(file("learning.csv", cicflowmeter({ hosts: false })));
  expect([await app.figure("Hosts"), await app.figure("Duration"), await app.figure("Flows")]).toEqual(["—", "—", "300"]);
  await expect(app.page.getByRole("heading", { name: "Over time" })).toHaveCount(0);
  const text = await app.text();
  expect(text).not.toMatch(/1970-01|\b0\.0\.0\.0\b|Community ID/);
  expect(text).not.toMatch(NOT_A_NUMBER);
});

test("conn.log beside a capture is one report, and only the capture's packets are shown", async ({ app }) => {
  await app.open();
  await app.analyse(file("conn.log", connLog()), file("office.pcap", office(1, 60)));
  await expect(app.files.locator("th")).toHaveText(["office.pcap", "conn.log"]);
  await app.page.getByLabel("Anomalies only").uncheck();
  await app.page.getByPlaceholder(/filter/i).fill("CmES5u32sYpV7J0059");
  await expect.poll(() => app.selected()).toBe(1);
  await app.rows.first().click();
  const packets = app.page.locator("aside.details .packets");
  await packets.locator("summary").click();
  await expect(packets).toContainText("from a table, which holds no packets");
  expect(await app.text()).toContain("Zeek’s columns");
});

test("f1: hostile names of columns and labels are text", async ({ app }) => {
  await app.open();
  await app.analyse(file("evil.csv", cicflowmeter({ label: "<img src=x onerror=alert(1)>\u202e" })));
  expect(await app.text()).toContain("<img src=x onerror=alert(1)>\\u202e");
  expect(await app.page.locator("main img").count()).toBe(0);
});
