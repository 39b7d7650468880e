// Files that are empty, cut, hostile or no captures: each ends in a message, never in a number that is none.
import { fileHeader, office } from "./support/captures";
import { expect, file, NOT_A_NUMBER, test } from "./support/test";

const good = office(3, 60);

interface Case {
  what: string;
  bytes: Buffer;
  title: RegExp;
  says: RegExp;
}

const CASES: Case[] = [
  { what: "an empty file", bytes: Buffer.alloc(0), title: /could not be read/, says: /rejected: empty_file/ },
  { what: "a cut header", bytes: fileHeader().subarray(0, 13), title: /could not be read/, says: /rejected: short_header/ },
  { what: "a header and no packets", bytes: fileHeader(), title: /sound and holds no packets/, says: /without traffic/ },
  { what: "a picture", bytes: Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"), title: /could not be read/, says: /rejected: unknown_format/ },
  { what: "a web page", bytes: Buffer.from("<!doctype html><script>alert(1)</script>"), title: /could not be read/, says: /unknown_format/ },
  { what: "a file cut in a packet", bytes: good.subarray(0, good.length - 7), title: /Only part of the file/, says: /partial: truncated, at byte [\d,]+/ },
  { what: "one packet", bytes: good.subarray(0, 24 + 16 + good.readUInt32LE(32)), title: /./, says: /./ },
];

for (const { what, bytes, title, says } of CASES) {
  test(`f6: ${what} is explained`, async ({ app }) => {
    await app.open();
    await app.analyse(file("case.pcap", bytes));
    if (what === "one packet") await expect(app.verdict).toContainText("Not enough data");
    else {
      await expect(app.page.locator(".banner h2")).toHaveText(title);
      await expect(app.page.locator(".banner")).toContainText(says);
    }
    expect(await app.text()).not.toMatch(NOT_A_NUMBER);
    // And the next one is read as if nothing had been.
    await app.analyse(file("good.pcap", good));
    await expect(app.rows.first()).toBeVisible();
    await expect(app.page.locator(".banner")).toHaveCount(0);
  });
}

const NAMES = [
  "<img src=x onerror=alert(1)>.pcap",
  "<script>alert(1)<_script>.pcap",
  "a\u202egnp.pcap",
  "zero\u200bwidth\u0007bell.pcap",
  "__proto__",
  `${"long".repeat(60)}.pcap`,
];

test("f1, f2: hostile file names are text, with what is hidden written out", async ({ app }) => {
  await app.open();
  for (const name of NAMES) {
    await app.drop(file(name, good));
    await expect(app.rows.first()).toBeVisible();
    const found = await app.page.evaluate(() => ({
      images: document.querySelectorAll("#app img").length,
      scripts: document.querySelectorAll("#app script").length,
      links: [...document.querySelectorAll("#app a")].map((link) => link.getAttribute("href")),
      hidden: /[\u0000-\u0008\u200b-\u200f\u202a-\u202e]/.test(document.body.textContent ?? ""),
    }));
    expect(found).toEqual({ images: 0, scripts: 0, links: ["#main"], hidden: false });
    await expect(app.page.locator(".verdict .meta").first()).toContainText(name.slice(0, 1));
  }
  await expect(app.page.locator("header .current")).toContainText("longlong");
  await app.drop(file("a\u202egnp.pcap", good));
  await expect(app.page.locator("header .current")).toHaveText("a\\u202egnp.pcap");
});

test("Ctrl+O opens the file dialog", async ({ app }) => {
  await app.open();
  // Again where the key came before the browser let choosers be waited for.
  await expect(async () => {
    const chooser = app.page.waitForEvent("filechooser", { timeout: 3000 });
    await app.page.keyboard.press("Control+o");
    await (await chooser).setFiles(file("good.pcap", good) as never);
  }).toPass();
  await expect(app.rows.first()).toBeVisible();
});
