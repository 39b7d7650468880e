// GeoIP databases beside the capture: told by their end, joined without a second reading, shown, and taken away.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { scan } from "./support/axe";
import { office } from "./support/captures";
import { expect, file, NOT_A_NUMBER, test, type Wiresift } from "./support/test";

const golden = fileURLToPath(new URL("../golden/geoip/", `file://${__filename}`));
const bytes = (name: string) => readFileSync(`${golden}${name}`);
// The content decides, not the name.
const city = () => file("places.bin", bytes("city.mmdb"));
const asn = () => file("asn.mmdb", bytes("asn.mmdb"));

const side = (app: Wiresift) => app.page.locator(".side-file");
const list = (app: Wiresift, title: string) => app.page.locator(".overview table").filter({ hasText: title });
const columns = (app: Wiresift) => app.page.getByRole("grid").getByRole("columnheader").allInnerTexts();

/** Filters the table to so many rows as there should be, and gives what its first row says. */
async function filtered(app: Wiresift, filter: string, text: string): Promise<string> {
  await app.page.getByRole("combobox", { name: "Filter" }).fill(filter);
  await expect(app.rows.first()).toContainText(text);
  return app.rows.first().innerText();
}

test("databases that come after the capture say where hosts are, and are taken away", async ({ app }) => {
  await app.open();
  await app.analyse(file("office.pcap", office()));
  const before = await columns(app);
  await app.drop(city(), asn());
  await expect(side(app)).toHaveCount(2);
  await expect(list(app, "Countries")).toBeVisible();
  await app.isWhole();
  const told = await side(app).allInnerTexts();
  const countries = await list(app, "Countries").innerText();
  const networks = await list(app, "Networks (AS)").innerText();
  const after = await columns(app);
  await scan(app, "databases", ".side-files");
  await scan(app, "countries and networks", ".overview");
  const anomalies = await app.selected();
  await app.page.getByLabel("Anomalies only").uncheck();
  // The table has to have followed before the filter is typed.
  await expect.poll(() => app.selected()).toBeGreaterThan(anomalies);
  const german = await filtered(app, "resp_country DE", "203.0.113.");
  await app.rows.first().click();
  const details = app.page.locator("aside.details");
  await expect(details.locator("summary", { hasText: "By GeoIP databases" })).toBeAttached();
  const images = await app.page.locator("img[src=x]").count();
  await list(app, "Networks (AS)")
    .getByRole("button", { name: /AS64511/ })
    .click();
  await expect.poll(() => app.selected()).toBe(1);
  const listed = await app.rows.first().innerText();
  await app.page.getByRole("button", { name: "Remove places.bin" }).click();
  await expect(list(app, "Countries")).toHaveCount(0);
  const kept = await list(app, "Networks (AS)").count();
  await app.page.getByRole("button", { name: "Remove asn.mmdb" }).click();
  await expect(list(app, "Networks (AS)")).toHaveCount(0);
  await expect.poll(() => columns(app)).toEqual(before);
  const text = await app.text();
  expect({
    told: told.map((one) => one.replaceAll(/\s+/g, " ")),
    germany: /Germany \(DE\)\s+8 hosts/.test(countries),
    russia: /Russia \(RU\)\s+1 host/.test(countries),
    network: networks.includes("AS64496 Example Net"),
    // As text, and what turns the direction of writing is spelled out.
    markup: networks.includes("AS64511 <img src=x onerror=alert(1)> \\u{202e}Hosting"),
    images,
    added: after.filter((name) => !before.includes(name)).length,
    german: german.includes("203.0.113."),
    isNumber: !NOT_A_NUMBER.test(text),
    listed: listed.includes("198.51.100.9"),
    kept,
  }).toEqual({
    told: [
      expect.stringMatching(
        /^places\.bin GeoIP database GeoLite2-City, built 2026-11-20 country, city of 9 of \d+ addresses/,
      ),
      expect.stringMatching(
        /^asn\.mmdb GeoIP database GeoLite2-ASN, built 2026-11-20 network \(AS\) of 9 of \d+ addresses/,
      ),
    ],
    germany: true,
    russia: true,
    network: true,
    markup: true,
    images: 0,
    added: 4,
    german: true,
    isNumber: true,
    listed: true,
    kept: 1,
  });
});

test("a database waits for its capture; with hosts as rows they have their country", async ({ app }) => {
  await app.open();
  await app.drop(city());
  await expect(side(app)).toContainText("GeoLite2-City, built 2026-11-20");
  await app.analyse(file("office.pcap", office()));
  await expect(list(app, "Countries")).toBeVisible();
  await app.page
    .getByRole("banner")
    .getByRole("button", { name: /Settings/ })
    .click();
  await app.page.getByLabel("Unit of analysis").selectOption("host");
  await app.page.getByRole("button", { name: "Apply", exact: true }).click();
  await expect(app.page.getByRole("heading", { name: "Hosts", exact: true })).toBeVisible();
  const russian = await filtered(app, "country RU", "198.51.100.9");
  const names = await columns(app);
  expect({
    russian: russian.includes("198.51.100.9"),
    country: names.some((name) => name.includes("Country")),
  }).toEqual({
    russian: true,
    country: true,
  });
});

test("a damaged database is refused with the reason, and the result stays", async ({ app }) => {
  await app.open();
  await app.analyse(file("office.pcap", office(1, 60)));
  await app.drop(file("cut.mmdb", bytes("city.mmdb").subarray(0, -9)));
  await expect(app.problem).toContainText("cut.mmdb");
  await expect(app.problem).toContainText("damaged, or part of it is missing");
  await expect(side(app)).toHaveCount(0);
  await expect(app.verdict).toBeVisible();
});
