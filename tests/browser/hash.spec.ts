// The address holds the view, and nothing of the capture; the browser's buttons go back and forth in it.
import { pathToFileURL } from "node:url";
import { office } from "./support/captures";
import { expect, file, PAGE, test, type Wiresift } from "./support/test";

const capture = file("secret-name.pcap", office());
const page = pathToFileURL(PAGE).href;

const hash = (app: Wiresift) => app.tab.evaluate(() => location.hash);
const filter = (app: Wiresift) => app.page.getByRole("combobox", { name: "Filter" });
const sortedBy = (app: Wiresift) => app.page.locator(".grid-window th[aria-sort]");

test("filter, order, rows and unit stand in the address, and back undoes them one by one", async ({ app, served }) => {
  await app.open(served.url);
  await app.analyse(capture);
  await expect.poll(() => app.selected()).toBeGreaterThan(0);
  const first = await app.selected();
  expect(await hash(app)).toBe("");

  await app.page.getByLabel("Anomalies only").uncheck();
  await expect.poll(() => hash(app)).toBe("#rows=all");
  await expect.poll(() => app.selected()).toBe(521);
  // What is typed is one step, however many keys it took.
  await filter(app).pressSequentially("port 443", { delay: 90 });
  await expect.poll(() => hash(app)).toBe("#filter=port+443&rows=all");
  await expect.poll(() => app.selected()).toBe(240);
  await app.page.getByRole("button", { name: "Packets", exact: true }).first().click();
  await expect.poll(() => hash(app)).toMatch(/&sort=\w+&order=descending$/);

  await app.page.goBack();
  await expect(sortedBy(app)).toContainText("Score");
  expect(await hash(app)).toBe("#filter=port+443&rows=all");
  await app.page.goBack();
  await expect(filter(app)).toHaveValue("");
  await expect.poll(() => app.selected()).toBe(521);
  await app.page.goBack();
  await expect.poll(() => app.selected()).toBe(first);
  await expect(app.page.getByLabel("Anomalies only")).toBeChecked();
  await app.page.goForward();
  await app.page.goForward();
  await expect(filter(app)).toHaveValue("port 443");
  await expect.poll(() => app.selected()).toBe(240);

  await app.page.getByRole("banner").getByRole("button", { name: /Settings/ }).click();
  await app.page.getByLabel("Unit of analysis").selectOption("host");
  await app.page.getByRole("button", { name: "Apply", exact: true }).click();
  await expect(app.page.locator("#rows-title")).toHaveText("Hosts");
  await expect.poll(() => hash(app)).toBe("#unit=host");
  await app.page.goBack();
  await expect(app.page.locator("#rows-title")).toHaveText("Flows");
  await expect(filter(app)).toHaveValue("port 443");
  await expect.poll(() => app.selected()).toBe(240);

  await app.page.getByRole("button", { name: "Close this capture" }).click();
  await expect.poll(() => hash(app)).toBe("");
});

test("a view in the address is shown when a capture comes, from disk too", async ({ app }) => {
  await app.open(`${page}#unit=host&filter=peers+%3E+1&rows=all&sort=score&order=ascending`);
  await app.analyse(capture);
  await expect(app.page.locator("#rows-title")).toHaveText("Hosts");
  await expect(filter(app)).toHaveValue("peers > 1");
  await expect(app.page.getByLabel("Anomalies only")).not.toBeChecked();
  await expect(sortedBy(app)).toHaveAttribute("aria-sort", "ascending");
});

const GARBAGE = ["#main", "#%ff%00&&==", "#unit=galaxy", "#rows=&filter=", "#<img src=x onerror=alert(1)>"];

