// What every test has: the page, open, watched for console messages, violations and requests.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { test as base, expect, type Locator, type Page } from "@playwright/test";
import { appOf } from "./app";
import { isSealed, PAGE, root } from "./page";
import { type Served, serve } from "./server";

export { expect } from "@playwright/test";
export { isSealed, PAGE } from "./page";

export const CORPUS = [process.env.WIRESIFT_CORPUS, `${root}../shared/corpus`].find(
  (path) => path !== undefined && path !== "" && existsSync(path),
);
export const PROGRAM = process.env.WIRESIFT_PROGRAM || `${root}target/release/wiresift`;

export interface TestFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

export function file(name: string, buffer: Buffer): TestFile {
  return { name, mimeType: "application/octet-stream", buffer };
}

/** A file on disk: handed over at once, however big it is. */
export function onDisk(name: string, buffer: Buffer): string {
  const path = test.info().outputPath(name);
  writeFileSync(path, buffer);
  return path;
}

/** A folder on disk with these files in it. */
export function folderOnDisk(name: string, files: Record<string, Buffer>): string {
  const root = test.info().outputPath(name);
  mkdirSync(root, { recursive: true });
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(`${root}/${path}`), { recursive: true });
    writeFileSync(`${root}/${path}`, bytes);
  }
  return root;
}

/** Makes every reading after the first ones slow, so that a hand can be faster. */
export const slowSlices = (app: Wiresift, quick: number): Promise<void> =>
  delaySlices(app, quick, "new Promise((resolve) => setTimeout(resolve, 400))");

/** Holds every reading after the first ones until what this gives is called: so another program can be faster. */
export async function holdSlices(app: Wiresift, quick: number): Promise<() => Promise<void>> {
  const opened = `(globalThis.opened ??= new Promise((resolve) => {
    new BroadcastChannel("slices").onmessage = resolve;
  }))`;
  await delaySlices(app, quick, opened);
  return () =>
    app.page.evaluate(() => {
      const slices = new BroadcastChannel("slices");
      // Again and again: the worker may begin to listen later.
      setInterval(() => slices.postMessage("go"), 50);
    });
}

/** Lets every reading after the first ones wait for a promise, made by code that the worker runs. */
async function delaySlices(app: Wiresift, quick: number, promise: string): Promise<void> {
  await app.page.addInitScript(
    ([quick, promise]) => {
      const Original = URL.createObjectURL;
      // The worker has its own Blob: its script is patched, and it gets no second thread to read in.
      const slow = `globalThis.Worker = class { constructor() { throw new Error("one thread"); } };
        const read = Blob.prototype.arrayBuffer;
        let reads = 0;
        Blob.prototype.arrayBuffer = async function () {
          reads += 1;
          if (reads > ${quick}) await ${promise};
          return read.call(this);
        };
        // A stream gives more than a slice: it is asked by slices.
        Blob.prototype.stream = undefined;\n`;
      URL.createObjectURL = (blob: Blob | MediaSource) =>
        blob instanceof Blob && blob.type === "text/javascript"
          ? Original(new Blob([slow, blob], { type: blob.type }))
          : Original(blob);
    },
    [quick, promise] as const,
  );
}

/** The page as a reader uses it. */
export class Wiresift {
  /** Console messages and page errors that were not announced by `expects`. */
  readonly complaints: string[] = [];
  /** Requests after the page itself. */
  readonly requests: string[] = [];
  // The sandbox header stops popups and navigation; Chromium warns that it does not contain the page's own scripts.
  // The tests read canvases back, which a page would not.
  #expected: RegExp[] = [/both allow-scripts and allow-same-origin/, /willReadFrequently/];

  /** The app, as if it stood in a tab by itself. */
  readonly page: Page;

