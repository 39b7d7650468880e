// The main road in Firefox: a capture in, anomalies out, the same bytes as the command line's.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { difference, extracted, file, natively, root, synth } from "../wasm/native.mjs";
import { start } from "./harness.mjs";

const capture = synth("office.pcap", "--packets", "6000", "--seed", "7");
const report = JSON.parse(natively("analyze", capture, "json"));
const flows = natively("flows", capture, "ndjson")
  .toString()
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));

/** Words that a number must never become. */
const NOT_A_NUMBER = /\b(NaN|Infinity|undefined|null)\b|\[object/;
/** A number as the page writes it. */
const written = (count) => count.toLocaleString("en");
const bytesOf = (flow) => flow.orig_ip_bytes + flow.resp_ip_bytes;
const largest = [...flows].sort((a, b) => bytesOf(b) - bytesOf(a));

/** Records of a pcapng of one section. */
function packetsOf(pcapng) {
  const found = [];
  for (let at = 0; at < pcapng.length; at += pcapng.readUInt32LE(at + 4)) {
    if (pcapng.readUInt32LE(at) !== 6) continue;
    found.push(pcapng.subarray(at + 28, at + 28 + pcapng.readUInt32LE(at + 20)));
  }
  return found;
}

describe("in light, from the disk", () => {
  let page;
  before(async () => {
    page = await start();
  });
  after(() => page?.driver.quit());
  afterEach(async () => assert.deepEqual(await page.troubles(), []));

  /** The page with the capture analysed. */
  async function analysed() {
    await page.open();
    await page.analyse(capture);
  }

  test("what a page must not do would be noticed", async () => {
    await page.open();
    await page.run(`console.warn("a warning"); setTimeout(() => { throw new Error("thrown"); })`);
    await page.run(`fetch("http://127.0.0.1:9/").catch(() => {})`);
    const seen = [];
    await page.until("it was noticed", async () => seen.push(...(await page.troubles())) >= 4);
    for (const pattern of [
      /^connect-src http/,
      /^warn: a warning/,
      /^error: Error: thrown/,
      /^error: Content-Security-Policy/,
    ]) {
      assert.ok(
        seen.some((trouble) => pattern.test(trouble)),
        `${pattern} is not in ${seen}`,
      );
    }
  });

  test("a capture becomes verdict, figures, charts, findings and table, as on the command line", async () => {
    await analysed();
    assert.ok(report.summary.verdict.startsWith(await page.text("#verdict-title")));
    const { packets, flows, hosts, anomalies } = report.summary;
    const figures = await page.figures();
    assert.deepEqual(
      [figures.Packets, figures.Flows, figures.Hosts, figures["Anomalous flows"]],
      [packets, flows, hosts, anomalies].map(written),
    );
    for (const chart of ["Histogram", "Scatter", "Traffic over time"]) {
      await page.until(`${chart} is drawn`, async () => (await page.colours(chart)) > 8);
    }
    if (report.findings.length > 5) await page.click(".findings > button", /^Show all \d+ findings$/);
    const titles = await page.run(
      `return [...document.querySelectorAll(".finding h3")].map((title) => title.innerText)`,
    );
    assert.deepEqual(
      titles,
      report.findings.map(({ title }) => title),
    );
    assert.doesNotMatch(await page.run("return document.body.textContent"), NOT_A_NUMBER);
  });

  test("the table sorts and filters", async () => {
    await analysed();
    await page.click("label.check", /^Anomalies only$/);
    await page.untilIs("what is selected", () => page.selected(), flows.length);
    const [most] = largest;
    const header = ".grid-window th";
    const order = () => page.run(`return document.querySelector(".grid-window th[aria-sort]")?.ariaSort`);
    const first = () => page.text("#row-0");
    await page.click(`${header} button`, /^Bytes/);
    await page.untilIs("the order", order, "descending");
    await page.until("the largest is first", async () =>
      (await first()).includes(`${most["id.resp_h"]}:${most["id.resp_p"]}`),
    );
    await page.click(`${header} button`, /^Bytes/);
    await page.untilIs("the order", order, "ascending");
    await page.until("the largest is last", async () => !(await first()).includes(most["id.resp_h"]));

    await page.fill("input[type=search]", "port:53");
    const names = flows.filter((flow) => flow["id.orig_p"] === 53 || flow["id.resp_p"] === 53).length;
    assert.ok(names > 20);
    await page.untilIs("what is selected", () => page.selected(), names);
    await page.fill("input[type=search]", "nofield:1");
    await page.until("the filter is wrong", async () =>
      (await page.text("#filter-problem")).includes("no field `nofield`"),
    );
    await page.fill("input[type=search]", "192.0.2.254 and port:1");
    await page.until("nothing is left", () => page.shown(".grid-empty", /^No flow matches the filter\./));
  });

  test("a row has its details, and its packets are read from the file again", async () => {
    await analysed();
    const [flow] = largest;
    await page.click("label.check", /^Anomalies only$/);
    await page.fill("input[type=search]", flow.uid);
    await page.untilIs("what is selected", () => page.selected(), 1);
    await page.click("#row-0 td");
    await page.untilIs("the details' title", () => page.text("aside.details h2"), `Flow ${flow.uid}`);
    await page.click("aside.details .packets > summary");
    const native = extracted(capture, "--flow", flow.uid);
    const packets = packetsOf(native);
    await page.until("the packets are listed", async () =>
      (await page.text("aside.details .packets")).includes(`of ${written(packets.length)} packets shown`),
    );
    // One that carries data: what opens the connection comes first.
    const chosen = packets.findIndex((packet) => packet.length > 256);
    assert.ok(chosen > 0 && chosen < 100);
    await page.click(`aside.details .packet-list > table > tbody > tr:nth-child(${2 * chosen + 1}) .packet-open`);
    await page.until("there are bytes", () => page.shown("aside.details .hexdump"));
    const hex = await page.run(
      `return [...document.querySelectorAll("aside.details .hexdump tbody td:nth-child(2)")].map((cell) => cell.innerText)`,
    );
    assert.equal(hex.join("").replaceAll(/\s/g, ""), packets[chosen].subarray(0, 256).toString("hex"));
    await page.click("aside.details .layer", /^ipv4/);
    await page.until("the layer is marked", () => page.shown("aside.details .hexdump .is-chosen"));

    const saved = await page.saved(() => page.click("aside.details .packets button", /^Save these packets/));
    assert.equal(saved.name, `office-flow-${flow.uid}.pcapng`);
    assert.equal(difference(saved.bytes, native), null);
  });

  test("what is saved is byte for byte the command line's", async () => {
    await analysed();
    for (const [name, file, native] of [
      [/^Whole report \(JSON\)/, "office-report.json", natively("analyze", capture, "json")],
      [/^Flows \(CSV\)/, "office-flows.csv", natively("flows", capture, "csv")],
    ]) {
      const saved = await page.export(name);
      assert.equal(saved.name, file);
      assert.equal(difference(saved.bytes, native), null);
    }
    const picture = await page.export(/^Score histogram \(PNG\)/);
    assert.equal(picture.bytes.subarray(1, 4).toString(), "PNG");
    assert.ok(picture.bytes.length > 8000);
  });

  test("a capture of many slices, compressed too, is read to its end", async () => {
    const large = synth("large.pcap", "--packets", "60000", "--seed", "1");
    for (const path of [large, file("large.pcap.gz", gzipSync(readFileSync(large)))]) {
      await page.open();
      await page.analyse(path);
      const saved = await page.export(/^Whole report \(JSON\)/);
      assert.equal(difference(saved.bytes, natively("analyze", path, "json")), null, basename(path));
    }
  });

  test("a dropped picture is explained, and a dropped capture is read after it", async () => {
    await page.open();
    await page.drop("case.pcap", Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"));
    await page.until("it is explained", () => page.shown(".banner h2", /could not be read/));
    const says = await page.text(".banner");
    assert.match(says, /rejected: unknown_format/);
    assert.match(says, /not those of a capture/);
    await page.drop("office.pcap", readFileSync(capture));
    await page.until("the next one is read", () => page.shown(".grid-window tbody tr"));
    assert.equal(await page.shown(".banner"), null);
    assert.equal((await page.figures()).Flows, written(report.summary.flows));
  });

  test("it is light, charts too, until it is told otherwise", async () => {
    await analysed();
    await page.untilIs("the ground", () => ground(page), "light");
    await page.untilIs("the chart's ground", () => chartGround(page), "light");
    await page.select("dark");
    await page.untilIs("the ground", () => ground(page), "dark");
    await page.untilIs("the chart's ground", () => chartGround(page), "dark");
  });
});

describe("in dark, over http with the policy that scripts/serve sends", () => {
  let page;
  let server;
  let url;
  before(async () => {
    server = spawn(process.execPath, ["scripts/server.mjs", "www/dist/index.html", "0"], {
      cwd: root,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(server.stdout, "data");
    url = /http:\S+/.exec(line)[0];
    page = await start({ isDark: true });
  });
  after(async () => {
    await page?.driver.quit();
    server?.kill();
  });
  afterEach(async () => assert.deepEqual(await page.troubles(), []));

  test("a capture is analysed and saved as from the disk, and it is dark, charts too", async () => {
    await page.open(url);
    await page.analyse(capture);
    const saved = await page.export(/^Whole report \(JSON\)/);
    assert.equal(difference(saved.bytes, natively("analyze", capture, "json")), null);
    await page.untilIs("the ground", () => ground(page), "dark");
    await page.untilIs("the chart's ground", () => chartGround(page), "dark");
  });

  test("the sample is analysed without a file", async () => {
    await page.open(url);
    await page.click("button", /^Try a sample$/);
    await page.until("there is a verdict", () => page.shown("#verdict-title", /stand out/));
    await page.until("there is a finding", () => page.shown(".finding"));
  });
});

/** Light or dark, of the page and of the histogram's corner. */
const ground = (page) => page.run(`return (${tone})(getComputedStyle(document.body).backgroundColor.match(/\\d+/g))`);
const chartGround = (page) =>
  page.run(
    `const canvas = document.querySelector("canvas[aria-label^=Histogram]");
    return (${tone})(canvas.getContext("2d").getImageData(2, 2, 1, 1).data)`,
  );

function tone([red, green, blue]) {
  const sum = Number(red) + Number(green) + Number(blue);
  return sum > 700 ? "light" : sum < 120 ? "dark" : `a colour of ${red}, ${green}, ${blue}`;
}
