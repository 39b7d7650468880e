// Nothing leaves the page: no request, and none is possible.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { appOf } from "./support/app";
import { office } from "./support/captures";
import { expect, file, PAGE, test } from "./support/test";

const capture = file("office.pcap", office());

test.use({ isWarm: true });

test("i6: the policy stands first in the head and allows no connection", () => {
  const html = readFileSync(PAGE, "utf8");
  expect(html).toMatch(/<head>\s*<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'sha256-/);
  expect(html).toContain("connect-src 'none'");
  expect(html).toContain("require-trusted-types-for 'script'; trusted-types app");
  expect(html).not.toContain("unsafe-inline");
  expect(html).not.toMatch(/\sstyle="/);
  expect(html).not.toContain("sourceMappingURL");
});

test("i8: the build names no address but those of standards", () => {
  const html = readFileSync(PAGE, "utf8");
  const addresses = new Set([...html.matchAll(/https?:\/\/[\w.-]+/g)].map(([address]) => address));
  expect([...addresses].filter((address) => address !== "http://www.w3.org")).toEqual([]);
});

test("i1: one request loads the page and none follows", async ({ app, served }) => {
  const before = served.asked.length;
  await app.open(served.url);
  await app.analyse(capture);
  await app.rows.first().click();
  await app.page.waitForTimeout(500);
  expect(served.asked.slice(before)).toEqual(["/"]);
});

test("i4: it works with the network off", async ({ app, served, context }) => {
  await app.open(served.url);
  await context.setOffline(true);
  await app.analyse(capture);
  await expect(app.rows.first()).toBeVisible();
});

test("settings apply on a server whose sandbox lets no form be sent, by button and by Enter", async ({ app, served }) => {
  await app.open(served.url);
  await app.analyse(capture);
  const settings = app.page.getByRole("banner").getByRole("button", { name: /Settings/ });
  await settings.click();
  await app.page.getByLabel("Unit of analysis").selectOption("host");
  await app.page.getByRole("button", { name: "Apply", exact: true }).click();
  await expect(app.page.locator("#rows-title")).toHaveText("Hosts");
  await settings.click();
  await app.page.getByLabel("Clusters (k)").fill("2");
  await app.page.keyboard.press("Enter");
  await expect(app.page.getByRole("dialog")).toHaveCount(0);
  await expect(app.page.getByRole("banner").locator(".badge")).toContainText("2");
});

test("i7: nothing of the capture is kept or shown outside the page", async ({ app, served }) => {
  await app.open(served.url);
  await app.analyse(file("secret-name.pcap", office()));
  const kept = await app.tab.evaluate(() => [
    document.title,
    location.href,
    JSON.stringify({ ...localStorage }),
    JSON.stringify({ ...sessionStorage }),
    document.cookie,
  ]);
  expect(kept).toEqual(["Wiresift", served.url, "{}", "{}", ""]);
});

test("e10, i9: a page that was changed does not run", async ({ page }) => {
  const html = readFileSync(PAGE, "utf8");
  const at = html.search(/<script type=("|&quot;)module\1>/) + 2000;
  const changed = test.info().outputPath("changed.html");
  writeFileSync(changed, `${html.slice(0, at)} ${html.slice(at)}`);
  const refusal = page.waitForEvent("console", { predicate: (message) => /Content Security Policy/.test(message.text()) });
  await page.goto(pathToFileURL(changed).href);
  await refusal;
  // It is not blank: what stands there says why.
  const inside = appOf(page);
  await expect(inside.locator("#app")).toContainText("this copy of the page was changed", { useInnerText: true });
  await expect(inside.getByRole("button")).toHaveCount(0);
});

test("i5: no service worker stands between the page and its policy", async ({ app, served }) => {
  await app.open(served.url);
  const left = await app.tab.evaluate(async () => [
    (await navigator.serviceWorker.getRegistrations()).length,
    (await caches.keys()).length,
    (await indexedDB.databases()).length,
  ]);
  expect(left).toEqual([0, 0, 0]);
});
