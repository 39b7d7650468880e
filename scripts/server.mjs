// Serves one self-contained HTML file on 127.0.0.1, with the headers a host should send: node server.mjs FILE PORT
// Port 0 is one that is free.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const [file, port] = process.argv.slice(2);

// The page's own policy and the two directives that do not work in a <meta>.
function policyOf(html) {
  const meta = /<meta\s+http-equiv="Content-Security-Policy"\s+content="([^"]*)"/i.exec(html);
  const own = meta ? `${meta[1].replace(/[;\s]+$/, "")}; ` : "";
  return `${own}frame-ancestors 'none'; sandbox allow-scripts allow-same-origin allow-downloads`;
}

async function answer(request, response) {
  const path = request.url.split("?", 1)[0];
  if (!["GET", "HEAD"].includes(request.method)) {
    response.writeHead(405, { Allow: "GET, HEAD" }).end();
  } else if (!["/", "/index.html"].includes(path)) {
    response.writeHead(404, { "Content-Type": "text/plain" }).end("not found\n");
  } else {
    const html = await readFile(file, "utf8");
    response.writeHead(200, {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Length": Buffer.byteLength(html),
      "Cache-Control": "no-store",
      "Content-Security-Policy": policyOf(html),
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
      "Cross-Origin-Resource-Policy": "same-origin",
      "Referrer-Policy": "no-referrer",
      "X-Content-Type-Options": "nosniff",
    });
    response.end(request.method === "HEAD" ? undefined : html);
  }
}

const server = createServer((request, response) =>
  answer(request, response).catch((error) => {
    // The page is being built again, most likely.
    if (!response.headersSent) response.writeHead(500, { "Content-Type": "text/plain" });
    response.end(`cannot read the page: ${error.code}
`);
  }),
);

server.on("error", (error) => {
  const why =
    error.code === "EADDRINUSE" ? `port ${port} is taken: choose another with --port N` : `cannot serve: ${error.message}`;
  console.error(`error: ${why}`);
  process.exit(1);
});
server.listen(Number(port), "127.0.0.1", () => {
  console.log(`Wiresift is on http://127.0.0.1:${server.address().port}/ (Ctrl-C stops it)`);
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
