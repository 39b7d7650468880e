// Captures for the tests, made byte by byte: small, deterministic, and exactly as good or bad as a test needs.

export interface Endpoint {
  ip: string;
  port: number;
}

/** Numbers that look random and are the same on every run (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A little-endian pcap file with microseconds and Ethernet, built up packet by packet. */
export class Capture {
  #parts: Buffer[] = [fileHeader()];
  #time = 1_750_000_000;
  packets = 0;

  /** Seconds pass. */
  wait(seconds: number): this {
    this.#time += seconds;
    return this;
  }

  tcp(from: Endpoint, to: Endpoint, flags: number, payload = 0): this {
    const header = Buffer.alloc(20);
    header.writeUInt16BE(from.port, 0);
    header.writeUInt16BE(to.port, 2);
    header.writeUInt8(5 << 4, 12);
    header.writeUInt8(flags, 13);
    header.writeUInt16BE(64_240, 14);
    return this.#ip(6, from.ip, to.ip, Buffer.concat([header, body(payload)]));
  }

  udp(from: Endpoint, to: Endpoint, payload: number): this {
    const header = Buffer.alloc(8);
    header.writeUInt16BE(from.port, 0);
    header.writeUInt16BE(to.port, 2);
    header.writeUInt16BE(8 + payload, 4);
    return this.#ip(17, from.ip, to.ip, Buffer.concat([header, body(payload)]));
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #ip(proto: number, from: string, to: string, payload: Buffer): this {
    const frame = Buffer.alloc(34);
    frame.write("020000000001020000000002", 0, "hex");
    frame.writeUInt16BE(0x0800, 12);
    frame.writeUInt8(0x45, 14);
    frame.writeUInt16BE(20 + payload.length, 16);
    frame.writeUInt8(64, 22);
    frame.writeUInt8(proto, 23);
    address(from).copy(frame, 26);
    address(to).copy(frame, 30);
    return this.record(Buffer.concat([frame, payload]));
  }

  record(data: Buffer): this {
    const header = Buffer.alloc(16);
    header.writeUInt32LE(Math.floor(this.#time), 0);
    header.writeUInt32LE(Math.floor((this.#time % 1) * 1e6), 4);
    header.writeUInt32LE(data.length, 8);
    header.writeUInt32LE(data.length, 12);
    this.#parts.push(header, data);
    this.packets += 1;
    return this;
  }
}

export function fileHeader(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(1, 20);
  return header;
}

function address(ip: string): Buffer {
  return Buffer.from(ip.split(".").map(Number));
}

function body(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i += 1) bytes[i] = (i * 7 + length) & 0xff;
  return bytes;
}

const SYN = 0x02;
const ACK = 0x10;
const PSH_ACK = 0x18;
const FIN_ACK = 0x11;

/** Some minutes of an office: web and names, with one host that tries many ports and one that sends a lot. */
export function office(seed = 1, visits = 240): Buffer {
  const next = random(seed);
  const capture = new Capture();
  for (let i = 0; i < visits; i += 1) {
    const host = `10.1.0.${2 + Math.floor(next() * 20)}`;
    const port = 40_000 + i;
    capture.wait(0.2 + next());
    capture.udp({ ip: host, port }, { ip: "10.1.0.1", port: 53 }, 30 + Math.floor(next() * 20));
    capture.wait(0.01).udp({ ip: "10.1.0.1", port: 53 }, { ip: host, port }, 90 + Math.floor(next() * 60));
    const client = { ip: host, port };
    const server = { ip: `203.0.113.${1 + Math.floor(next() * 8)}`, port: 443 };
    capture.wait(0.01).tcp(client, server, SYN);
    capture.wait(0.02).tcp(server, client, SYN | ACK);
    capture.wait(0.01).tcp(client, server, ACK);
    capture.wait(0.01).tcp(client, server, PSH_ACK, 300 + Math.floor(next() * 200));
    for (let part = 0; part < 2 + Math.floor(next() * 5); part += 1) {
      capture.wait(0.02).tcp(server, client, PSH_ACK, 1000 + Math.floor(next() * 400));
      capture.wait(0.01).tcp(client, server, ACK);
    }
    capture.wait(0.01).tcp(client, server, FIN_ACK).wait(0.01).tcp(server, client, FIN_ACK);
  }
  for (let port = 1; port <= 40; port += 1) {
    capture.wait(0.01).tcp({ ip: "10.1.0.66", port: 50_000 }, { ip: "10.1.0.1", port }, SYN);
  }
  const thief = { ip: "10.1.0.77", port: 51_000 };
  const outside = { ip: "198.51.100.9", port: 4444 };
  capture.tcp(thief, outside, SYN).tcp(outside, thief, SYN | ACK);
  for (let part = 0; part < 300; part += 1) capture.wait(0.01).tcp(thief, outside, PSH_ACK, 1400);
  return capture.bytes();
}

/** So many flows of two packets, each from another host and port. */
export function many(flows: number): Buffer {
  const next = random(7);
  const capture = new Capture();
  for (let i = 0; i < flows; i += 1) {
    const host = { ip: `10.${2 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`, port: 1024 + (i % 60_000) };
    const server = { ip: `192.0.2.${1 + Math.floor(next() * 200)}`, port: next() < 0.9 ? 53 : 123 };
    capture.wait(0.001).udp(host, server, 20 + Math.floor(next() * 40));
    capture.wait(0.001).udp(server, host, 60 + Math.floor(next() * 300));
  }
  return capture.bytes();
}
