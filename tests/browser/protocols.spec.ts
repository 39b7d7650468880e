// What payloads say reaches the page as text, with what is hidden written out: rows F1 and F2 of the table of bad inputs.
import { named } from "./support/captures";
import { expect, file, test } from "./support/test";

const HOSTILE = "<img src=x onerror=alert(1)>\u202e<script>alert(2)</script>";
const SHOWN = "<img src=x onerror=alert(1)>\\u{202e}<script>alert(2)</script>";

for (const [port, title, label] of [
  [50_001, "TLS", "Server name (SNI)"],
  [50_002, "HTTP", "Host"],
  [50_003, "DNS", "Asked for"],
  [50_004, "SSH", "Client"],
] as const) {
  test(`f1, f2: a hostile name in ${title} is text`, async ({ app }) => {
    await app.open();
    await app.analyse(file("named.pcap", named(HOSTILE)));
    await app.page.getByLabel("Anomalies only").uncheck();
    await app.page.getByRole("combobox", { name: "Filter" }).fill(`sport ${port}`);
    await expect.poll(() => app.selected()).toBe(1);
    await app.page.getByRole("grid").focus();
    await app.page.keyboard.press("Home");
    const details = app.page.locator("aside.details");
    await expect(details).toBeVisible();
    await expect(details.locator("summary").filter({ hasText: new RegExp(`^${title}$`) })).toBeVisible();
    const text = await details.evaluate((element) => element.textContent ?? "");
    expect(text).toContain(label);
    expect(text.toLowerCase()).toContain(SHOWN.toLowerCase());
    expect(text).not.toContain("\u202e");
    expect(await app.page.locator("#app img, #app script").count()).toBe(0);
  });
}
