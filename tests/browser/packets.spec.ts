// The packets behind a row, a finding and a selection: read from the file again when they are asked for.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { office, splitRecords, talkative } from "./support/captures";
import { expect, file, NOT_A_NUMBER, onDisk, slowSlices, test, type Wiresift } from "./support/test";

const bytes = office();
const capture = file("office.pcap", bytes);
const records = splitRecords(bytes);

/** Opens the packets of the row that the filter finds. */
async function openPackets(app: Wiresift, filter: string) {
  await app.page.getByLabel("Anomalies only").uncheck();
  await app.page.getByRole("combobox", { name: "Filter" }).fill(filter);
  await expect.poll(() => app.selected()).toBe(1);
  await app.rows.first().click();
  const packets = app.page.locator("aside.details .packets");
  await packets.locator("summary").first().click();
  return packets;
}

/** Records of a pcapng of one section, with the length on the wire. */
function enhancedPackets(pcapng: Buffer): { data: Buffer; length: number; options: number }[] {
  const found: { data: Buffer; length: number; options: number }[] = [];
  for (let at = 0; at < pcapng.length; at += pcapng.readUInt32LE(at + 4)) {
    if (pcapng.readUInt32LE(at) !== 6) continue;
    const captured = pcapng.readUInt32LE(at + 20);
    const options = pcapng.readUInt32LE(at + 4) - 32 - Math.ceil(captured / 4) * 4;
    found.push({ data: pcapng.subarray(at + 28, at + 28 + captured), length: pcapng.readUInt32LE(at + 24), options });
  }
  return found;
}

test("a row's packets are listed with their layers and bytes", async ({ app }) => {
  await app.open();
  await app.analyse(capture);
  const packets = await openPackets(app, "10.1.0.77");
  await expect(packets).toContainText("200 of 302 packets shown");
  const lines = packets.locator(".packet-list > table > tbody > tr:not([id])");
  await expect(lines).toHaveCount(200);
  await expect(lines.first()).toContainText(/ethernet \/ ipv4 \/ tcp/i);

  const third = lines.nth(2);
  await third.getByRole("button").click();
  const number = Number((await third.locator("th").innerText()).replaceAll(/\D/g, ""));
  const record = records[number - 1];
  if (record === undefined) throw new Error(`no record ${number}`);
  expect(Number((await third.locator("td.number").innerText()).replaceAll(",", ""))).toBe(record.data.length);
  const dump = packets.locator(".hexdump");
  await expect(dump.locator("tbody tr").first().locator("th")).toHaveText("0000");
  const hex = (await dump.locator("tbody td:nth-child(2)").allTextContents()).join(" ").replaceAll(/\s+/g, "");
  expect(hex).toBe(record.data.subarray(0, 256).toString("hex"));
  await expect(packets.locator(".dissection")).toContainText("The first 256 of 1,454 captured bytes.");

  // A layer is chosen by its button, said in words, and marked among the bytes.
  const ip = packets.locator(".layer", { has: app.page.getByText("ipv4", { exact: true }) });
  await ip.click();
  await expect(ip).toHaveAttribute("aria-pressed", "true");
  await expect(packets.locator(".dissection > .hint")).toContainText("bytes 14 to 33");
  const chosen = await dump.locator("td:nth-child(2) .is-chosen").allTextContents();
  expect(chosen.join(" ").replaceAll(" ", "")).toBe(record.data.subarray(14, 34).toString("hex"));
  await third.getByRole("button").click();
  await expect(dump).toHaveCount(0);
  expect(await app.text()).not.toMatch(NOT_A_NUMBER);
});

test("the packets stay open from row to row", async ({ app }) => {
  await app.open();
  await app.analyse(capture);
  const packets = await openPackets(app, "10.1.0.77");
  await expect(packets).toContainText("200 of 302");
  await app.page.getByRole("combobox", { name: "Filter" }).fill("10.1.0.66");
  await expect.poll(() => app.selected()).toBe(40);
  await app.rows.first().click();
  await expect(packets).toContainText("1 of 1 packet shown");
  await app.page.getByRole("grid").focus();
  for (let i = 0; i < 12; i += 1) await app.page.keyboard.press("ArrowDown");
  await expect(packets).toContainText("1 of 1 packet shown");
});

