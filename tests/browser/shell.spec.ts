// The shell around the sealed frame: what it hears, from whom, and what it does not do.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { appOf } from "./support/app";
import { office } from "./support/captures";
import { inOwnProcess } from "./support/launch";
import { expect, file, isSealed, PAGE, test, type Wiresift } from "./support/test";

test.skip(!isSealed, "the plain page has no shell");
test.use({ launchOptions: inOwnProcess });

const capture = file("office.pcap", office(3, 60));

/** Keeps the app's port where the test finds it, as somebody would who got into the app. */
const takePort = (app: Wiresift) =>
  app.page.addInitScript(() => {
    globalThis.MessageChannel = class extends MessageChannel {
      constructor() {
        super();
        Object.assign(globalThis, { taken: (globalThis as { taken?: MessagePort }).taken ?? this.port1 });
      }
    };
  });

/** What the shell has let be done. */
const state = (app: Wiresift) =>
  app.tab.evaluate(() => ({
    address: location.href,
    entries: history.length,
    stored: JSON.stringify({ ...localStorage }),
    title: document.title,
    elements: document.querySelectorAll("*").length,
    frame: document.querySelector("iframe")?.outerHTML.replace(/srcdoc=".*?" /s, "").replace(/style=".*?"/, ""),
  }));

/** Says a first word with a port to the shell, from the app's frame or the shell's own window; whether it is answered. */
const introduce = (app: Wiresift, from: "frame" | "shell") =>
  app[from === "frame" ? "page" : "tab"].evaluate(
    () =>
      new Promise<boolean>((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(true);
        parent.postMessage("wiresift", "*", [port2]);
        setTimeout(() => resolve(false), 400);
      }),
  );

test("the frame is of no origin, and has neither storage nor the shell's document", async ({ app, served }) => {
  await app.open(served.url);
  const found = await app.page.evaluate(() => {
    const refused = (way: () => unknown) => {
      try {
        way();
        return false;
      } catch {
        return true;
      }
    };
    return {
      origin: self.origin,
      storage: refused(() => localStorage),
      cookies: refused(() => document.cookie),
      shell: refused(() => parent.document),
      address: refused(() => parent.location.href),
    };
  });
  expect(found).toEqual({ origin: "null", storage: true, cookies: true, shell: true, address: true });
  const sandbox = await app.tab.locator("iframe").evaluate((frame) => frame.getAttribute("sandbox"));
  expect(sandbox).toBe("allow-scripts");
});

test("the shell hears one port, and only from its frame", async ({ app }) => {
  await app.open();
  expect(await introduce(app, "frame")).toBe(false);
  expect(await introduce(app, "shell")).toBe(false);
});

test("the shell's own window cannot take the app's place before it", async ({ app }) => {
  await app.page.addInitScript(() => {
    if (parent !== window) return;
    // From the first moment on, by whoever has a hold on the window.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => Object.assign(globalThis, { isAnswered: true });
    const other = setInterval(() => window.postMessage("wiresift", "*", []), 1);
    window.postMessage("wiresift", "*", [port2]);
    setTimeout(() => clearInterval(other), 500);
  });
  await app.open();
  await app.analyse(capture);
  expect(await app.tab.evaluate(() => "isAnswered" in globalThis)).toBe(false);
});

const HOSTILE: unknown[] = [
  null,
  "view",
  [],
  { type: "view", hash: "https://evil.example/", number: 1, isPushed: true },
  { type: "view", hash: "#secret=10.0.0.1", number: 1, isPushed: true },
  { type: "view", hash: "#filter=x&secret=1", number: 1, isPushed: true },
  { type: "view", hash: `#filter=${"x".repeat(2001)}`, number: 1, isPushed: true },
  { type: "view", hash: "#unit=host", number: "1", isPushed: true },
  { type: "view", hash: "#unit=host", number: Number.NaN, isPushed: true },
  { type: "view", hash: { toString: "x" }, number: 1, isPushed: true },
  { type: "keep", text: "secret" },
  { type: "keep", text: '{"wiresift_settings": 1, "settings": {"k": {"deep": "secret"}}}' },
  { type: "keep", text: '{"wiresift_settings": 1, "settings": {}, "more": "secret"}' },
  { type: "keep", text: `{"wiresift_settings": 1, "settings": {"k": "${"x".repeat(20_000)}"}}` },
  { type: "keep", text: 7 },
  { type: "save", file: "text", name: "a.txt" },
  { type: "save", name: "a.txt" },
  { type: "stop", drop: "all" },
  { type: "height", pixels: -1 },
  { type: "height", pixels: "100%; background: url(https://evil.example/)" },
  { type: "location", href: "https://evil.example/" },
  { type: "__proto__", constructor: 1 },
  { type: "eval", code: "1" },
];

