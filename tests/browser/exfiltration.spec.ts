// What a script that got into the page would do with the capture: every way out is tried, and what arrives is counted
// where it would arrive. SECURITY.md names what no policy can stop.
import { pathToFileURL } from "node:url";
import type { Page } from "@playwright/test";
import { call, comeAlive, leave, reachOut, reachOutOfWorker } from "./support/attempts";
import { listen, type Recorder, record } from "./support/recorder";
import { expect, PAGE, test } from "./support/test";

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

test.use({ isWarm: true });

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
    const before = served.asked.length;
    const tried = await page.evaluate(reachOut, evil.url);
    expect(tried.length).toBeGreaterThan(40);
    // Not even to the server that the page is from.
    if (place === "a server") await page.evaluate(reachOut, served.url);
    await page.waitForTimeout(PATIENCE);
    expect(evil.asked()).toEqual([]);
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
          document.title = "tried";
        };
      },
      [reachOutOfWorker.toString(), evil.url] as const,
    );
    await open(page, place === "disk" ? pathToFileURL(PAGE).href : served.url);
    await expect(page).toHaveTitle("tried");
    await page.waitForTimeout(PATIENCE);
    expect(evil.asked()).toEqual([]);
  });

  test(`i2: strings become neither markup nor script in the page from ${place}`, async ({ page, served }) => {
    await open(page, place === "disk" ? pathToFileURL(PAGE).href : served.url);
    expect(await page.evaluate(comeAlive)).toEqual([]);
  });

  test(`i2: the tab can be sent away from ${place}, and new ones ${place === "disk" ? "too" : "cannot be opened"}`, async ({ page, served }) => {
    const start = () => page.goto(place === "disk" ? pathToFileURL(PAGE).href : served.url);
    const stopped = ["form", "form-new-tab"];
    const newTabs = ["link-new-tab", "popup"];
    await start();
    for (const way of [...stopped, ...newTabs]) await page.evaluate(leave, [way, evil.url] as const);
    await page.waitForTimeout(PATIENCE);
    // The header's sandbox stops them; a page from disk has no header.
    expect(evil.asked().sort()).toEqual(place === "disk" ? newTabs : []);
    for (const way of ["location", "link", "link-download", "refresh"]) {
      await start();
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
    await page.evaluate(call, listener.address);
    await expect.poll(() => listener.heard()).toBeGreaterThan(0);
    listener.close();
  });
}
