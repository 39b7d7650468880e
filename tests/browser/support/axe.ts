// The scanner for what keeps people out: roles, names, contrast.
import AxeBuilder from "@axe-core/playwright";
import { expect } from "@playwright/test";
import type { Wiresift } from "./test";

/** Expects nothing to complain of in the page, or in one part of it. */
export async function scan(app: Wiresift, what: string, part?: string): Promise<void> {
  // Passes are counted only: to describe each of them costs most of the scanner's time.
  const scanner = new AxeBuilder({ page: app.page }).options({ resultTypes: ["violations"] }).setLegacyMode(true);
  const { violations } = await (part === undefined ? scanner : scanner.include(part)).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(" | ")}`);
  expect(found, what).toEqual([]);
}
