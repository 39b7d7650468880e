// Where the app is: in the sealed frame of the shell, or alone in the tab. The tests speak to it the same way.
import type { CDPSession, Frame, Page } from "@playwright/test";
import { isSealed } from "./page";

/** What finds elements, and waits for them: it is asked of the frame, whenever that comes. */
const FINDERS = ["locator", "getByRole", "getByLabel", "getByText", "getByPlaceholder", "getByTitle", "getByAltText", "getByTestId"];

/** What runs in the app's own world. */
const RUNNERS = ["evaluate", "evaluateHandle", "waitForFunction"];

/** The app's frame, once it is there. */
export async function frameOf(tab: Page): Promise<Frame> {
  if (!isSealed) return tab.mainFrame();
  const frame = await (await tab.waitForSelector("iframe", { state: "attached" })).contentFrame();
  if (frame === null) throw new Error("the shell has no frame");
  return frame;
}

/** The tab with the app's elements and scripts in place of the shell's; all else is the tab's. */
export function appOf(tab: Page): Page {
  if (!isSealed) return tab;
  const inside = tab.frameLocator("iframe");
  return new Proxy(tab, {
    get(target, name) {
      if (typeof name === "string" && FINDERS.includes(name)) return Reflect.get(inside, name).bind(inside);
      if (typeof name === "string" && RUNNERS.includes(name)) {
        return async (...args: unknown[]) => {
          const frame = await frameOf(tab);
          return Reflect.get(frame, name).apply(frame, args);
        };
      }
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** What the browser's tools tell of the app, whose frame may have a process of its own. */
export async function devtoolsOf(tab: Page): Promise<CDPSession> {
  const context = tab.context();
  return isSealed ? context.newCDPSession(await frameOf(tab)).catch(() => context.newCDPSession(tab)) : context.newCDPSession(tab);
}
