// What a reader meets first: the words are explained, and what is empty says what to do.
import { scan } from "./support/axe";
import { many } from "./support/captures";
import { expect, file, test } from "./support/test";

test("the words are explained before and after, and a calm capture says what else to do", async ({ app }) => {
  await app.open();
  const words = app.page.locator(".glossary");
  const open = () => words.getByText("What the words mean").click();
  await open();
  for (const word of ["Flow", "Cluster", "Score", "Severity", "Anomaly"]) {
    await expect(words.locator("dt", { hasText: new RegExp(`^${word}$`) })).toBeVisible();
  }
  await scan(app, "the words", ".glossary");
  await app.analyse(file("calm.pcap", many(200)));
  await expect(app.verdict).toContainText("Nothing stands out");
  await open();
  await expect(words).toContainText("unusual, not proven bad");
  await expect(app.page.locator(".findings")).toContainText("To look closer, move the threshold");
  await app.page.getByLabel("Anomalies only").check();
  const empty = app.page.locator(".grid-empty");
  await expect(empty).toContainText("No flow is beyond the threshold");
  await scan(app, "nothing found", ".with-details");
  await empty.getByRole("button", { name: "Show all flows" }).click();
  await expect.poll(() => app.selected()).toBe(200);
  await app.page.getByRole("combobox", { name: "Filter" }).fill("port 1");
  await expect(empty).toContainText("No flow matches the filter");
});
