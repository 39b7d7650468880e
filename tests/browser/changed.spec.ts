// Files that change, go away or come back while they are read.
import { appendFileSync, renameSync, truncateSync, unlinkSync, writeFileSync } from "node:fs";
import { many, office } from "./support/captures";
import { expect, file, holdSlices, onDisk, test } from "./support/test";

/** More than one slice of 4 MiB. */
const big = many(40_000);

const CHANGES: [what: string, change: (path: string) => void][] = [
  ["rewritten", (path) => writeFileSync(path, Buffer.alloc(big.length, 7))],
  ["cut", (path) => truncateSync(path, 1000)],
  ["grown", (path) => appendFileSync(path, office().subarray(24))],
];

for (const [what, change] of CHANGES) {
  test(`a24: a file that is ${what} while it is read keeps its valid beginning`, async ({ app }) => {
    const goOn = await holdSlices(app, 1);
    await app.open();
    const path = onDisk("live.pcap", big);
    await app.page.waitForTimeout(1100);
    await app.choose(path);
    // The first slice is in, the second is on its way.
    await expect(app.page.locator(".running .figure", { hasText: "Read" }).first()).toContainText(/4\.\d MB of|[1-3]\.\d MB of/);
    change(path);
    await goOn();
    await expect(app.verdict).toBeVisible();
    await expect(app.page.locator(".banner")).toContainText("The file changed while it was read");
    await expect(app.page.locator(".banner")).toContainText(/partial: file_changed, at byte [\d,]+/);
    await expect(app.rows.first()).toBeVisible();
    await expect(app.files).toContainText("file changed");
    // Its packets are not to be had, and that is said.
    await app.page.getByLabel("Anomalies only").uncheck();
    await app.rows.first().click();
    const packets = app.page.locator("aside.details .packets");
    await packets.locator("summary").first().click();
    await expect(packets).toContainText("The file changed since it was read: drop it again.");
  });
}

test("a24: the same name chosen again is read as it is now", async ({ app }) => {
  const goOn = await holdSlices(app, 1);
  await app.open();
  const path = onDisk("live.pcap", big);
  await app.page.waitForTimeout(1100);
  await app.choose(path);
  await expect(app.page.locator(".running .figure", { hasText: "Read" }).first()).toContainText(/[1-4]\.\d MB of/);
  writeFileSync(path, office());
  await goOn();
  await expect(app.page.locator(".banner")).toContainText("file_changed");
  const chooser = app.page.waitForEvent("filechooser");
  await app.page.locator(".banner").getByRole("button", { name: "Choose again" }).click();
  await (await chooser).setFiles(path);
  await expect(app.page.locator(".banner")).toHaveCount(0, { timeout: 20_000 });
  expect(await app.figure("Flows")).toBe("521");
});

test("a26: a file that is away says so by name, and is read when it is back", async ({ app }) => {
  const goOn = await holdSlices(app, 0);
  await app.open();
  const path = onDisk("away.pcap", office());
  await app.choose(path);
  await expect(app.page.locator(".running .figure", { hasText: "Read" }).first()).toContainText(/ of \d/);
  renameSync(path, `${path}.moved`);
  await goOn();
  await expect(app.page.locator(".banner")).toContainText("The file could not be read.");
  await expect(app.page.locator(".banner")).toContainText(/rejected: io, at byte 0\..*cannot be read at byte 0/);
  await expect(app.files).toContainText("away.pcap");
  renameSync(`${path}.moved`, path);
  await app.page.locator(".banner").getByRole("button", { name: "Try again" }).click();
  await expect(app.page.locator(".banner")).toHaveCount(0);
  await expect(app.verdict).toBeVisible();
  expect(await app.figure("Flows")).toBe("521");
});

test("a26: of several files the one that is gone does not take the others with it", async ({ app }) => {
  // Both beginnings are looked at, for the order.
  const goOn = await holdSlices(app, 2);
  await app.open();
  const [one, two] = [onDisk("one.pcap", office(1, 60)), onDisk("two.pcap", office(2, 60, 1_750_010_000))];
  await app.choose(one, two);
  await expect(app.page.locator(".running .figure", { hasText: "Read" }).first()).toContainText(/ of \d/);
  unlinkSync(two);
  await goOn();
  await expect(app.page.locator(".banner")).toContainText("some_files");
  await expect(app.files.locator("th")).toHaveText(["one.pcap", "two.pcap"]);
  await expect(app.files.nth(0)).toContainText("complete");
  await expect(app.files.nth(1)).toContainText("rejected: io");
  await expect(app.page.locator(".banner").getByRole("button", { name: "Try again" })).toBeVisible();
});

test("a26: a file that goes before the page has looked at it is not called empty", async ({ app }) => {
  const path = onDisk("gone.pcap", office());
  await app.page.exposeFunction("beforeChange", () => unlinkSync(path));
  await app.page.addInitScript(() => {
    let isHeld = false;
    window.addEventListener(
      "change",
      (event) => {
        if (isHeld) return;
        isHeld = true;
        event.stopImmediatePropagation();
        const { beforeChange } = window as unknown as { beforeChange: () => Promise<void> };
        void beforeChange().then(() => event.target?.dispatchEvent(new Event("change", { bubbles: true })));
      },
      true,
    );
  });
  await app.open();
  await app.choose(path);
  await expect(app.page.locator(".banner")).toContainText(/rejected: io, at byte 0\..*cannot be read at byte 0/);
});

test("a file handed over without a disk is never taken for a changed one", async ({ app }) => {
  await app.open();
  await app.analyse(file("memory.pcap", big));
  // It has more hosts than get rows: that is said, and nothing else.
  await expect(app.page.locator(".banner").filter({ hasNotText: "beyond the host table's limit" })).toHaveCount(0);
});
