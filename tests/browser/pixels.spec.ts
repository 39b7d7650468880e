// Charts on a screen of more pixels than others.
import { office } from "./support/captures";
import { inOneProcess } from "./support/launch";
import { expect, file, test, Wiresift } from "./support/test";

const capture = file("office.pcap", office());

test.use({ launchOptions: inOneProcess });

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
