// Words of strangers wherever a capture can have words: they are shown as text, with what is hidden written out, and
// nothing of them is run, loaded, linked or taken for a name of the page's own.
import { named, office, talkative } from "./support/captures";
import { expect, file, NOT_A_NUMBER, test, type Wiresift } from "./support/test";

interface Words {
  what: string;
  text: string;
  /** As it must be readable. */
  shown: string;
}

const WORDS: Words[] = [
  {
    what: "markup",
    text: 'javascript:alert(1)//"><img src=x onerror=alert(2)>',
    shown: 'javascript:alert(1)//"><img src=x onerror=alert(2)>',
  },
  {
    what: "text that turns round or has no width",
    text: "gpj\u202egnp.\u2066exe\u2069pay\u200bpal\u00ad\ufeff",
    shown: "gpj\\u{202e}gnp.\\u{2066}exe\\u{2069}pay\\u{200b}pal\\u{ad}\\u{feff}",
  },
  { what: "control bytes", text: "bell\u0007esc\u001b[31mnul\u0000end", shown: "bell\\x07esc\\x1b[31mnul\\x00end" },
  { what: "the language's own names", text: "__proto__", shown: "__proto__" },
];

/** One spelling for the ways that core and page write out what is hidden. */
const spelled = (text: string) =>
  text
    .toLowerCase()
    // A dot inside a label of a DNS name.
    .replaceAll("\\.", ".")
    .replace(/\\u\{([0-9a-f]+)\}/g, (_, code) => `\\u${code.padStart(4, "0")}`)
    .replace(/\\x([0-9a-f]{2})/g, (_, code) => `\\u00${code}`);

/** What the page's elements are made of. */
const look = (app: Wiresift) =>
  app.page.evaluate(() => {
    const all = [...document.querySelectorAll("#app *")];
    const attributes = all.flatMap((element) => [...element.attributes]);
    const isHidden = (text: string) => /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/.test(text);
    return {
      alien: all.filter(({ localName }) => /^(img|script|iframe|object|embed|link|meta|base|style|form)$/.test(localName) && !document.querySelector("dialog")?.open).length,
      links: all.flatMap((element) => element.getAttribute("href") ?? []),
      handlers: attributes.filter(({ name }) => name.startsWith("on")).length,
      hidden: isHidden(document.body.textContent ?? "") || attributes.some(({ value }) => isHidden(value)),
      changed: Object.keys(Object.prototype).length,
    };
  });

for (const { what, text, shown } of WORDS) {
  test(`f1, f2, f3, f5: ${what} from a capture stays text, wherever it comes from`, async ({ app }) => {
    const dialogs: string[] = [];
    app.page.on("dialog", (dialog) => [dialogs.push(dialog.message()), void dialog.dismiss()]);
    await app.open();
    await app.page.evaluate(() => document.addEventListener("securitypolicyviolation", () => console.error("violation")));
    // Names of files and of a threat list, and the list's own words.
    const list = file(`${text}.txt`, Buffer.from(`198.51.100.9 # ${text.replace(/\0/g, "")}\n`));
    await app.drop(file(`${text}.pcap`, named(text)), file(`${text}.pcapng`, talkative(text)), list);
    await expect(app.rows.first()).toBeVisible();
    await app.page.getByLabel("Anomalies only").uncheck();
    const details = app.page.locator("aside.details");
    for (const [port, title] of [[50_001, "TLS"], [50_002, "HTTP"], [50_003, "DNS"], [50_004, "SSH"]] as const) {
      await app.page.getByRole("combobox", { name: "Filter" }).fill(`sport ${port}`);
      await expect(app.rows).toHaveCount(1);
      await expect(app.rows).toContainText(`:${port}`);
      await app.rows.click();
      // A name with a zero in it is none; the flow is there all the same.
      if (what === "control bytes") continue;
      await expect(details.locator("summary").filter({ hasText: new RegExp(`^${title}$`) })).toBeVisible();
      expect(spelled((await details.textContent()) ?? ""), title).toContain(spelled(shown));
    }
    // g3, g6: the report is sound, and its name is one that every system takes.
    const saved = await app.export("Whole report (JSON)");
    expect(saved.name).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,79}$/);
    expect(JSON.parse(saved.bytes.toString()).schema_version).toBe(1);
    const page = await app.text();
    const times = spelled(page).split(spelled(shown)).length - 1;
    // Machine, system, program, comment, interface, names, and the names of the files.
    expect(times).toBeGreaterThan(8);
    expect(page).not.toMatch(NOT_A_NUMBER);
    expect(await look(app)).toEqual({ alien: 0, links: ["#main"], handlers: 0, hidden: false, changed: 0 });
    expect(dialogs).toEqual([]);
    expect(await app.page.title()).toBe("Wiresift");
  });
}

test("f2: words of 64 KiB are cut", async ({ app }) => {
  const long = "A".repeat(65_000);
  await app.open();
  await app.drop(file("long.pcapng", talkative(long)), file("office.pcap", office(3, 60)));
  await expect(app.rows.first()).toBeVisible();
  const text = await app.text();
  expect(/A{257}/.test(text)).toBe(false);
  expect(/about A{200}/.test(text)).toBe(true);
  const width = await app.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(width).toBeLessThanOrEqual(0);
});
