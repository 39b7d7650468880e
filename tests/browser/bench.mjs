// Usage: node tests/browser/bench.mjs CAPTURE [RUNS]
//
// Opens the built page in a Chromium, gives it the capture and prints seconds from the start of the run to its report,
// and of them those that the worker was busy with the analysis and did not wait for the browser to give it the file: the
// fastest run of a page that has been open for some seconds, and of one that was opened just then.
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { chromium } = createRequire(`${root}www/package.json`)("@playwright/test");
const [capture, runs = "5"] = process.argv.slice(2);

/** Milliseconds in which an open page has warmed up. */
const WARM_UP = 4000;

/** Milliseconds of one run: all of it, and what the worker was busy with the analysis. */
async function measure(browser, wait) {
  const page = await browser.newPage();
  await page.addInitScript(() => {
    window.Worker = class extends Worker {
      postMessage(message, ...rest) {
        if (message.type === "start") {
          const begun = performance.now();
          this.addEventListener("message", ({ data }) => {
            if (data.type === "finished") window.spent = { all: performance.now() - begun, busy: data.busy };
            if (data.type === "failed") window.spent = { all: Number.NaN, busy: Number.NaN };
          });
        }
        super.postMessage(message, ...rest);
      }
    };
  });
  await page.goto(pathToFileURL(`${root}www/dist/index.html`).href);
  await page.waitForTimeout(wait);
  // The app is in the shell's sealed frame; the plain page has none.
  const frame = (await (await page.$("iframe[srcdoc]"))?.contentFrame()) ?? page.mainFrame();
  await frame.locator("input.file-picker").setInputFiles(capture);
  const spent = await frame.waitForFunction(() => window.spent, null, { timeout: 600_000 });
  const times = await spent.jsonValue();
  await page.close();
  return times;
}

const browser = await chromium.launch({ executablePath: process.env.WIRESIFT_BROWSER, args: ["--no-sandbox"] });
for (const [name, wait] of [
  ["warm", WARM_UP],
  ["cold", 0],
]) {
  const all = [];
  for (let i = 0; i < Number(runs); i += 1) all.push(await measure(browser, wait));
  for (const [what, of] of [
    ["whole run", ({ all }) => all],
    ["analysis alone", ({ busy }) => busy],
  ]) {
    console.log(`${(Math.min(...all.map(of)) / 1000).toFixed(3)} ${name}, ${what}`);
  }
}
await browser.close();
