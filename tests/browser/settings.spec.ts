// Settings together: presets, a file to give away, and kept in the browser where that is asked for.
import { office } from "./support/captures";
import { expect, file, test, type Wiresift } from "./support/test";

const dialog = (app: Wiresift) => app.page.getByRole("dialog", { name: "Settings" });

async function openSettings(app: Wiresift): Promise<void> {
  await app.page.getByRole("button", { name: "Settings" }).first().click();
  await expect(dialog(app)).toBeVisible();
}

test("a preset sets what belongs together, and one's own change makes it one's own", async ({ app }) => {
  await app.open();
  await app.analyse(file("office.pcap", office()));
  await openSettings(app);
  const preset = app.page.getByLabel("Preset");
  await expect(preset).toHaveValue("default");
  await preset.selectOption("kmeans");
  await expect(app.page.locator("#setting-detector")).toHaveValue("kmeans");
  await expect(dialog(app)).toContainText("KMeans alone");
  await app.page.locator("#setting-k").fill("5");
  await expect(preset).toHaveValue("");
  await dialog(app).getByRole("button", { name: "Apply", exact: true }).click();
  await expect.poll(async () => (await app.export("Whole report (JSON)")).bytes.toString()).toContain('"detector":"kmeans"');
});

test("settings are saved as a file, and a file is read, or told what is wrong with it", async ({ app }) => {
  await app.open();
  await openSettings(app);
  await app.page.locator("#setting-k").fill("7");
  const saved = await app.saved(() => app.page.getByRole("button", { name: "Save as file" }).click());
  expect(saved.name).toBe("wiresift-settings.json");
  expect(JSON.parse(saved.bytes.toString())).toEqual({ wiresift_settings: 1, settings: { k: "7" } });
  const picker = app.page.locator(".settings-picker");
  await picker.setInputFiles(file("theirs.json", Buffer.from('{"wiresift_settings": 1, "settings": {"k": 3, "resync": true}}')));
  await expect(app.page.locator("#setting-k")).toHaveValue("3");
  await expect(app.page.locator("#setting-resync")).toBeChecked();
  await picker.setInputFiles(file("<b>.json", Buffer.from('{"wiresift_settings": 1, "settings": {"k": "many"}}')));
  await expect(dialog(app).getByRole("alert")).toContainText("<b>.json: setting `k`: `many` is not valid");
  await expect(app.page.locator("#setting-k")).toHaveValue("3");
});

test("settings are kept in the browser only when that is asked for, and nothing of a capture with them", async ({ app }) => {
  const stored = () => app.tab.evaluate(() => JSON.stringify({ ...localStorage }));
  await app.open();
  await openSettings(app);
  await app.page.locator("#setting-k").fill("7");
  await app.page.locator("#setting-suppress").fill("port_scan@10.1.0.66");
  expect(await stored()).toBe("{}");
  const keep = app.page.getByLabel("Keep in this browser");
  await keep.check();
  await expect.poll(stored).toContain("wiresift_settings");
  expect(await stored()).not.toContain("10.1.0.66");
  await app.page.reload();
  await expect(app.page.getByRole("button", { name: "Choose files" })).toBeVisible();
  await openSettings(app);
  await expect(app.page.locator("#setting-k")).toHaveValue("7");
  await expect(app.page.locator("#setting-suppress")).toHaveValue("none");
  await keep.uncheck();
  await expect.poll(stored).toBe("{}");
});
