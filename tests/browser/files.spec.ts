// Several captures, and folders of them: one report in the order of their packets.
import { office, talkative } from "./support/captures";
import { expect, file, folderOnDisk, NOT_A_NUMBER, test } from "./support/test";

const NOON = 1_750_000_000;
const rotated = {
  first: office(1, 40, NOON),
  second: office(2, 40, NOON + 3600),
  third: office(3, 40, NOON + 7200),
};

test("several files are one report, in order of their first packets", async ({ app }) => {
  await app.open();
  await app.analyse(file("c.pcap", rotated.first), file("a.pcap", rotated.third), file("b.pcap", rotated.second));
  await expect(app.page.locator("header .current")).toContainText("and 2 more");
  await expect(app.files).toHaveCount(3);
  await expect(app.files.locator("th")).toHaveText(["c.pcap", "b.pcap", "a.pcap"]);
  await expect(app.files.first()).toContainText("complete");
  const [packets, ...parts] = [await app.figure("Packets"), ...(await app.files.locator("td:last-child").allInnerTexts())];
  const number = (text: string) => Number(text.replaceAll(",", ""));
  expect(parts.reduce((sum, text) => sum + number(text), 0)).toBe(number(packets));
  // In order of time nothing runs backwards.
  expect(await app.text()).not.toMatch(/backwards/i);
});

test("a file that is no capture is listed with its reason, last", async ({ app }) => {
  await app.open();
  await app.analyse(file("bad.txt", Buffer.from("no capture at all")), file("office.pcap", rotated.first));
  await expect(app.page.getByRole("heading", { name: "Not all of the files could be read whole." })).toBeVisible();
  await expect(app.files.locator("th")).toHaveText(["office.pcap", "bad.txt"]);
  await expect(app.files.nth(1)).toContainText("rejected: unknown format");
  await expect(app.files.nth(1).locator(".under")).not.toBeEmpty();
});

test("a23: the same name twice is refused by name", async ({ app }) => {
  await app.open();
  await app.drop(file("same.pcap", rotated.first), file("other.pcap", rotated.second), file("same.pcap", rotated.third));
  await expect(app.problem).toContainText("Two of the files have the same name.");
  await expect(app.problem).toContainText("twice: same.pcap");
  await expect(app.page.getByRole("button", { name: "Choose files" })).toBeVisible();
  // And a report that is there stays.
  await app.analyse(file("office.pcap", rotated.first));
  await app.drop(file("x.pcap", rotated.first), file("x.pcap", rotated.second));
  await expect(app.problem).toContainText("twice: x.pcap");
  await expect(app.verdict).toBeVisible();
});

const inFolders = {
  "readme.txt": Buffer.from("These are captures."),
  "picture.pcap": Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"),
  "no-extension": rotated.second,
  "monday/same.pcap": rotated.first,
  "tuesday/same.pcap": rotated.third,
  "tuesday/deep/er/empty.pcap": Buffer.alloc(0),
};

async function expectFolder(app: import("./support/test").Wiresift): Promise<void> {
  await expect(app.verdict).toBeVisible();
  await expect(app.files.locator("th")).toHaveText(["week/monday/same.pcap", "week/no-extension", "week/tuesday/same.pcap"]);
  const left = app.page.getByText("3 other files were left out: they are no captures");
  await left.click();
  await expect(app.page.locator(".files")).toContainText("week/readme.txt");
  await expect(app.page.locator(".files")).toContainText("week/picture.pcap");
  expect(await app.text()).not.toMatch(NOT_A_NUMBER);
}

test("a23: a chosen folder gives its captures, by content", async ({ app }) => {
  await app.open();
  await app.chooseFolder(folderOnDisk("week", inFolders));
  await expectFolder(app);
});

for (const from of ["a server", "disk"]) {
  test(`a23: a dropped folder gives its captures, by content, on a page from ${from}`, async ({ app, served }) => {
    await app.open(from === "disk" ? undefined : served.url);
    await app.dropPaths(folderOnDisk("week", inFolders));
    await expectFolder(app);
  });
}

test("a dropped folder and a file beside it, and more entries than one batch has", async ({ app, served }) => {
  await app.open(served.url);
  const many = Object.fromEntries(Array.from({ length: 230 }, (_, i) => [`note-${i}.txt`, Buffer.from("x")]));
  const folder = folderOnDisk("many", { ...many, "z.pcap": rotated.second });
  const beside = folderOnDisk("beside", { "alone.pcap": rotated.first });
  await app.dropPaths(folder, `${beside}/alone.pcap`);
  await expect(app.verdict).toBeVisible();
  await expect(app.files.locator("th")).toHaveText(["alone.pcap", "many/z.pcap"]);
  await expect(app.page.getByText("230 other files were left out")).toBeVisible();
});

test("a23: a folder without captures is answered with a word", async ({ app }) => {
  await app.open();
  await app.dropPaths(folderOnDisk("notes", { "a.txt": Buffer.from("a"), "b/c.txt": Buffer.from("c") }));
  await expect(app.problem).toContainText("There is no capture in this folder.");
  await expect(app.problem).toContainText("2 looked at, none begins as a capture does: notes/a.txt");
  await app.dropPaths(folderOnDisk("empty", {}));
  await expect(app.problem).toContainText("There is nothing in this folder.");
  await app.analyse(file("office.pcap", rotated.first));
  await expect(app.problem).toHaveCount(0);
});

test("looking through a folder can be cancelled", async ({ app }) => {
  await app.page.addInitScript(() => {
    // A folder that never ends.
    DataTransferItem.prototype.webkitGetAsEntry = () => endless("endless") as never;
    function endless(name: string): object {
      const child = () => endless(`${name}/x`);
      const readEntries = (take: (batch: object[]) => void) => setTimeout(() => take([child(), child()]), 5);
      return { isFile: false, isDirectory: true, name, fullPath: `/${name}`, createReader: () => ({ readEntries }) };
    }
  });
  await app.open();
  await app.drop(file("folder", Buffer.from("x")));
  await expect(app.page.locator(".running")).toContainText("Looking for captures in");
  await app.page.getByRole("button", { name: "Cancel" }).click();
  await expect(app.page.getByRole("button", { name: "Choose files" })).toBeVisible();
  await app.analyse(file("office.pcap", rotated.first));
});

test("f1, f2: what a capture says of itself is shown as text, with what is hidden written out", async ({ app }) => {
  await app.open();
  await app.analyse(file("talk.pcapng", talkative("<img src=x onerror=alert(1)>\u202e")));
  const text = await app.page.locator(".files").evaluate((element) => element.textContent ?? "");
  for (const word of ["machine", "system", "program", "about", "wire", "described", "first", "scanner"]) {
    expect(text).toContain(`${word} <img src=x onerror=alert(1)>\\u202e`);
  }
  await app.page.getByText("What the capture says of itself").click();
  await expect(app.page.getByRole("heading", { name: "Names, as the capture names them" })).toBeVisible();
  await expect(app.page.locator(".files")).toContainText("10.1.0.66");
  await expect(app.page.locator(".files")).toContainText("Packet 1:");
  await expect(app.page.locator(".files tbody tr", { hasText: "wire" })).toContainText("42");
  expect(await app.page.locator("#app img").count()).toBe(0);
  expect(text).not.toMatch(NOT_A_NUMBER);
});
