// Usage: node tests/browser/screenshots.mjs CAPTURE FOLDER
//
// Takes a picture of each view of the built page with the capture: light and dark, 390 and 1440 pixels wide.
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { chromium } = createRequire(`${root}www/package.json`)("@playwright/test");
const [capture, folder] = process.argv.slice(2);
const SIZES = [
  { width: 390, height: 844 },
  { width: 1440, height: 900 },
];

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.WIRESIFT_BROWSER, args: ["--no-sandbox"] });
for (const colorScheme of ["light", "dark"]) {
  for (const viewport of SIZES) {
    const page = await browser.newPage({ viewport, colorScheme, reducedMotion: "reduce" });
    let number = 0;
    const shoot = async (name, of = page) => {
      number += 1;
      const path = `${folder}/${colorScheme}-${viewport.width}-${String(number).padStart(2, "0")}-${name}.png`;
      await of.screenshot({ path });
    };
    await page.goto(`file://${root}www/dist/index.html`);
    // The app is in the shell's sealed frame; the plain page has none.
    const app = (await (await page.$("iframe[srcdoc]"))?.contentFrame()) ?? page.mainFrame();
    await app.locator("main section, main .start").first().waitFor();
    await shoot("start");
    await app.getByRole("button", { name: "Settings" }).click();
    await shoot("settings");
    await page.keyboard.press("Escape");
    await app.locator("input.file-picker").setInputFiles(capture);
    await app.locator(".result[aria-busy=false]").waitFor();
    await app.locator("aside.details .contributions").waitFor();
    await page.waitForTimeout(500);
    await shoot("result");
    for (const part of await app.locator(".result > *:visible").all()) {
      const title = await part.locator("h2, h1").first().textContent({ timeout: 1000 }).catch(() => "part");
      await shoot((title ?? "part").toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").slice(0, 40), part);
    }
    await page.close();
    console.log(`${colorScheme}, ${viewport.width} pixels: ${number} pictures`);
  }
}
await browser.close();
