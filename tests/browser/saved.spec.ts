// What is saved is safe to open elsewhere, says nothing it should not, and is the same everywhere.
import { named, office, splitRecords, Capture, talkative } from "./support/captures";
import { cicflowmeter } from "./support/tables";
import { expect, file, test, Wiresift } from "./support/test";

/** The cells of a CSV by RFC 4180. */
function cells(csv: string): string[] {
  return [...csv.matchAll(/(?:^|,|\r?\n)(?:"((?:[^"]|"")*)"|([^,\r\n"]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "");
}

test("g1, g2: no cell of a saved table is a formula, and none breaks its row", async ({ app }) => {
  const label = '=HYPERLINK("http://x","a, b")';
  await app.open();
  await app.analyse(file("flows.csv", cicflowmeter({ label: `"${label.replaceAll('"', '""')}"` })));
  const { bytes } = await app.export("Flows (CSV)");
  const csv = bytes.toString();
  const found = cells(csv);
  expect(found).toContain(`'${label}`);
  const width = csv.split("\n", 1)[0]?.split(",").length ?? 0;
  expect(found.filter((cell) => cell !== "").length).toBeGreaterThan(300);
  expect(cells(csv.trimEnd()).length % width).toBe(0);
  // A minus begins numbers of our own; everything else that begins a formula begins none.
  expect(found.filter((cell) => /^[=+@\t\r]|^-(?![\d.]|$)/.test(cell))).toEqual([]);
});

test("g7: secrets of a capture are in nothing that is saved", async ({ app }) => {
  const secret = "dXNlcjpwYXNzd29yZA==";
  const capture = new Capture();
  for (const { data } of splitRecords(office(3, 60))) capture.wait(0.1).record(data);
  const [from, to] = [{ ip: "10.1.0.9", port: 50_002 }, { ip: "203.0.113.9", port: 80 }];
  const lines = ["GET / HTTP/1.1", "Host: example.org", `Authorization: Basic ${secret}`, `Cookie: id=${secret}`, "", ""];
  capture.say("tcp", from, to, Buffer.from(lines.join("\r\n")));
  await app.open();
  await app.analyse(file("secret.pcap", capture.bytes()));
  for (const name of ["Whole report (JSON)", "Flows (NDJSON)", "Features (CSV)"]) {
    const { bytes } = await app.export(name);
    expect(bytes.length).toBeGreaterThan(1000);
    expect(bytes.includes(secret), name).toBe(false);
  }
  expect(await app.text()).not.toContain(secret);
});

test("g8: neither time zone nor language change a byte of what is saved", async ({ app, browser }) => {
  const capture = file("office.pcap", office(3, 60));
  const saved = async (at: Wiresift) => {
    await at.open();
    await at.analyse(capture);
    return [await at.export("Whole report (JSON)"), await at.export("Flows (CSV)")].map(({ bytes }) => bytes);
  };
  const context = await browser.newContext({ timezoneId: "Asia/Kathmandu", locale: "ar-EG" });
  const there = await saved(new Wiresift(await context.newPage()));
  const here = await saved(app);
  expect(here.map((bytes, i) => bytes.equals(there[i] as Buffer))).toEqual([true, true]);
  await context.close();
});

test("f7: that only a part was read is said in every view, and in the report", async ({ app }) => {
  const whole = office(3, 60);
  await app.open();
  await app.analyse(file("cut.pcap", whole.subarray(0, whole.length - 7)));
  const banner = app.page.locator(".banner");
  await expect(banner).toContainText("partial: truncated");
  await app.page.getByRole("combobox", { name: "Filter" }).fill("host 10.1.0.66");
  await expect.poll(() => app.selected()).toBe(40);
  await expect(banner).toBeVisible();
  const report = JSON.parse((await app.export("Whole report (JSON)")).bytes.toString());
  expect(report.outcome).toMatchObject({ status: "partial", reason: "truncated" });
});

test("g3: the report of hostile words is JSON, in UTF-8", async ({ app }) => {
  await app.open();
  await app.analyse(file("a.pcap", named("a\u2028b\u2029\ud800c")), file("b.pcapng", talkative('"\\\u2028\u0000\uffff')));
  const { bytes } = await app.export("Whole report (JSON)");
  const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  expect(JSON.stringify(JSON.parse(text)).length).toBeGreaterThan(1000);
  const lines = (await app.export("Flows (NDJSON)")).bytes.toString().trim().split("\n");
  for (const line of lines) JSON.parse(line);
});
