// Puts script and style into the page and the policy that allows exactly these first into its head.
import { createHash } from "node:crypto";
import type { Plugin } from "vite";
import { bundleShell, type Shell } from "./shell.ts";

/** A text as it stands in an inline element: nothing in it may end the element. */
export function inlineText(text: string): string {
  return text.replace(/<\/(script|style)/gi, "<\\/$1").replace(/<!--/g, "<\\!--");
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** A page's policy: these scripts and styles, a worker made of a blob, and nothing from anywhere. */
export function policy(scripts: string[], styles: string[]): string {
  return [
    "default-src 'none'",
    `script-src ${scripts.map(hashOf).join(" ")} 'wasm-unsafe-eval'`,
    `style-src ${styles.map(hashOf).join(" ")}`,
    "img-src data: blob:",
    "worker-src blob:",
    "connect-src 'none'",
    "frame-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types app",
  ].join("; ");
}

/** A page with the policy first in its head, and what else belongs into it last. */
function withHead(html: string, policy: string, last: string): string {
  // Functions as replacements: a `$&` in the script would mean something in a replacement text.
  return html
    .replace(/<head>/, () => `<head>\n    <meta http-equiv="Content-Security-Policy" content="${policy}">`)
    .replace(/\s*<\/head>/, () => `\n    ${last}\n  </head>`);
}

/** The page with its script and style inline and the policy first in its head. */
export function assemble(html: string, script: string, style: string): string {
  const body = html
    .replace(/<script\b[^>]*\bsrc="[^"]*"[^>]*><\/script>/g, "")
    .replace(/<link\b[^>]*\brel="(?:stylesheet|modulepreload)"[^>]*>/g, "")
    .replace(/^\s*\n/gm, "");
  const last = `<style>${style}</style>\n    <script type="module">${script}</script>`;
  return withHead(body, policy([script], [style]), last);
}

/** A text as the value of an attribute in double quotes. */
function attributeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
}

/**
 * The shell with the page in its frame. A frame inherits the policy of what it stands in, so the shell's has the page's
 * hashes too; the page's own has only its own. The shell's script runs before there is a frame to speak to it. The wasm
 * comes after the frame, which is shown meanwhile.
 */
export function seal(shell: Shell, page: string, script: string, style: string): string {
  const [own, core, ownStyle] = [shell.script, shell.core, shell.style].map(inlineText) as [string, string, string];
  const last = `<style>${ownStyle}</style>\n    <script>${own}</script>`;
  return withHead(shell.html, policy([own, core, script], [ownStyle, style]), last)
    .replace("<iframe ", () => `<iframe srcdoc="${attributeText(page)}" `)
    .replace("</iframe>", () => `</iframe>\n    <script>${core}</script>`);
}

/** Makes the one file: the page in the sealed frame of its shell, or the page alone. */
export function singleFile(isSealed: boolean): Plugin {
  return {
    name: "wiresift:single-file",
    apply: "build",
    enforce: "post",
    async generateBundle(_options, bundle) {
      const files = Object.values(bundle);
      const scripts = files.filter((file) => file.type === "chunk");
      const styles = files.filter((file) => file.type === "asset" && file.fileName.endsWith(".css"));
      const page = files.find((file) => file.fileName === "index.html");
      if (page?.type !== "asset" || scripts.length !== 1 || styles.length > 1) {
        this.error(`expected one page, one script and one style, got ${files.map((f) => f.fileName).join(", ")}`);
      }
      const script = inlineText(scripts[0]?.code.trim() ?? "");
      const style = inlineText(
        styles
          .map((file) => (file.type === "asset" ? String(file.source) : ""))
          .join("")
          .trim(),
      );
      const plain = assemble(String(page.source), script, style);
      page.source = isSealed ? seal(await bundleShell(), plain, script, style) : plain;
      for (const file of [...scripts, ...styles]) delete bundle[file.fileName];
      const rest = Object.keys(bundle).filter((name) => name !== "index.html");
      if (rest.length > 0) this.error(`not in the page: ${rest.join(", ")}`);
    },
  };
}
