// What goes wrong around a capture: the page says so and stays usable.
import { appOf } from "./support/app";
import { many, office } from "./support/captures";
import { expect, file, onDisk, PAGE, test, Wiresift } from "./support/test";

const capture = file("office.pcap", office());

test("e1: a trap ends the run, and the next capture works without a reload", async ({ app }) => {
  await app.page.addInitScript(() => {
    (globalThis as never as { __wiresiftTest: object }).__wiresiftTest = { trapAtPacket: 100 };
  });
  await app.open();
  await app.choose(capture);
  await expect(app.problem).toContainText("The analysis stopped");
  await expect(app.problem).toContainText(/trap after [\d,]+ packets, at byte [\d,]+: .*unreachable/);
  await expect(app.page.getByRole("button", { name: "Choose files" })).toBeVisible();
  await app.page.evaluate(() => {
    delete (globalThis as never as { __wiresiftTest: { trapAtPacket?: number } }).__wiresiftTest.trapAtPacket;
  });
  await app.analyse(capture);
  await expect(app.problem).toHaveCount(0);
  await expect(app.rows.first()).toBeVisible();
});

test("e5: cancel is at once, and the next capture works", async ({ app }) => {
  await app.open();
  const big = onDisk("big.pcap", many(60_000));
  for (let round = 0; round < 3; round += 1) {
    await app.choose(big);
    const cancel = app.page.getByRole("button", { name: "Cancel" });
    await cancel.click();
    await expect(app.page.getByRole("button", { name: "Choose files" })).toBeVisible({ timeout: 1000 });
    await expect(app.page.locator(".notice")).toContainText("Cancelled");
  }
  await app.analyse(capture);
  expect(await app.figure("Flows")).toBe("521");
});

test("e5: a new capture during a run takes its place", async ({ app }) => {
  await app.open();
  await app.choose(onDisk("big.pcap", many(60_000)));
  await app.drop(capture);
  await expect(app.verdict).toBeVisible();
  expect(await app.figure("Flows")).toBe("521");
  await expect(app.page.locator("header .current")).toHaveText("office.pcap");
});

test("e4: a worker that hangs is said to be silent, and can be stopped", async ({ app }) => {
  await app.page.addInitScript(() => {
    const original = URL.createObjectURL;
    const hang = "Blob.prototype.stream = Blob.prototype.arrayBuffer = () => { for (;;); };";
    URL.createObjectURL = (blob: Blob | MediaSource) =>
      blob instanceof Blob && blob.type === "text/javascript" && !("isSound" in document.documentElement.dataset)
        ? original(new Blob([hang, blob], { type: blob.type }))
        : original(blob);
  });
  await app.open();
  await app.choose(capture);
  await expect(app.page.locator(".running")).toContainText("No news from the analysis for a while");
  await app.page.getByRole("button", { name: "Cancel" }).click();
  await expect(app.page.getByRole("button", { name: "Choose files" })).toBeVisible({ timeout: 1000 });
  await app.page.evaluate(() => {
    document.documentElement.dataset.isSound = "yes";
  });
  await app.analyse(capture);
});

test("e6: a worker that cannot start is explained", async ({ app }) => {
  await app.page.addInitScript(() => {
    globalThis.Worker = class {
      constructor() {
        throw new DOMException("The operation is insecure.", "SecurityError");
      }
    } as never;
  });
  await app.open();
  await app.choose(capture);
  await expect(app.problem).toContainText("The analysis could not start.");
  await expect(app.problem).toContainText("The operation is insecure.");
  await expect(app.page.getByRole("button", { name: "Choose files" })).toBeVisible();
});

test("e6: a worker whose script fails is explained", async ({ app }) => {
  app.expects(/broken on purpose/);
  await app.page.addInitScript(() => {
    const Original = URL.createObjectURL;
    URL.createObjectURL = (blob: Blob | MediaSource) =>
      blob instanceof Blob && blob.type === "text/javascript"
        ? Original(new Blob(["throw new Error('broken on purpose')"], { type: blob.type }))
        : Original(blob);
  });
  await app.open();
  await app.choose(capture);
  await expect(app.problem).toContainText("The analysis could not start.");
  await expect(app.problem).toContainText("broken on purpose");
});

