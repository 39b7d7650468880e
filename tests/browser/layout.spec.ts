// How it looks and reads: narrow and wide, light and dark, by screen reader.
import { scan } from "./support/axe";
import { office, talkative } from "./support/captures";
import { expect, file, test, Wiresift } from "./support/test";

const capture = file("office.pcap", office());
const little = file("little.pcap", office(1, 100));

/** Opens the packets of the first row and of the first finding, one of them to its bytes, and copies a filter. */
async function openPackets(app: Wiresift): Promise<void> {
  for (const part of [app.page.locator("aside.details"), app.page.locator(".finding").first()]) {
    const packets = part.locator(".packets");
    if (!(await packets.evaluate((element) => (element as HTMLDetailsElement).open))) await packets.locator("summary").click();
    await part.locator(".packet-open").first().click();
    await part.locator(".layer").first().click();
    await expect(part.locator(".hexdump .is-chosen").first()).toBeVisible();
    await part.getByRole("button", { name: /^Copy as BPF/ }).click();
    await expect(part.locator(".copied code")).toBeVisible();
  }
}

/** Pixels by which the page is wider than its window. */
const overflow = (app: Wiresift) =>
  app.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

for (const width of [390, 768, 1280, 3840]) {
  test(`nothing scrolls sideways at ${width} pixels`, async ({ app }) => {
    await app.page.setViewportSize({ width, height: 844 });
    await app.open();
    expect(await overflow(app)).toBe(0);
    await app.analyse(capture);
    await app.rows.first().click();
    await expect(app.page.locator("aside.details h2")).toBeVisible();
    expect(await overflow(app)).toBe(0);
    await openPackets(app);
    expect(await overflow(app)).toBe(0);
    await app.text();
    expect(await overflow(app)).toBe(0);
    await app.page.getByRole("banner").getByRole("button", { name: /Settings/ }).click();
    await expect(app.page.getByRole("dialog")).toBeVisible();
    expect(await overflow(app)).toBe(0);
  });
}

test("charts have the screen's pixels and follow its size", async ({ browser }) => {
  const context = await browser.newContext({ deviceScaleFactor: 2, viewport: { width: 1200, height: 800 } });
  const page = await context.newPage();
  const app = new Wiresift(page);
  await app.open();
  await app.analyse(capture);
  const ratio = () =>
    app.page.getByRole("img", { name: /^Scatter/ }).evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      return [canvas.width / canvas.getBoundingClientRect().width, canvas.getBoundingClientRect().width] as const;
    });
  const [dense, width] = await ratio();
  expect(dense).toBeCloseTo(2, 1);
  await page.setViewportSize({ width: 700, height: 800 });
  await expect.poll(async () => (await ratio())[1]).not.toBe(width);
  await expect.poll(async () => (await ratio())[0]).toBeCloseTo(2, 1);
  expect(app.complaints).toEqual([]);
  await context.close();
});

test("dark and light follow the system and the switch, charts too", async ({ app }) => {
  await app.open();
  await app.analyse(capture);
  const ground = () => app.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const corner = () =>
    app.page.getByRole("img", { name: /^Histogram/ }).evaluate((element) => {
      const [r = 0, g = 0, b = 0] = (element as HTMLCanvasElement).getContext("2d")?.getImageData(2, 2, 1, 1).data ?? [];
      return r + g + b;
    });
  const light = await ground();
  expect(await corner()).toBe(765);
  await app.page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(ground).not.toBe(light);
  await expect.poll(corner).toBeLessThan(120);
  await app.page.getByLabel("Theme").selectOption("light");
  await expect.poll(ground).toBe(light);
  await expect.poll(corner).toBe(765);
});

for (const theme of ["light", "dark"] as const) {
  test(`axe finds nothing in any view, ${theme}`, async ({ app, context }) => {
    test.setTimeout(420_000);
    // The scanner brings its own script into the page, and looks at every element.
    test.skip(context.browser() === null);
    await app.page.emulateMedia({ colorScheme: theme });
    await app.open();
    await app.text();
    await scan(app, "start");
    await app.analyse(little);
    await app.rows.first().click();
    await expect(app.page.locator(".contributions")).toBeVisible();
    await openPackets(app);
    await scan(app, "result with packets, layers and bytes");
    await app.page.getByRole("combobox", { name: "Filter" }).fill("colour == red");
    await expect(app.page.locator("#filter-problem mark")).toBeVisible();
    await app.text();
    await scan(app, "result with everything open");
    await app.page.evaluate(() => {
      for (const menu of document.querySelectorAll<HTMLDetailsElement>(".menu")) menu.open = false;
    });
    await app.page.getByRole("banner").getByRole("button", { name: /Settings/ }).click();
    await scan(app, "settings");
    await app.page.keyboard.press("Escape");
    await app.analyse(file("cut.pcap", capture.buffer.subarray(0, 5000)));
    // What is new in these views: the rest was looked at before.
    await scan(app, "partial", ".banner");
    await app.analyse(file("talk.pcapng", talkative("of the lab")), little);
    await app.text();
    await scan(app, "several files, everything open");
    await app.drop(little, little);
    await expect(app.problem.first()).toContainText("twice");
    await scan(app, "twice the same name", ".banner");
    await app.choose(file("none.pcap", Buffer.from("nothing")));
    await expect(app.page.locator(".banner-bad")).toBeVisible();
    await scan(app, "rejected");
  });
}

test("forced colours and no motion change nothing that matters", async ({ app }) => {
  await app.page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
  await app.open();
  await app.analyse(capture);
  await expect(app.rows.first()).toBeVisible();
});

test("everything is reached by the tabulator key", async ({ app }) => {
  await app.open();
  await app.page.keyboard.press("Tab");
  await expect(app.page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await app.analyse(capture);
  await expect(app.verdict).toBeFocused();
  const reached = new Set<string>();
  // The overview alone has dozens of buttons.
  for (let i = 0; i < 120; i += 1) {
    await app.page.keyboard.press("Tab");
    reached.add(await app.page.evaluate(() => document.activeElement?.getAttribute("role") ?? document.activeElement?.tagName ?? ""));
  }
  for (const what of ["BUTTON", "SUMMARY", "slider", "grid", "INPUT"]) expect([...reached]).toContain(what);
});
