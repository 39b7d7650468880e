// Captures over and over: what went wrong before leaves no trace, and memory comes back.
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { devtoolsOf } from "./support/app";
import { many, office, random } from "./support/captures";
import { expect, file, test, type Wiresift } from "./support/test";

const office1 = office(1, 60);
const report = async (app: Wiresift) => (await app.export("Whole report (JSON)")).bytes;

/** A page that would notice being loaded again, with its capture's report. */
async function begin(app: Wiresift): Promise<Buffer> {
  await app.open();
  await app.analyse(file("office.pcap", office1));
  await app.page.evaluate(() => {
    document.documentElement.dataset.loaded = "once";
  });
  return report(app);
}

/** What all of this must leave behind: nothing. */
async function expectSame(app: Wiresift, clean: Buffer): Promise<void> {
  await app.analyse(file("office.pcap", office1));
  await expect(app.problem).toHaveCount(0);
  await expect(app.page.locator("header .current")).toContainText("office.pcap");
  expect((await report(app)).equals(clean)).toBe(true);
  await expect(app.page.locator("html")).toHaveAttribute("data-loaded", "once");
  expect(app.page.workers().filter((worker) => worker.url().startsWith("blob:")).length).toBeLessThanOrEqual(2);
}

interface Rounds {
  /** The capture of every round. */
  base64: string;
  /** Packets of it after which each round traps. */
  traps?: number[];
  /** Milliseconds after which each round is cancelled. */
  waits?: number[];
  /** Rounds that go on to their end. */
  ends?: number;
}

/** Opens the capture again and again inside the page, much faster than hands are; gives how many rounds ended as they should. */
function rounds(page: Page, what: Rounds): Promise<number> {
  return page.evaluate(async ({ base64, traps = [], waits = [], ends = 0 }) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const hooks = (globalThis as never as { __wiresiftTest: { trapAtPacket?: number } }).__wiresiftTest;
    const picker = document.querySelector("input.file-picker") as HTMLInputElement;
    const open = () => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], "round.pcap"));
      picker.files = transfer.files;
      picker.dispatchEvent(new Event("change", { bubbles: true }));
    };
    /** Waits for something to be there, looking between two tasks. */
    const until = async <T>(look: () => T | null | undefined | false): Promise<T> => {
      for (const begun = performance.now(); performance.now() - begun < 10_000; ) {
        const found = look();
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      throw new Error("nothing came");
    };
    const button = (text: string) =>
      [...document.querySelectorAll("main button")].find(({ textContent }) => textContent === text) as HTMLElement;
    let done = 0;
    for (const packet of traps) {
      hooks.trapAtPacket = packet;
      open();
      await until(() => document.querySelector(".running"));
      const problem = await until(() => document.querySelector("[role=alert]"));
      if (problem.textContent?.includes("The analysis stopped")) done += 1;
    }
    delete hooks.trapAtPacket;
    for (const wait of waits) {
      open();
      await until(() => button("Cancel"));
      await new Promise((resolve) => setTimeout(resolve, wait));
      // It may have finished by now.
      const cancel = button("Cancel");
      cancel?.click();
      // Twice is once.
      cancel?.click();
      if (cancel !== undefined) done += 1;
      if (cancel !== undefined) await until(() => button("Choose files"));
    }
    for (let i = 0; i < ends; i += 1) {
      open();
      await until(() => document.querySelector(".running"));
      await until(() => document.querySelector(".grid-window tbody tr.is-anomalous"));
      done += 1;
    }
    return done;
  }, what);
}

test.beforeEach(({ app }) =>
  app.page.addInitScript(() => {
    (globalThis as never as { __wiresiftTest: object }).__wiresiftTest = {};
  }),
);

test("e1: after a hundred traps at any packet the report is byte for byte the same", async ({ app }) => {
  test.setTimeout(120_000);
  const clean = await begin(app);
  const next = random(11);
  // The smallest capture that has so many packets: reading it is not what is tried here.
  const traps = Array.from({ length: 100 }, () => Math.floor(next() * 500));
  const done = await rounds(app.page, { base64: office(2, 60).toString("base64"), traps });
  expect(done).toBe(100);
  await expectSame(app, clean);
});

test("e5: after two hundred cancels at any moment the report is byte for byte the same", async ({ app }) => {
  test.setTimeout(120_000);
  const clean = await begin(app);
  const next = random(13);
  const waits = Array.from({ length: 200 }, () => Math.floor(next() ** 2 * 120));
  const done = await rounds(app.page, { base64: many(4000).toString("base64"), waits });
  test.info().annotations.push({ type: "cancelled before their end", description: String(done) });
  expect(done).toBeGreaterThan(100);
  await expectSame(app, clean);
});

test("e11: thirty-two captures in a row leave memory where it was", async ({ app }) => {
  test.setTimeout(120_000);
  await app.open();
  const devtools = await devtoolsOf(app.tab);
  const browser = await app.page.context().browser()?.newBrowserCDPSession();
  const measure = async () => {
    await devtools.send("HeapProfiler.collectGarbage");
    const heap = (await devtools.send("Runtime.getHeapUsage")).usedSize;
    const processes = (await browser?.send("SystemInfo.getProcessInfo"))?.processInfo ?? [];
    // The largest renderer is this page's.
    const resident = processes.filter(({ type }) => type === "renderer").map(({ id }) => {
      try {
        return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1] ?? 0) * 1024;
      } catch {
        return 0;
      }
    });
    return { heap, resident: Math.max(...resident) };
  };
  const base64 = office1.toString("base64");
  await rounds(app.page, { base64, ends: 8 });
  const before = await measure();
  expect(await rounds(app.page, { base64, ends: 24 })).toBe(24);
  const after = await measure();
  test.info().annotations.push({ type: "bytes", description: JSON.stringify({ before, after }) });
  expect(after.heap).toBeLessThan(before.heap * 1.1);
  expect(after.resident).toBeLessThan(before.resident * 1.1);
  expect(app.page.workers().filter((worker) => worker.url().startsWith("blob:")).length).toBeLessThanOrEqual(2);
});
