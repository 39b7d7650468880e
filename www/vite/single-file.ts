// Puts script and style into the page and the policy that allows exactly these first into its head.
import { createHash } from "node:crypto";
import type { Plugin } from "vite";

/** A text as it stands in an inline element: nothing in it may end the element. */
export function inlineText(text: string): string {
  return text.replace(/<\/(script|style)/gi, "<\\/$1").replace(/<!--/g, "<\\!--");
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** The page's policy: its own script and style, a worker made of a blob, and nothing from anywhere. */
export function policy(script: string, style: string): string {
  return [
    "default-src 'none'",
    `script-src ${hashOf(script)} 'wasm-unsafe-eval'`,
    `style-src ${hashOf(style)}`,
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

/** The page with its script and style inline and the policy first in its head. */
export function assemble(html: string, script: string, style: string): string {
  const body = html
    .replace(/<script\b[^>]*\bsrc="[^"]*"[^>]*><\/script>/g, "")
    .replace(/<link\b[^>]*\brel="(?:stylesheet|modulepreload)"[^>]*>/g, "")
    .replace(/^\s*\n/gm, "");
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy(script, style)}">`;
  // Functions as replacements: a `$&` in the script would mean something in a replacement text.
  return body
    .replace(/<head>/, () => `<head>\n    ${meta}`)
    .replace(
      /\s*<\/head>/,
      () => `\n    <style>${style}</style>\n    <script type="module">${script}</script>\n  </head>`,
    );
}

export function singleFile(): Plugin {
  return {
    name: "wiresift:single-file",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
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
      page.source = assemble(String(page.source), script, style);
      for (const file of [...scripts, ...styles]) delete bundle[file.fileName];
      const rest = Object.keys(bundle).filter((name) => name !== "index.html");
      if (rest.length > 0) this.error(`not in the page: ${rest.join(", ")}`);
    },
  };
}
