// What a script that got into the page would do with the capture: every way out is tried, and what arrives is counted
// where it would arrive. SECURITY.md names what no policy can stop.
import { pathToFileURL } from "node:url";
import type { Page } from "@playwright/test";
import { appOf, frameOf } from "./support/app";
import { call, comeAlive, leave, reachOut, reachOutOfWorker } from "./support/attempts";
import { inOwnProcess } from "./support/launch";
import { listen, type Recorder, record } from "./support/recorder";
import { expect, isSealed, PAGE, test } from "./support/test";

/** Milliseconds that something on its way out is given to arrive. */
const PATIENCE = 700;

/** Where the page is opened from: a server that sends its headers, and the disk, where only the policy in the page holds. */
const PLACES = ["a server", "disk"] as const;

let evil: Recorder;

test.beforeEach(async () => {
  evil = await record();
});

test.afterEach(() => evil.close());

/** Opens the page and waits until it has made a worker, and with it its Trusted Types policy. */
async function open(page: Page, url: string): Promise<void> {
  const worker = page.waitForEvent("worker");
  await page.goto(url);
  await worker;
}

test.use({ isWarm: true, launchOptions: inOwnProcess });

test("i2, i3: without a policy all of these ways lead out", async ({ page }) => {
  await page.goto(`${evil.url}bare.html`);
  const tried = await page.evaluate(reachOut, evil.url);
  const triedInWorker = await page.evaluate(
    ([code, url]) =>
      new Promise<string[]>((resolve) => {
        const worker = new Worker(URL.createObjectURL(new Blob([`postMessage((${code})("${url}"))`])));
        worker.onmessage = ({ data }) => resolve(data);
      }),
    [reachOutOfWorker.toString(), evil.url] as const,
  );
  // A browser without windows has nowhere to show an icon, and asks for none.
  const missing = () => [...tried, ...triedInWorker].filter((way) => way !== "icon" && !evil.asked().includes(way));
  await expect.poll(missing).toEqual([]);
});

for (const place of PLACES) {
  test(`i2, i3: nothing leads out of the page from ${place}`, async ({ page, served }) => {
    await open(page, place === "disk" ? pathToFileURL(PAGE).href : served.url);
    const tried = await (await frameOf(page)).evaluate(reachOut, evil.url);
    expect(tried.length).toBeGreaterThan(40);
    await page.waitForTimeout(PATIENCE);
    expect(evil.asked()).toEqual([]);
    if (place === "disk") return;
    // Not even to the server that the page is from. Anew: a sealed frame is empty after it tried to leave.
    await open(page, served.url);
    const before = served.asked.length;
    await (await frameOf(page)).evaluate(reachOut, served.url);
    await page.waitForTimeout(PATIENCE);
    expect(served.asked.slice(before)).toEqual([]);
  });

  test(`i2: nothing leads out of the page's worker from ${place}`, async ({ page, served }) => {
    // The page's own way of making workers, with other code before the worker's.
    await page.addInitScript(
      ([code, url]) => {
        const original = URL.createObjectURL;
        URL.createObjectURL = (blob: Blob | MediaSource) =>
          blob instanceof Blob && blob.type === "text/javascript"
            ? original(new Blob([`(${code})("${url}"); new BroadcastChannel("tried").postMessage(1);\n`, blob], { type: blob.type }))
            : original(blob);
        new BroadcastChannel("tried").onmessage = () => {
          document.documentElement.dataset.tried = "yes";
        };
      },
      [reachOutOfWorker.toString(), evil.url] as const,
    );
    await open(page, place === "disk" ? pathToFileURL(PAGE).href : served.url);
    await expect(appOf(page).locator("html")).toHaveAttribute("data-tried", "yes");
    await page.waitForTimeout(PATIENCE);
    expect(evil.asked()).toEqual([]);
  });

  test(`i2: strings become neither markup nor script in the page from ${place}`, async ({ page, served }) => {
    await open(page, place === "disk" ? pathToFileURL(PAGE).href : served.url);
    expect(await (await frameOf(page)).evaluate(comeAlive)).toEqual([]);
  });

  const newTabs = ["link-new-tab", "popup"];
  const away = ["location", "link", "link-download", "refresh"];
  const forms = ["form", "form-new-tab"];
  const start = async (page: Page, url: string) => {
    await page.goto(place === "disk" ? pathToFileURL(PAGE).href : url);
    await expect(appOf(page).getByRole("button", { name: "Choose files" })).toBeVisible();
    return frameOf(page);
  };

  test(`i2: from ${place} the app can send neither its frame nor the tab away, nor open one`, async ({ page, served }) => {
    test.skip(!isSealed, "only a sealed frame stops that");
    const opened: Page[] = [];
    page.context().on("page", (other) => opened.push(other));
    for (const way of [...away, ...newTabs, ...forms, "top", "link-top", "link-parent", "form-top"]) {
      const app = await start(page, served.url);
      const address = page.url();
      await app.evaluate(leave, [way, evil.url] as const);
      await page.waitForTimeout(300);
      expect(page.url(), way).toBe(address);
    }
    expect(opened).toEqual([]);
    expect(evil.asked()).toEqual([]);
    expect(evil.connections()).toBe(0);
  });

  test(`i2: the plain tab can be sent away from ${place}, and new ones ${place === "disk" ? "too" : "cannot be opened"}`, async ({ page, served }) => {
    test.skip(isSealed, "the test above says that it cannot");
    await start(page, served.url);
    for (const way of [...forms, ...newTabs]) await page.evaluate(leave, [way, evil.url] as const);
    await page.waitForTimeout(PATIENCE);
    // The header's sandbox stops them; a page from disk has no header.
    expect(evil.asked().sort()).toEqual(place === "disk" ? newTabs : []);
    for (const way of away) {
      await start(page, served.url);
      await page.evaluate(leave, [way, evil.url] as const);
      await page.waitForURL(`${evil.url}${way}`);
      expect(evil.asked()).toContain(way);
    }
  });

  test(`i2: no policy covers WebRTC in the page from ${place}`, async ({ page, served }) => {
    const listener = await listen();
    test.skip(listener === null, "there is no address but the loopback's");
    if (listener === null) return;
    await open(page, place === "disk" ? pathToFileURL(PAGE).href : served.url);
    await (await frameOf(page)).evaluate(call, listener.address);
    await expect.poll(() => listener.heard()).toBeGreaterThan(0);
    listener.close();
  });
}