test("e6: a browser without WebAssembly is told so before and after", async ({ app }) => {
  await app.page.addInitScript(() => {
    delete (globalThis as { WebAssembly?: unknown }).WebAssembly;
  });
  await app.open();
  await expect(app.problem).toContainText("This browser does not let the page run its analysis.");
  await app.choose(capture);
  await expect(app.problem).toContainText("WebAssembly is switched off");
});

test("e6: without JavaScript the page says what it needs", async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`file://${PAGE}`);
  await expect(appOf(page).locator("body")).toContainText("Allow JavaScript", { useInnerText: true });
  await context.close();
});

test("a file that cannot be read to its end is analysed as far as it goes", async ({ app }) => {
  await app.page.addInitScript(() => {
    // The file's second slice fails, as when a disk is pulled. The worker has its own Blob: its script is patched.
    const Original = URL.createObjectURL;
    URL.createObjectURL = (blob: Blob | MediaSource) =>
      blob instanceof Blob && blob.type === "text/javascript"
        ? Original(
            new Blob(
              [
                // Without workers in the worker it fetches by itself.
                `self.Worker = undefined;
                 Blob.prototype.stream = undefined;
                 const read = Blob.prototype.slice;
                 Blob.prototype.slice = function (start, ...rest) {
                   if (start > 0) return { arrayBuffer: () => Promise.reject(new DOMException("gone", "NotReadableError")) };
                   return read.call(this, start, ...rest);
                 };\n`,
                blob,
              ],
              { type: blob.type },
            ),
          )
        : Original(blob);
  });
  await app.open();
  await app.analyse(onDisk("big.pcap", many(50_000)));
  await expect(app.page.locator(".banner")).toContainText("Only part of the file could be read.");
  await expect(app.page.locator(".banner")).toContainText("partial: io, at byte 4,194,304");
  await expect(app.rows.first()).toBeVisible();
});

test("e8: two tabs know nothing of each other, and one in the background comes to its end", async ({ app, context }) => {
  await app.open();
  await app.choose(onDisk("big.pcap", many(20_000)));
  const other = new Wiresift(await context.newPage());
  await other.open();
  await other.page.bringToFront();
  await other.analyse(capture);
  await expect(app.page.locator(".running")).toHaveCount(0, { timeout: 45_000 });
  expect(await app.figure("Flows")).toBe("20,000");
  expect(await other.figure("Flows")).toBe("521");
  await expect(other.page.locator("header .current")).toHaveText("office.pcap");
  expect(other.complaints).toEqual([]);
});

test("e8: going away and coming back is no harm", async ({ app, served }) => {
  await app.open(served.url);
  await app.analyse(capture);
  await app.page.goto("about:blank");
  await app.page.goBack();
  // As it was, or from the beginning: either works on.
  await app.analyse(capture);
  await expect(app.rows.first()).toBeVisible();
});

test("e12: without any storage the page works as with it", async ({ app }) => {
  await app.page.addInitScript(() => {
    for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches", "cookieStore"]) {
      Object.defineProperty(globalThis, name, {
        get: () => {
          throw new DOMException("no storage here", "SecurityError");
        },
      });
    }
  });
  await app.open();
  await app.analyse(capture);
  await app.page.getByLabel("Theme").selectOption("dark");
  await app.page.getByRole("combobox", { name: "Filter" }).fill("host 10.1.0.66");
  await expect.poll(() => app.selected()).toBe(40);
});

test("e2: a small memory budget keeps what fits, and says what did not", async ({ app }) => {
  await app.open();
  await app.page.getByRole("button", { name: "Settings" }).click();
  await app.page.locator("#setting-max-memory").fill("64");
  await app.page.getByRole("button", { name: "Use", exact: true }).click();
  await app.analyse(onDisk("big.pcap", many(60_000)));
  await expect(app.page.locator(".banner")).toContainText("A table was full: not everything has a row.");
  const flows = Number((await app.figure("Flows")).replaceAll(",", ""));
  expect(flows).toBeGreaterThan(5000);
  expect(flows).toBeLessThan(60_000);
  expect(await app.figure("Packets")).toBe("120,000");
  await expect(app.rows.first()).toBeVisible();
  // The next capture has the same budget and all of it.
  await app.analyse(capture);
  expect(await app.figure("Flows")).toBe("521");
  await expect(app.page.locator(".banner")).toHaveCount(0);
});
