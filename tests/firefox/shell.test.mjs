// The sealed frame in Firefox: what stays possible in it, by the shell, and what does not.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { synth } from "../wasm/native.mjs";
import { PAGE, start } from "./harness.mjs";

const capture = synth("office.pcap", "--packets", "6000", "--seed", "7");
const filter = "input[type=search]";

/** Ways for a script to leave, each to a path of its name. */
const WAYS = {
  location: "location.href = evil",
  link: "click({})",
  download: "click({ download: 'x' })",
  "link-new-tab": "click({ target: '_blank' })",
  "link-top": "click({ target: '_top' })",
  popup: "open(evil)",
  top: "top.location.href = evil",
  form: "submit('_self')",
  "form-top": "submit('_top')",
  fetch: "fetch(evil).catch(() => {})",
  image: "new Image().src = evil",
};

describe("the sealed frame, from the disk", () => {
  let page;
  let evil;
  const asked = [];
  before(async () => {
    evil = createServer((request, response) => {
      asked.push(request.url);
      response.end();
    }).listen(0, "127.0.0.1");
    await once(evil, "listening");
    page = await start();
  });
  after(async () => {
    await page?.driver.quit();
    evil.close();
  });

  /** Runs in the shell, and goes back into the frame. */
  async function inShell(body) {
    await page.driver.switchTo().defaultContent();
    const found = await page.run(body);
    await page.driver.switchTo().frame(await page.driver.findElement({ css: "iframe" }));
    return found;
  }

  test("the view stands in the address, and back undoes it", async () => {
    await page.open(`file://${PAGE}#rows=all`);
    await page.analyse(capture);
    const hash = () => inShell("return location.hash");
    assert.equal(await hash(), "#rows=all");
    await page.fill(filter, "port 53");
    await page.untilIs("the address", hash, "#filter=port+53&rows=all");
    await inShell("history.back()");
    await page.untilIs("the filter", () => page.run(`return document.querySelector("${filter}").value`), "");
    assert.equal(await hash(), "#rows=all");
  });

  test("settings are kept when that is asked for", async () => {
    await page.open();
    const stored = () => inShell("return localStorage.length");
    assert.equal(await stored(), 0);
    await page.click("header button", /Settings/);
    await page.fill("#setting-k", "7");
    await page.click("dialog label", /Keep in this browser/);
    await page.untilIs("what is kept", stored, 1);
    await page.open();
    await page.click("header button", /Settings/);
    await page.untilIs("the setting", () => page.run("return document.querySelector('#setting-k').value"), "7");
    await page.click("dialog label", /Keep in this browser/);
    await page.untilIs("what is kept", stored, 0);
  });

  test("what is copied is on the clipboard", async () => {
    await page.open();
    await page.analyse(capture);
    await page.click(".finding button", /Copy as BPF/);
    await page.until("it says so", () => page.run("return document.querySelector('.notice')?.innerText.includes('Copied.')"));
  });

  test("files that are held over the app are the shell's to take, until the pointer moves again", async () => {
    await page.open();
    const isPassed = () => inShell("return document.querySelector('iframe.is-passed') !== null");
    await page.run(`const transfer = new DataTransfer();
      transfer.items.add(new File(["x"], "x"));
      document.body.dispatchEvent(new DragEvent("dragenter", { dataTransfer: transfer, bubbles: true, cancelable: true }))`);
    await page.untilIs("whether the shell takes it", isPassed, true);
    const over = () => inShell("return document.elementFromPoint(300, 300).localName");
    assert.notEqual(await over(), "iframe");
    await inShell("dispatchEvent(new PointerEvent('pointermove'))");
    await page.untilIs("whether the shell takes it", isPassed, false);
    assert.equal(await over(), "iframe");
  });

  for (const [way, body] of Object.entries(WAYS)) {
    test(`it cannot be left by ${way}`, async () => {
      await page.open();
      const { port } = evil.address();
      await page
        .run(
          `const evil = "http://127.0.0.1:${port}/${way}";
          const click = (more) => {
            const link = Object.assign(document.createElement("a"), { href: evil, ...more });
            document.body.append(link);
            link.click();
          };
          const submit = (target) => {
            const form = Object.assign(document.createElement("form"), { action: evil, target });
            document.body.append(form);
            form.submit();
          };
          try { ${body} } catch {}`,
        )
        .catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 700));
      await page.driver.switchTo().defaultContent();
      assert.match(await page.driver.getCurrentUrl(), /^file:/);
      assert.equal((await page.driver.getAllWindowHandles()).length, 1);
      assert.deepEqual(asked, []);
    });
  }
});
