// The HTML report that the page saves, opened as whoever gets it opens it.
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { named, office, talkative } from "./support/captures";
import { expect, file, NOT_A_NUMBER, test } from "./support/test";

const NAME = 'a"><img src=x onerror=alert(1)>';
const HOSTILE = 'a"><img src=https://evil.example/x onerror=alert(1)></svg><script>alert(2)</script><style>*{background:url(//evil.example)}';

test("g4: the report of hostile words asks nobody, runs nothing and holds no element of theirs", async ({ app, context }) => {
  await app.open();
  await app.drop(file(`${NAME}.pcap`, named(NAME)), file("said.pcapng", talkative(HOSTILE)), file("office.pcap", office(3, 60)));
  await expect(app.rows.first()).toBeVisible();
  const saved = await app.export("Report with pictures (HTML)");
  const path = test.info().outputPath("report.html");
  writeFileSync(path, saved.bytes);
  const page = await context.newPage();
  const [requests, complaints]: [string[], string[]] = [[], []];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("dialog", (dialog) => [complaints.push(dialog.message()), void dialog.dismiss()]);
  await page.goto(pathToFileURL(path).href);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  expect(requests).toEqual([pathToFileURL(path).href]);
  expect(complaints).toEqual([]);
  const found = await page.evaluate(() => {
    const all = [...document.querySelectorAll("*")];
    return {
      alien: all.filter(({ localName }) => /^(img|script|iframe|object|embed|link|base|form|foreignObject)$/.test(localName)).length,
      styles: document.querySelectorAll("style").length,
      handlers: all.flatMap((element) => [...element.attributes]).filter(({ name }) => name.startsWith("on")).length,
      outside: all.flatMap((element) => [element.getAttribute("href"), element.getAttribute("src")]).filter((url) => url !== null && !url.startsWith("#")).length,
      first: document.head.querySelector("meta[http-equiv]")?.getAttribute("content") ?? "",
      pictures: document.querySelectorAll("svg").length,
    };
  });
  expect(found).toMatchObject({ alien: 0, handlers: 0, outside: 0, styles: 1 });
  expect(found.pictures).toBeGreaterThan(2);
  expect(found.first).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'/);
  const text = (await page.evaluate(() => document.body.innerText)) ?? "";
  expect(text).toContain(NAME);
  expect(text).not.toMatch(NOT_A_NUMBER);
});
