import { defineConfig } from "@playwright/test";
import { launchOptions } from "./support/launch";

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
    launchOptions,
  },
});
