// Labels and baselines: an evaluation drawn and written, a capture kept as the baseline of the next.
import { scan } from "./support/axe";
import { office } from "./support/captures";
import { expect, file, NOT_A_NUMBER, test } from "./support/test";

const labels = (text = "ip,label\n198.51.100.9,exfiltration\nx,y\n") => file("truth.csv", Buffer.from(text));

test("labels give a matrix, two curves and their numbers, and go again", async ({ app }) => {
  await app.open();
  await app.analyse(file("office.pcap", office()));
  const panel = app.page.locator(".evaluation");
  await expect(panel).toHaveCount(0);
  await app.drop(labels());
  await expect(panel).toContainText("ROC-AUC");
  await expect(app.page.locator(".side-file")).toContainText("labels");
  await expect(panel.getByRole("img")).toHaveCount(3);
  await expect(panel.getByRole("img", { name: /^Confusion matrix: of the attacks/ })).toBeVisible();
  await expect(panel).toContainText("exfiltration");
  await expect(panel).toContainText("what no label names counts as benign");
  await panel.locator("summary", { hasText: "Confusion matrix" }).click();
  await expect(panel.getByRole("row", { name: /^attack/ })).toBeVisible();
  expect(await app.text()).not.toMatch(NOT_A_NUMBER);
  await scan(app, "evaluation", ".evaluation");
  await app.page.getByRole("button", { name: "Remove truth.csv" }).click();
  await expect(panel).toHaveCount(0);
});

test("what a column of labels says can be changed", async ({ app }) => {
  await app.open();
  await app.analyse(file("office.pcap", office()));
  // By its names alone the label column says that all are attacks.
  await app.drop(labels("ip,label,note\n198.51.100.9,1,exfiltration\n10.0.0.2,1,benign\n"));
  const panel = app.page.locator(".evaluation");
  await expect(panel).toContainText("ROC-AUC");
  const columns = app.page.locator(".label-columns");
  await app.page.locator("summary", { hasText: "What its columns say" }).click();
  await expect(columns.getByLabel("Column ip says").locator("option:checked")).toHaveText("address");
  await expect(columns.getByLabel("Column note says").locator("option:checked")).toHaveText("nothing");
  await expect(panel).not.toContainText("exfiltration");
  await columns.getByLabel("Column note says").selectOption("class");
  await expect(panel).toContainText("exfiltration");
  await scan(app, "columns of labels", ".side-files");
  // Without an address nothing is labelled: the mapping is refused, and the one before stays.
  await columns.getByLabel("Column ip says").selectOption("class");
  await expect(app.page.locator(".side-files [role=alert]")).toContainText("no columns of labels");
  await expect(panel).toContainText("exfiltration");
  await columns.getByLabel("Column note says").selectOption("");
  await expect(panel).not.toContainText("exfiltration");
});

test("a result becomes the baseline of the next capture", async ({ app }) => {
  await app.open();
  await app.analyse(file("clean.pcap", office()));
  await app.page.locator("summary", { hasText: "Download" }).click();
  await app.page.getByRole("button", { name: "Use as baseline for the next capture" }).click();
  await expect(app.page.locator(".side-file")).toContainText("scores the next capture");
  await expect(app.page.locator(".baseline")).toHaveCount(0);
  await app.analyse(file("again.pcap", office()));
  const panel = app.page.locator(".baseline");
  await expect(panel).toContainText("clean.pcap");
  await expect(panel).toContainText("Nothing is new by name");
  await expect(app.page.locator(".side-file")).toContainText("what scores are held against");
  await scan(app, "baseline", ".baseline");
});

test("what is no baseline is said so and the result stays", async ({ app }) => {
  await app.open();
  await app.analyse(file("office.pcap", office()));
  await app.drop(file("b.json", Buffer.from('{"format":"wiresift-baseline","schema_version":1}')));
  await expect(app.page.locator(".banner-bad, .banner-warn").first()).toContainText("baseline");
  await expect(app.verdict).toBeVisible();
});
