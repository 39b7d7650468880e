import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

// The distribution's browser: nothing is downloaded.
const installed = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"].map((name) => `/usr/bin/${name}`);
const candidates = [process.env.WIRESIFT_BROWSER, ...installed];
const executablePath = candidates.find((path) => path !== undefined && path !== "" && existsSync(path));
// Chromium's own sandbox does not start for root, as in most containers.
const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];

export default defineConfig({
  testDir: ".",
  outputDir: "test-results",
  fullyParallel: true,
  workers: 2,
  // A test that passes only when it is tried again is listed as flaky.
  retries: 1,
  forbidOnly: process.env.CI !== undefined,
  reporter: [["list"]],
  timeout: 120_000,
  expect: { timeout: 15_000 },
  use: {
    viewport: { width: 1440, height: 900 },
    colorScheme: "light",
    locale: "en-GB",
    timezoneId: "UTC",
    launchOptions: { args, ...(executablePath === undefined ? {} : { executablePath }) },
  },
});
