// Nothing leaves the page: no request, and none is possible.
import { readFileSync } from "node:fs";
import { office } from "./support/captures";
import { expect, file, PAGE, test } from "./support/test";

const capture = file("office.pcap", office());

test("the policy stands first in the head and allows no connection", () => {
  const html = readFileSync(PAGE, "utf8");
  expect(html).toMatch(/<head>\s*<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'sha256-/);
  expect(html).toContain("connect-src 'none'");
  expect(html).toContain("require-trusted-types-for 'script'; trusted-types app");
  expect(html).not.toContain("unsafe-inline");
  expect(html).not.toMatch(/\sstyle="/);
  expect(html).not.toContain("sourceMappingURL");
});

test("the build names no address but those of standards", () => {
  const html = readFileSync(PAGE, "utf8");
  const addresses = new Set([...html.matchAll(/https?:\/\/[\w.-]+/g)].map(([address]) => address));
  expect([...addresses].filter((address) => address !== "http://www.w3.org")).toEqual([]);
});

test("one request loads the page and none follows", async ({ app, served }) => {
  const before = served.asked.length;
  await app.open(served.url);
  await app.analyse(capture);
  await app.rows.first().click();
  await app.page.waitForTimeout(500);
  expect(served.asked.slice(before)).toEqual(["/"]);
});

test("it works with the network off", async ({ app, served, context }) => {
  await app.open(served.url);
  await context.setOffline(true);
  await app.analyse(capture);
  await expect(app.rows.first()).toBeVisible();
});

test("what a hostile script would do is blocked", async ({ app, served }) => {
  app.expects(/Content Security Policy|Refused|violates|TrustedHTML|TrustedScript|Trusted Type|Function constructor/i);
  await app.open(served.url);
  const before = served.asked.length;
  const found = await app.page.evaluate(async (url) => {
    const attempt = async (name: string, run: () => unknown): Promise<[string, boolean]> => {
      try {
        return [name, (await run()) !== false];
      } catch {
        return [name, false];
      }
    };
    const loads = (element: HTMLElement, set: (element: never) => void) =>
      new Promise<boolean>((resolve) => {
        element.addEventListener("load", () => resolve(true));
        element.addEventListener("error", () => resolve(false));
        set(element as never);
        document.body.append(element);
        setTimeout(() => resolve(false), 700);
      });
    return Promise.all([
      attempt("fetch", () => fetch(`${url}fetch`)),
      attempt("xhr", () => {
        const request = new XMLHttpRequest();
        request.open("GET", `${url}xhr`, false);
        request.send();
      }),
      attempt("websocket", () => {
        const socket = new WebSocket(`${url.replace("http", "ws")}ws`);
        return new Promise<boolean>((resolve) => {
          socket.onopen = () => resolve(true);
          socket.onerror = () => resolve(false);
        });
      }),
      attempt("event source", () => {
        const source = new EventSource(`${url}events`);
        return new Promise<boolean>((resolve) => {
          source.onopen = () => resolve(true);
          source.onerror = () => resolve(false);
        });
      }),
      attempt("image", () => loads(new Image(), (image: HTMLImageElement) => { image.src = `${url}image`; })),
      attempt("frame", () =>
        loads(document.createElement("iframe"), (frame: HTMLIFrameElement) => { frame.src = `${url}frame`; }).then(() => false),
      ),
      attempt("url worker", () => new Worker(`${url}worker.js`)),
      attempt("innerHTML", () => {
        document.body.appendChild(document.createElement("p")).innerHTML = "<b>x</b>";
      }),
      // Later: the tool that runs this very function may evaluate, what the page schedules may not.
      attempt("eval", async () => {
        await new Promise((resolve) => setTimeout(resolve));
        return new Function("return true")();
      }),
      attempt("second policy", () => (globalThis as never as { trustedTypes: { createPolicy(n: string, r: object): void } }).trustedTypes.createPolicy("evil", {})),
    ]);
  }, served.url);
  await app.page.waitForTimeout(500);
  expect(found.filter(([, isDone]) => isDone)).toEqual([]);
  expect(served.asked.slice(before)).toEqual([]);
  app.requests.length = 0;
});

test("the worker cannot reach out either", async ({ app, served }) => {
  app.expects(/Content Security Policy|Refused|violates/i);
  // A worker made the way the page makes its own: it inherits the policy.
  await app.page.addInitScript(() => {
    const Original = URL.createObjectURL;
    URL.createObjectURL = (blob: Blob | MediaSource) =>
      blob instanceof Blob && blob.type === "text/javascript"
        ? Original(new Blob([`fetch("${location.href}worker-fetch").then(() => postMessage("out"), () => {});\n`, blob], { type: blob.type }))
        : Original(blob);
  });
  await app.open(served.url);
  const before = served.asked.length;
  await app.analyse(capture);
  await app.page.waitForTimeout(300);
  expect(served.asked.slice(before)).toEqual([]);
  app.requests.length = 0;
});

test("nothing of the capture is kept or shown outside the page", async ({ app, served }) => {
  await app.open(served.url);
  await app.analyse(file("secret-name.pcap", office()));
  const kept = await app.page.evaluate(() => [
    document.title,
    location.href,
    JSON.stringify({ ...localStorage }),
    JSON.stringify({ ...sessionStorage }),
    document.cookie,
  ]);
  expect(kept).toEqual(["Wiresift", served.url, "{}", "{}", ""]);
});
