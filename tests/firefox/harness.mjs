// The built page in Firefox, by WebDriver: geckodriver (WIRESIFT_GECKODRIVER) drives Firefox (WIRESIFT_FIREFOX), and
// what the page logs and asks for is told by WebDriver BiDi.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { folder, root } from "../wasm/native.mjs";

const webdriver = createRequire(`${root}www/package.json`);
const { Builder, By, Key } = webdriver("selenium-webdriver");
const firefox = webdriver("selenium-webdriver/firefox");

export const PAGE = process.env.WIRESIFT_PAGE || join(root, "www/dist/index.html");
/** Milliseconds in which what is waited for has come, on a slow and busy machine too. */
const PATIENCE = 60_000;

/** Notes in the page what its policy refused, from before its first script on. */
const NOTE_VIOLATIONS = `() => {
  window.violations = [];
  addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) => {
    window.violations.push([violatedDirective, blockedURI, sample].join(" "));
  });
}`;

/** The page as a reader uses it. */
class Page {
  /** Messages of the console and errors, of the page and of its workers. */
  complaints = [];
  /** Requests but those that opened the page. */
  requests = [];

  constructor(driver, downloads) {
    this.driver = driver;
    this.downloads = downloads;
  }

  async watch() {
    const bidi = await this.driver.getBidi();
    bidi.on("log.entryAdded", ({ level, text }) => this.complaints.push(`${level}: ${text}`));
    bidi.on("network.beforeRequestSent", ({ navigation, request: { url } }) => {
      // A blob or data address is the page itself, not a request to anybody.
      if (navigation === null && !/^(blob|data):/.test(url)) this.requests.push(url);
    });
    await bidi.subscribe(["log.entryAdded", "network.beforeRequestSent"]);
    const added = await bidi.send({
      method: "script.addPreloadScript",
      params: { functionDeclaration: NOTE_VIOLATIONS },
    });
    assert.equal(added.type, "success", added.message);
  }

  /** Opens the page anew, from the disk if no address is given. */
  async open(url = pathToFileURL(PAGE).href) {
    await this.driver.get(url);
    // The app is in the shell's sealed frame; the plain page has none.
    const [frame] = await this.driver.findElements(By.css("iframe[srcdoc]"));
    if (frame !== undefined) await this.driver.switchTo().frame(frame);
    await this.until("the page stands", () => this.shown(".start button"));
  }

  /** What the page complained of so far; it is forgotten. */
  async troubles() {
    // Once this is answered, what was told before it has come.
    await (await this.driver.getBidi()).status;
    const violations = await this.run("return window.violations.splice(0)");
    return [...violations, ...this.complaints.splice(0), ...this.requests.splice(0)];
  }

  /** Runs a function's body in the page. */
  run(body, ...args) {
    return this.driver.executeScript(body, ...args);
  }

  /** Waits until `look` gives something true, and gives that. */
  async until(what, look) {
    let last;
    const ask = async () => {
      try {
        return await look();
      } catch (error) {
        // What was found was drawn anew meanwhile.
        if (error.name !== "StaleElementReferenceError") last = error;
        return null;
      }
    };
    try {
      return await this.driver.wait(ask, PATIENCE, "", 50);
    } catch (error) {
      if (error.name !== "TimeoutError") throw error;
      const says = await this.run("return document.querySelector('main')?.innerText.slice(0, 300)").catch(String);
      throw new Error(`in vain waited until ${what}; the page says: ${says}`, { cause: last });
    }
  }

  /** Waits until `look` gives `wanted`. */
  async untilIs(what, look, wanted) {
    let found;
    await this.until(`${what} is ${wanted}`, async () => {
      found = await look();
      return found === wanted;
    }).catch((error) => {
      throw new Error(`${error.message}\nlast: ${found}`, { cause: error.cause });
    });
  }

  /** The elements of a selector that are seen and, if asked, say so. */
  async all(selector, text = /(?:)/) {
    const found = await this.run(
      `return [...document.querySelectorAll(arguments[0])].filter((element) => element.checkVisibility())
        .map((element) => [element, element.innerText || element.getAttribute("aria-label") || ""])`,
      selector,
    );
    return found.filter(([, says]) => text.test(says.trim())).map(([element]) => element);
  }

  async shown(selector, text) {
    return (await this.all(selector, text))[0] ?? null;
  }

  /** The text of the first element of a selector. */
  async text(selector) {
    return (await this.run("return document.querySelector(arguments[0])?.innerText ?? ''", selector)).trim();
  }

