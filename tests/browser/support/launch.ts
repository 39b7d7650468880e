// How the tests start their Chromium: the distribution's, nothing is downloaded.
import { existsSync } from "node:fs";

const installed = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"].map((name) => `/usr/bin/${name}`);
const candidates = [process.env.WIRESIFT_BROWSER, ...installed];
const executablePath = candidates.find((path) => path !== undefined && path !== "" && existsSync(path));
// Chromium's own sandbox does not start for root, as in most containers.
const rights = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
const path = executablePath === undefined ? {} : { executablePath };

/** All of a page in one process: keys and pixels of an emulated screen reach a frame in another one late, or not at all. */
export const launchOptions = { args: rights, ...path };

/** As in a browser with windows: each site has a process, and a sealed frame one of its own. */
export const inOwnProcess = {
  args: [...rights, "--site-per-process", "--enable-features=IsolateSandboxedIframes"],
  ...path,
};
