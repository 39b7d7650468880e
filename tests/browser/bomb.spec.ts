// Compressed captures that hold a thousand times what they seem to.
import { gzipSync } from "node:zlib";
import { fileHeader, office } from "./support/captures";
import { expect, file, onDisk, test } from "./support/test";

/** A capture of zero-length records without end: so many times 64 MiB of zeros, 65 kB each as they are stored. */
function bomb(times: number): Buffer {
  const zeros = gzipSync(Buffer.alloc(64 * 1024 * 1024), { level: 9 });
  return Buffer.concat([gzipSync(fileHeader()), ...Array.from({ length: times }, () => zeros)]);
}

test("compressed captures are read", async ({ app }) => {
  await app.open();
  await app.analyse(file("office.pcap.gz", gzipSync(office())));
  expect(await app.figure("Flows")).toBe("521");
  await expect(app.files.first()).toContainText("pcap, gzip");
  // Its packets too, though no place in it can be gone to.
  const finding = app.page.locator(".finding").first();
  await finding.locator(".packets > summary").click();
  await expect(finding.locator(".packet-list")).toBeVisible();
});

test("a22: a bomb ends at the limit, and says how to go on", async ({ app }) => {
  await app.open();
  await app.analyse(onDisk("bomb.pcap.gz", bomb(32)));
  await expect(app.page.locator(".banner")).toContainText("partial: expansion_limit");
  await expect(app.page.locator(".banner")).toContainText("Higher limits are in the settings");
});

test("a22: a bomb without a limit can be cancelled at once", async ({ app }) => {
  await app.open();
  await app.page.getByRole("banner").getByRole("button", { name: /Settings/ }).click();
  await app.page.locator("#setting-max-expansion").fill("1000000");
  await app.page.getByRole("button", { name: "Use", exact: true }).click();
  await app.choose(onDisk("bomb.pcap.gz", bomb(160)));
  const packets = app.page.locator(".running .figure", { hasText: /^Packets/ }).first();
  const first = await packets.innerText();
  // It goes on telling how far it is.
  await expect.poll(() => packets.innerText()).not.toBe(first);
  const begun = Date.now();
  await app.page.getByRole("button", { name: "Cancel" }).click();
  await expect(app.page.getByRole("button", { name: "Choose files" })).toBeVisible({ timeout: 1000 });
  test.info().annotations.push({ type: "cancelled after (ms)", description: String(Date.now() - begun) });
  await app.analyse(file("office.pcap", office()));
  expect(await app.figure("Flows")).toBe("521");
});