test("an address that makes no sense changes nothing, before a capture and after it", async ({ app }) => {
  await app.open(`${page}#sort=__proto__&order=up`);
  await app.analyse(file("office.pcap", office(3, 60)));
  await expect(app.rows.first()).toBeVisible();
  expect(await hash(app)).toBe("");
  const rows = await app.selected();
  for (const garbage of GARBAGE) {
    await app.tab.evaluate((to) => {
      location.hash = to;
    }, garbage);
    await expect(app.page.locator("#rows-title")).toHaveText("Flows");
    await expect(filter(app)).toHaveValue("");
    await expect(sortedBy(app)).toContainText("Score");
    expect(await app.selected()).toBe(rows);
    await expect(app.problem).toHaveCount(0);
  }
});

test("i7: what the page filters by the capture's words is no part of the address, and back undoes it", async ({ app, served }) => {
  await app.open(served.url);
  await app.analyse(capture);
  await app.page.locator(".finding").first().getByRole("button", { name: /^Show in table/ }).click();
  await expect(filter(app)).toHaveValue(/10\.1\.0\.\d+/);
  const found = await filter(app).inputValue();
  expect(await hash(app)).toBe("");
  // Neither is it while something is added to it.
  await filter(app).fill(`${found} and port 1`);
  await expect.poll(() => app.selected()).toBe(1);
  const kept = await app.tab.evaluate(() => location.href + JSON.stringify(history.state));
  expect(kept).not.toMatch(/10\.1\.|secret|port/);
  await app.page.goBack();
  await expect(filter(app)).toHaveValue(found);
  await app.page.goBack();
  await expect(filter(app)).toHaveValue("");
  await app.page.goForward();
  await expect(filter(app)).toHaveValue(found);
  // Another capture has other words.
  await app.drop(file("other.pcap", office(3, 60)));
  await expect(app.page.locator("header .current")).toContainText("other");
  await expect(app.rows.first()).toBeVisible();
  await app.page.goBack();
  await expect(filter(app)).toHaveValue("");
});

test("the skip link leaves the view as it is", async ({ app }) => {
  await app.open();
  await app.analyse(capture);
  await filter(app).fill("port 443");
  await expect.poll(() => hash(app)).toBe("#filter=port+443");
  await app.page.locator("a.skip").focus();
  await app.page.keyboard.press("Enter");
  await expect(app.page.locator("#main")).toBeFocused();
  expect(await hash(app)).toBe("#filter=port+443");
  await expect(filter(app)).toHaveValue("port 443");
});

test("the parts of a result are gone to, stand in the address, and back undoes them", async ({ app, served }) => {
  await app.open(`${served.url}#place=hosts`);
  const places = app.page.getByRole("navigation", { name: "Parts of the result" });
  await expect(places).toHaveCount(0);
  await app.analyse(capture);
  await expect(app.page.locator("#host-graph-title")).toBeFocused();
  await expect(app.page.locator("#host-graph-title")).toBeInViewport();
  expect(await hash(app)).toBe("#place=hosts");

  await expect(places.getByRole("button")).toHaveText([
    "Findings",
    "Scores",
    "Over time",
    "Overview",
    "Host graph",
    "Flows",
    "The account",
  ]);
  for (const [name, title] of [
    ["Flows", "rows"],
    ["Findings", "findings"],
    ["The account", "ledger"],
  ] as const) {
    await places.getByRole("button", { name, exact: true }).click();
    await expect(app.page.locator(`#${title}-title`)).toBeFocused();
    await expect(app.page.locator(`#${title}-title`)).toBeInViewport();
  }
  expect(await hash(app)).toBe("#place=account");
  await filter(app).fill("port 53");
  await expect.poll(() => hash(app)).toBe("#filter=port+53&place=account");

  await app.page.goBack();
  await expect(filter(app)).toHaveValue("");
  await app.page.goBack();
  await expect(app.page.locator("#findings-title")).toBeFocused();
  await app.page.goBack();
  await expect(app.page.locator("#rows-title")).toBeFocused();
  expect(await hash(app)).toBe("#place=rows");

  // Another capture begins at its beginning.
  await app.analyse(file("other.pcap", office(3, 60)));
  await expect(app.page.locator("#verdict-title")).toBeFocused();
  expect(await hash(app)).toBe("");
});
