// Files beside the capture: told by content, joined before, with and after it, shown, and taken away.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { scan } from "./support/axe";
import { office } from "./support/captures";
import { expect, file, NOT_A_NUMBER, test, type Wiresift } from "./support/test";

const golden = fileURLToPath(new URL("../golden/nmap/", `file://${__filename}`));
const scanXml = () => file("scan.xml", readFileSync(`${golden}scan.xml`));
const scanPcap = () => file("scan.pcap", readFileSync(`${golden}scan.pcap`));
const list = (text = "# mine\n198.51.100.9 # <b>drop</b> zone\n198.51.100.10\nnonsense\n") =>
  file("bad.txt", Buffer.from(text));

const side = (app: Wiresift) => app.page.locator(".side-file");
const finding = (app: Wiresift, title: RegExp) => app.page.locator(".finding h3").filter({ hasText: title });

test("a threat list waits for its capture, is met, and can be taken away", async ({ app }) => {
  await app.open();
  await app.drop(list());
  await expect(side(app)).toContainText("bad.txt");
  await expect(side(app)).toContainText("2 entries");
  await expect(app.page.locator(".side-files")).toContainText("joined to the next capture");
  await app.analyse(file("office.pcap", office()));
  await expect(side(app)).toContainText("1 met in 1 flow");
  await expect(finding(app, /10\.1\.0\.77: sends to 1 listed address \(bad\.txt\)/)).toBeVisible();
  const text = await app.text();
  expect(text).toContain("198.51.100.9 (line 2, listed as <b>drop</b> zone)");
  expect(text).toMatch(/1 line or part of it not used/);
  expect(text).not.toMatch(NOT_A_NUMBER);
  await scan(app, "a threat list", ".side-files");
  const remove = app.page.getByRole("button", { name: "Remove bad.txt" });
  await remove.focus();
  await app.page.keyboard.press("Enter");
  await expect(side(app)).toHaveCount(0);
  await expect(finding(app, /listed address/)).toHaveCount(0);
  await expect(app.verdict).toBeVisible();
});

test("a list that comes after the capture joins it without a second reading", async ({ app }) => {
  await app.open();
  await app.analyse(file("office.pcap", office()));
  await expect(finding(app, /listed address/)).toHaveCount(0);
  await app.drop(list());
  await expect(finding(app, /sends to 1 listed address/)).toBeVisible();
  // The same name again takes the place of the old one.
  await app.choose(list("203.0.113.0/24\n"));
  await expect(finding(app, /10\.1\.0\.77: sends to 1 listed address/)).toHaveCount(0);
  await expect(side(app)).toHaveCount(1);
  await expect(side(app)).toContainText("1 met in");
  await expect(app.files.locator("th")).toHaveText(["office.pcap"]);
});

test("a scan by nmap dropped with its capture gives the inventory, and is recognised", async ({ app }) => {
  await app.open();
  await app.drop(scanPcap(), scanXml());
  await expect(app.verdict).toBeVisible();
  const inventory = app.page.locator(".inventory");
  await expect(inventory).toContainText("Declared and observed: scan.xml");
  const row = (port: string) => inventory.locator("tbody tr", { hasText: port });
  await expect(row("18090/tcp")).toContainText("answers, was not found open");
  await expect(row("18022/tcp")).toContainText("open, nobody used it");
  await expect(row("18080/tcp")).toContainText("open, and it answers");
  await expect(side(app)).toContainText("scanned from 127.0.0.1");
  const all = app.page.getByRole("button", { name: /^Show all \d+ findings/ });
  if ((await all.count()) > 0) await all.click();
  await expect(finding(app, /this is the scan of scan\.xml/)).toBeVisible();
  await expect(finding(app, /1 port answers that was not found open/)).toBeVisible();
  expect(await app.text()).not.toMatch(NOT_A_NUMBER);
  await scan(app, "an inventory", ".inventory");
});

test("a damaged file beside the capture is refused with the reason, and the result stays", async ({ app }) => {
  await app.open();
  await app.analyse(file("office.pcap", office(1, 60)));
  await app.drop(file("bad.json", Buffer.from('{"type": "bundle", "objects": [')));
  await expect(app.problem).toContainText("JSON cannot be read");
  await expect(side(app)).toHaveCount(0);
  await expect(app.verdict).toBeVisible();
});