test("what is no small request of a known kind is not heard, though it comes by the app's own port", async ({ app, served }) => {
  await takePort(app);
  await app.open(served.url);
  await app.analyse(capture);
  const downloads: string[] = [];
  app.tab.on("download", (download) => downloads.push(download.suggestedFilename()));
  const before = await state(app);
  const send = (messages: unknown[]) =>
    app.page.evaluate((list) => {
      const { taken } = globalThis as never as { taken: MessagePort };
      for (const message of list) taken.postMessage(message);
      for (const name of ["../a.txt", "", ".hidden", "a/b", "a\u202etxt.exe", `${"a".repeat(200)}.txt`]) {
        taken.postMessage({ type: "save", file: new Blob(["x"]), name });
      }
    }, messages);
  await send(HOSTILE);
  await app.page.waitForTimeout(500);
  expect(await state(app)).toEqual(before);
  expect(downloads).toEqual([]);
  // One that is sound goes by the same port.
  await send([{ type: "view", hash: "#unit=host", number: 1, isPushed: false }]);
  await expect.poll(() => app.tab.evaluate(() => location.hash)).toBe("#unit=host");
});

test("keys are the app's, wherever the tab was touched last", async ({ app }) => {
  await app.open();
  await app.tab.evaluate(() => (document.activeElement as HTMLElement).blur());
  await app.tab.evaluate(() => dispatchEvent(new Event("focus")));
  const chooser = app.tab.waitForEvent("filechooser");
  await app.page.keyboard.press("Control+o");
  await (await chooser).setFiles(capture as never);
  await expect(app.rows.first()).toBeVisible();
});

test("files dropped from disk are taken by the shell, and what is carried out again is let go", async ({ app }) => {
  await app.open();
  const path = test.info().outputPath("office.pcap");
  writeFileSync(path, capture.buffer);
  const devtools = await app.tab.context().newCDPSession(app.tab);
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  await devtools.send("Input.dispatchDragEvent", { type: "dragEnter", x: 300, y: 300, data });
  await expect(app.tab.locator("iframe.is-passed")).toBeVisible();

  await devtools.send("Input.dispatchDragEvent", { type: "dragCancel", x: 300, y: 300, data });
  await expect(app.tab.locator("iframe.is-passed")).toHaveCount(0);
  await app.dropPaths(path);
  await expect(app.verdict).toBeVisible();
});

for (const [what, place, says] of [
  ["shell", /<script>/, "the shell around the page does not answer"],
  ["wasm", /<script>dispatchEvent/, "this copy of the page was changed"],
] as const) {
  test(`e10, i9: a page whose ${what} was changed says that it does not run`, async ({ page }) => {
    const html = readFileSync(PAGE, "utf8");
    const at = html.search(place) + 1000;
    const changed = test.info().outputPath("changed.html");
    writeFileSync(changed, `${html.slice(0, at)} ${html.slice(at)}`);
    await page.goto(pathToFileURL(changed).href);
    const problem = appOf(page).getByRole("alert");
    await expect(problem).toContainText("This browser does not let the page run its analysis.");
    await expect(problem).toContainText(says);
  });
}

test("the empty page is shown before the wasm has come", async ({ app }) => {
  const html = readFileSync(PAGE, "utf8");
  // The frame and all it shows are the first tenth of the file.
  expect(html.indexOf("</iframe>") / html.length).toBeLessThan(0.15);
  expect(html.length).toBeLessThan(2_500_000);
  await app.open();
});