test("packets of rows are packets too", async ({ app }) => {
  await app.open();
  await app.analyse(capture);
  await app.page.getByRole("banner").getByRole("button", { name: /Settings/ }).click();
  await app.page.getByLabel("Unit of analysis").selectOption("packet");
  await app.page.getByRole("button", { name: "Apply and read again" }).click();
  await expect(app.page.getByRole("heading", { name: "Packets", exact: true })).toBeVisible();
  await app.rows.first().click();
  const packets = app.page.locator("aside.details .packets");
  await packets.locator("summary").first().click();
  await expect(packets).toContainText("1 of 1 packet shown");
});

test("g5: saved packets are byte for byte those of the capture", async ({ app }) => {
  await app.open();
  await app.analyse(capture);
  const packets = await openPackets(app, "10.1.0.77");
  const { name, bytes: saved } = await app.saved(() => packets.getByRole("button", { name: "Save these packets" }).click());
  expect(name).toMatch(/^office-flow-C[A-Za-z0-9]+\.pcapng$/);
  await expect(app.page.locator(".notice")).toContainText("302 packets");
  const ours = enhancedPackets(saved);
  const theirs = records.filter(({ data }) => data.subarray(26, 34).includes(Buffer.from([10, 1, 0, 77])));
  expect(ours.length).toBe(302);
  expect(ours.every(({ data }, i) => data.equals(theirs[i]?.data ?? Buffer.alloc(0)))).toBe(true);
  const path = onDisk("saved.pcapng", saved);
  let told = "";
  try {
    told = execFileSync("capinfos", ["-Mc", path], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    // Wireshark's tools are not everywhere.
  }
  if (told !== "") expect(told).toMatch(/Number of packets:\s+302/);
});

test("a finding's packets and those of the table's selection are saved", async ({ app }) => {
  await app.open();
  await app.analyse(capture, file("more.pcap", office(9, 60, 1_750_100_000)));
  const finding = app.page.locator(".finding").first();
  const total = Number((await finding.locator(".packets > summary .meta-inline").innerText()).replaceAll(",", ""));
  await finding.locator(".packets > summary").click();
  await expect(finding).toContainText(/\d+ of [\d,]+ packets? shown/);
  const one = await app.saved(() => finding.getByRole("button", { name: "Save these packets" }).click());
  expect(one.name).toBe("office-finding-F1.pcapng");
  expect(enhancedPackets(one.bytes)).toHaveLength(total);

  await app.page.getByLabel("Anomalies only").uncheck();
  const all = await app.saved(() => app.page.getByRole("button", { name: "Save the packets of these" }).click());
  expect(all.name).toBe("office-selection.pcapng");
  const packets = Number((await app.figure("Packets")).replaceAll(",", ""));
  expect(enhancedPackets(all.bytes)).toHaveLength(packets);
  await app.page.getByRole("combobox", { name: "Filter" }).fill("192.0.2.123");
  await expect.poll(() => app.selected()).toBe(0);
  await expect(app.page.getByRole("button", { name: "Save the packets of these" })).toBeDisabled();
});

test("the sample's packets are there without a file", async ({ app }) => {
  await app.open();
  await app.page.getByRole("button", { name: "Try a sample" }).click();
  await expect(app.verdict).toBeVisible();
  const finding = app.page.locator(".finding").first();
  await finding.locator(".packets > summary").click();
  await expect(finding.locator(".packet-list")).toBeVisible();
  const saved = await app.saved(() => finding.getByRole("button", { name: "Save these packets" }).click());
  expect(saved.name).toBe("sample-finding-F1.pcapng");
});

test("packets to be given away are headers only, and other addresses where that is chosen", async ({ app }) => {
  await app.open();
  await app.analyse(capture);
  await app.page.getByLabel("Anomalies only").uncheck();
  const actions = app.page.locator(".selection-actions");
  const save = async (how: string) => {
    await actions.getByLabel("What is saved of the packets").selectOption(how);
    await expect(app.page.locator(".saving")).toHaveCount(0);
    return app.saved(() => actions.getByRole("button", { name: "Save the packets of these" }).click());
  };
  const headers = await save("headers only");
  expect(headers.name).toBe("office-selection-headers.pcapng");
  const cut = enhancedPackets(headers.bytes);
  expect(cut).toHaveLength(records.length);
  // One expectation for all packets: each costs some milliseconds.
  const whole = (i: number) => records[i]?.data ?? Buffer.alloc(0);
  const isCut = cut.map(
    ({ data, length }, i) =>
      length === whole(i).length && data.length <= 74 && whole(i).subarray(0, data.length).equals(data),
  );
  expect(isCut.filter((is) => !is)).toEqual([]);

  const given = await save("headers, addresses anonymised");
  expect(given.name).toBe("office-selection-anonymous.pcapng");
  expect(given.bytes.includes("Crypto-PAn")).toBe(true);
  const addresses = new Map<string, string>();
  const isOther = enhancedPackets(given.bytes).map(({ data, length }, i) => {
    const ends = [26, 30].map((at) => {
      const [from = "", to = ""] = [whole(i), data].map((bytes) => bytes.subarray(at, at + 4).toString("hex"));
      const known = addresses.get(from) ?? to;
      addresses.set(from, to);
      return from !== to && known === to;
    });
    // Ports stay.
    const isSame = data.subarray(34, 38).equals(whole(i).subarray(34, 38));
    return length === whole(i).length && data.length === cut[i]?.data.length && isSame && !ends.includes(false);
  });
  expect(isOther).toHaveLength(records.length);
  expect(isOther.filter((is) => !is)).toEqual([]);
  expect(new Set(addresses.values()).size).toBe(addresses.size);
  // One secret as long as the page is open.
  expect((await save("headers, addresses anonymised")).bytes.equals(given.bytes)).toBe(true);
  await app.open();
  await app.analyse(capture);
  await app.page.getByLabel("Anomalies only").uncheck();
  expect((await save("headers, addresses anonymised")).bytes.equals(given.bytes)).toBe(false);
});

test("comments are kept only when that is asked for", async ({ app }) => {
  await app.open();
  await app.analyse(file("talk.pcapng", talkative("secret word")));
  await app.page.getByLabel("Anomalies only").uncheck();
  const save = () => app.saved(() => app.page.getByRole("button", { name: "Save the packets of these" }).click());
  const without = (await save()).bytes;
  expect(without.includes("first secret word") || without.includes("about secret word")).toBe(false);
  await app.page.locator(".selection-actions").getByLabel("with their comments").check();
  await expect(app.page.locator(".saving")).toHaveCount(0);
  expect((await save()).bytes.includes("first secret word")).toBe(true);
});

test("saving says how far it is, and stops when it is told to", async ({ app }) => {
  await slowSlices(app, 9);
  await app.open();
  const big = Buffer.concat([bytes, ...Array.from({ length: 25 }, () => bytes.subarray(24))]);
  expect(big.length).toBeGreaterThan(5 * 4 * 1024 * 1024);
  await app.analyse(onDisk("big.pcap", big));
  await app.page.getByLabel("Anomalies only").uncheck();
  await app.page.getByRole("button", { name: "Save the packets of these" }).click();
  const saving = app.page.locator(".saving");
  await expect(saving).toContainText("Saving big-selection.pcapng");
  await expect(saving.locator("progress[value]")).toBeVisible();
  await saving.getByRole("button", { name: "Stop" }).click();
  await expect(saving).toHaveCount(0);
  await expect(app.page.locator(".notice")).toContainText("Stopped. Nothing was saved.");
  // The worker is free for the next one.
  await app.page.getByRole("combobox", { name: "Filter" }).fill("10.1.0.66");
  await expect.poll(() => app.selected()).toBeGreaterThan(0);
  const saved = await app.saved(() => app.page.getByRole("button", { name: "Save the packets of these" }).click());
  expect(enhancedPackets(saved.bytes).length).toBeGreaterThan(0);
});

for (const [what, change] of [
  ["is rewritten", (path: string) => writeFileSync(path, office(77, 10))],
  ["grows", (path: string) => writeFileSync(path, Buffer.concat([bytes, bytes.subarray(24)]))],
] as const) {
  test(`e9: a file that ${what} after it was read gives no packets, and says why`, async ({ app }) => {
    await app.open();
    const path = onDisk("live.pcap", bytes);
    await app.analyse(path);
    await expect(app.rows.first()).toBeVisible();
    // A file's time of change has a resolution.
    await app.page.waitForTimeout(1100);
    change(path);
    const packets = await openPackets(app, "10.1.0.77");
    await expect(packets).toContainText("The file changed since it was read: drop it again.");
    await packets.getByRole("button", { name: "Try again" }).click();
    await expect(packets).toContainText("The file changed since it was read: drop it again.");
    await packets.getByRole("button", { name: "Save these packets" }).click();
    await expect(app.problem.first()).toContainText("The file changed since it was read.");
    // Everything else still answers, and the file as it is now can be read.
    await app.analyse(path);
    await expect(app.problem).toHaveCount(0);
    await app.page.getByLabel("Anomalies only").uncheck();
    await expect(app.page.locator("aside.details")).toBeVisible();
  });
}
