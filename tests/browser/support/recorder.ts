// An origin that is not the page's: it answers everything and remembers what was asked, and datagrams too.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { networkInterfaces } from "node:os";

export interface Recorder {
  url: string;
  /** Names of the paths asked for, each once, in order of the first request. */
  asked(): string[];
  /** Connections made, requests on them or not. */
  connections(): number;
  close(): void;
}

/** What a path that ends so is answered with: of a wrong type a browser would not follow what is inside. */
const TYPES: Record<string, string> = { js: "text/javascript", css: "text/css", html: "text/html", svg: "image/svg+xml" };

export async function record(): Promise<Recorder> {
  const asked = new Set<string>();
  const sockets = new Set<Socket>();
  let connections = 0;
  const note = (url = "") => asked.add(url.slice(1).replace(/[.?].*$/, ""));
  const server = createServer((request, response) => {
    note(request.url);
    const type = TYPES[/\.(\w+)$/.exec(request.url ?? "")?.[1] ?? ""] ?? "text/plain";
    // Friendly to every other origin: what does not arrive was stopped by the page's own policy.
    response.writeHead(200, { "content-type": type, "access-control-allow-origin": "*", "access-control-allow-headers": "*" });
    response.end(request.url?.endsWith(".css") ? ".evil { color: red }" : "");
  });
  server.on("upgrade", (request, socket) => {
    note(request.url);
    socket.destroy();
  });
  server.on("connection", (socket) => {
    connections += 1;
    sockets.add(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    asked: () => [...asked].filter((name) => name !== "favicon"),
    connections: () => connections,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

export interface Listener {
  address: string;
  heard(): number;
  close(): void;
}

/** Listens for datagrams at an address that is not the loopback's, which WebRTC leaves alone; null where there is none. */
export async function listen(): Promise<Listener | null> {
  const mine = Object.values(networkInterfaces()).flat().find((one) => one?.family === "IPv4" && !one.internal);
  if (mine === undefined) return null;
  let heard = 0;
  const socket = createSocket("udp4", () => {
    heard += 1;
  });
  socket.bind(0, mine.address);
  await once(socket, "listening");
  return { address: `${mine.address}:${socket.address().port}`, heard: () => heard, close: () => socket.close() };
}