  constructor(readonly tab: Page) {
    const page = tab;
    this.page = appOf(tab);
    page.on("console", (message) => this.#complain(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => this.#complain(`error: ${error.message}`));
    page.on("request", (request) => {
      // A blob or data address is the page itself, not a request to anybody.
      if (!request.isNavigationRequest() && !/^(blob|data):/.test(request.url())) this.requests.push(request.url());
    });
  }

  #complain(text: string): void {
    if (!this.#expected.some((pattern) => pattern.test(text))) this.complaints.push(text);
  }

  /** A complaint that the test provokes. */
  expects(pattern: RegExp): void {
    this.#expected.push(pattern);
  }

  async open(url = pathToFileURL(PAGE).href): Promise<void> {
    await this.tab.goto(url);
    await expect(this.page.getByRole("button", { name: "Choose files" })).toBeVisible();
  }

  /** Gives files to the page's input. */
  async choose(...files: (TestFile | string)[]): Promise<void> {
    await this.page.locator("input.file-picker").setInputFiles(files as never);
  }

  /** Drops files on the window. */
  async drop(...files: TestFile[]): Promise<void> {
    const data = files.map(({ name, buffer }) => ({ name, base64: buffer.toString("base64") }));
    await this.page.evaluate((list) => {
      const transfer = new DataTransfer();
      for (const { name, base64 } of list) {
        transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
      }
      for (const type of ["dragenter", "dragover", "drop"]) {
        document.body.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
      }
    }, data);
  }

  /** Gives a folder to the page's folder input. */
  async chooseFolder(path: string): Promise<void> {
    await this.page.locator("input.folder-picker").setInputFiles(path);
  }

  /** Drops files and folders of the disk on the window, as a file manager does. */
  async dropPaths(...paths: string[]): Promise<void> {
    const devtools = await this.tab.context().newCDPSession(this.tab);
    const data = { items: [], files: paths, dragOperationsMask: 1 };
    const send = (type: "dragEnter" | "dragOver" | "drop") =>
      devtools.send("Input.dispatchDragEvent", { type, x: 300, y: 300, data });
    await send("dragEnter");
    // Hands are slower than the page, which has the shell take what is held over the app.
    if (isSealed) {
      await expect(this.tab.locator("iframe.is-passed")).toBeVisible();
      // The browser itself says so to what the pointer comes over next.
      await send("dragEnter");
    }
    await send("dragOver");
    await send("drop");
    await devtools.detach();
  }

  /** Analyses files and waits for the report. */
  async analyse(...files: (TestFile | string)[]): Promise<void> {
    await this.choose(...files);
    await expect(this.verdict).toBeVisible({ timeout: 45_000 });
    await this.isWhole();
  }

  /** Waits until all parts of a result are shown. */
  async isWhole(): Promise<void> {
    await expect(this.page.locator(".result[aria-busy=true]")).toHaveCount(0);
  }

  get verdict(): Locator {
    return this.page.locator("#verdict-title");
  }

  get problem(): Locator {
    return this.page.getByRole("alert");
  }

  /** The figure with that label in the verdict. */
  async figure(label: string): Promise<string> {
    const dd = this.page.locator(".verdict .figure", { has: this.page.getByText(label, { exact: true }) }).locator("dd");
    return (await dd.innerText()).split(/\s/)[0] ?? "";
  }

  get rows(): Locator {
    return this.page.locator(".grid-window tbody tr");
  }

  /** The table of files. */
  get files(): Locator {
    return this.page.locator(".file-table tbody tr");
  }

  /** Waits for the download that the action starts. */
  async saved(action: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> {
    const started = this.page.waitForEvent("download");
    await action();
    const found = await started;
    return { name: found.suggestedFilename(), bytes: readFileSync(await found.path()) };
  }

  /** Saves by the entry of the download menu. */
  async export(name: string): Promise<{ name: string; bytes: Buffer }> {
    const menu = this.page.locator(".menu");
    return this.saved(async () => {
      await menu.locator("summary").first().click();
      await menu.getByRole("button", { name }).click();
    });
  }

  /** Rows selected, as the table says. */
  async selected(): Promise<number> {
    const text = await this.page.locator(".rows .card-note").innerText();
    return Number((/^([\d,]+) of/.exec(text)?.[1] ?? "-1").replaceAll(",", ""));
  }

  /** All text of the page, hidden parts too. */
  async text(): Promise<string> {
    await this.isWhole();
    const openAll = () =>
      this.page.evaluate(() => {
        const closed = document.querySelectorAll<HTMLDetailsElement>("details:not([open])");
        for (const details of closed) details.open = true;
        return closed.length;
      });
    // What opens may hold more that is closed.
    await expect.poll(openAll).toBe(0);
    return this.page.evaluate(() => document.body.textContent ?? "");
  }

  /** Different colours on a canvas: a blank one has one or two. */
  async colours(label: RegExp): Promise<number> {
    return this.page.getByRole("img", { name: label }).evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
      const seen = new Set<number>();
      for (let i = 0; i < data.length; i += 4) {
        seen.add(((data[i] ?? 0) << 16) | ((data[i + 1] ?? 0) << 8) | (data[i + 2] ?? 0));
      }
      return seen.size;
    });
  }
}

interface Fixtures {
  app: Wiresift;
  /** Whether the page warms up before it is given a capture, as it does for people: it takes a core for a second or two. */
  isWarm: boolean;
}

interface WorkerFixtures {
  served: Served;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  served: [
    // biome-ignore lint/correctness/noEmptyPattern: the test runner wants a pattern there
    async ({}, use) => {
      const served = await serve(PAGE);
      await use(served);
      served.close();
    },
    { scope: "worker" },
  ],
  isWarm: [false, { option: true }],
  app: async ({ page, isWarm }, use) => {
    if (!isWarm) {
      await page.addInitScript(() => {
        // Beside what a test's own script says: which of them runs first is not defined.
        const hooks = globalThis as never as { __wiresiftTest?: object };
        hooks.__wiresiftTest = { ...hooks.__wiresiftTest, isCold: true };
      });
    }
    const app = new Wiresift(page);
    await use(app);
    expect(app.complaints, "console messages and errors").toEqual([]);
    expect(app.requests, "requests after load").toEqual([]);
  },
});

/** Words that a number must never become. */
export const NOT_A_NUMBER = /\b(NaN|Infinity|undefined|null)\b|\[object/;
