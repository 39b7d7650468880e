// Serves the built page and nothing else, with the headers a good host sends.
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Served {
  url: string;
  /** Paths asked for, in order. */
  asked: string[];
  close(): void;
}

export async function serve(file: string): Promise<Served> {
  const html = readFileSync(file);
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html.toString())?.[1] ?? "";
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(request.url ?? "");
    if (request.url !== "/") return response.writeHead(404).end();
    response
      .writeHead(200, {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": `${policy}; frame-ancestors 'none'; sandbox allow-scripts allow-same-origin allow-downloads`,
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
      })
      .end(html);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, asked, close: () => server.close() };
}
