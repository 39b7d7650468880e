// The page that is tested: the built one, or another build of it.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../", `file://${__filename}`));
export const PAGE = process.env.WIRESIFT_PAGE || `${root}www/dist/index.html`;

/** Whether it is the shell with the app in a sealed frame; the plain page has no frame. */
export const isSealed = existsSync(PAGE) && readFileSync(PAGE, "utf8").includes("<iframe srcdoc=");