  /** Presses what is there, or comes, and is not hidden behind something. */
  async click(selector, text) {
    await this.until(`${selector} ${text ?? ""} can be pressed`, async () => {
      const element = await this.shown(selector, text);
      if (element === null) return false;
      await this.run("arguments[0].scrollIntoView({ block: 'center' })", element);
      await element.click();
      return true;
    });
  }

  /** Types into a field in place of what it holds. */
  async fill(selector, text) {
    const field = await this.until(`${selector} is there`, () => this.shown(selector));
    // A call of its own: keys held down are let go at its end.
    await field.sendKeys(Key.chord(Key.CONTROL, "a"));
    await field.sendKeys(Key.DELETE, text);
  }

  /** Chooses in a list what has the value. */
  async select(value) {
    await this.driver.findElement(By.css(`option[value="${value}"]`)).click();
  }

  /** Gives files to the page's input. */
  async choose(...paths) {
    await this.driver.findElement(By.css("input.file-picker")).sendKeys(paths.join("\n"));
  }

  /** Drops a file on the window. */
  async drop(name, bytes) {
    await this.run(
      `const [name, base64] = arguments;
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
      for (const type of ["dragenter", "dragover", "drop"]) {
        document.body.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
      }`,
      name,
      bytes.toString("base64"),
    );
  }

  /** Analyses files and waits for the report. */
  async analyse(...paths) {
    await this.choose(...paths);
    await this.until("there is a verdict", () => this.shown("#verdict-title"));
    await this.until("the table has rows", () => this.shown(".grid-window tbody tr"));
  }

  /** The figures of the verdict by their labels. */
  async figures() {
    const pairs = await this.run(
      `return [...document.querySelectorAll(".verdict .figure")].map((figure) =>
        [figure.querySelector("dt").innerText, figure.querySelector("dd").innerText.split(/\\s/)[0]])`,
    );
    return Object.fromEntries(pairs);
  }

  /** Rows selected, as the table says. */
  async selected() {
    return Number((/^([\d,]+) of/.exec(await this.text(".rows .card-note"))?.[1] ?? "-1").replaceAll(",", ""));
  }

  /** Different colours on the canvas whose label begins so: a blank one has one or two. */
  async colours(label) {
    return this.run(
      `const canvas = document.querySelector("canvas[aria-label^='" + arguments[0] + "']");
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size`,
      label,
    );
  }

  /** The bytes and the name of the download that an action starts. */
  async saved(action) {
    const before = new Set(readdirSync(this.downloads));
    await action();
    // While it is written there is an empty file of its name and another that ends in .part.
    const name = await this.until("the download is there", () => {
      const [one = "", ...more] = readdirSync(this.downloads).filter((one) => !before.has(one));
      return more.length === 0 && !/^$|\.part$/.test(one) && statSync(join(this.downloads, one)).size > 0 && one;
    });
    return { name, bytes: readFileSync(join(this.downloads, name)) };
  }

  /** Saves by the entry of the download menu. */
  export(name) {
    return this.saved(async () => {
      await this.click(".menu > summary", /Download/);
      await this.click(".menu button", name);
    });
  }
}

/** Starts a Firefox without windows that likes its pages light or dark. */
export async function start({ isDark = false } = {}) {
  const { WIRESIFT_FIREFOX: browser, WIRESIFT_GECKODRIVER: geckodriver } = process.env;
  assert.ok(
    browser && geckodriver,
    "set WIRESIFT_FIREFOX and WIRESIFT_GECKODRIVER, or run scripts/test --only firefox",
  );
  assert.ok(existsSync(PAGE), "www/dist/index.html is not built: run scripts/build");
  const downloads = mkdtempSync(join(folder, "downloads-"));
  const options = new firefox.Options()
    .setBinary(browser)
    .addArguments("-headless")
    .windowSize({ width: 1440, height: 900 })
    .setPreference("ui.systemUsesDarkTheme", isDark ? 1 : 0)
    .setPreference("intl.accept_languages", "en-GB")
    .setPreference("browser.download.folderList", 2)
    .setPreference("browser.download.dir", downloads)
    .enableBidi();
  const driver = await new Builder()
    .disableEnvironmentOverrides()
    .forBrowser("firefox")
    .setFirefoxOptions(options)
    .setFirefoxService(new firefox.ServiceBuilder(geckodriver))
    .build();
  const page = new Page(driver, downloads);
  try {
    await page.watch();
  } catch (error) {
    await driver.quit();
    throw error;
  }
  return page;
}
