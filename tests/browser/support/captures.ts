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
  #time: number;
  packets = 0;

  constructor(start = 1_750_000_000) {
    this.#time = start;
  }

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

  /** A TCP segment or a datagram that says something. */
  say(proto: "tcp" | "udp", from: Endpoint, to: Endpoint, payload: Buffer): this {
    const header = Buffer.alloc(proto === "tcp" ? 20 : 8);
    header.writeUInt16BE(from.port, 0);
    header.writeUInt16BE(to.port, 2);
    if (proto === "tcp") {
      header.writeUInt8(5 << 4, 12);
      header.writeUInt8(PSH_ACK, 13);
    } else {
      header.writeUInt16BE(8 + payload.length, 4);
    }
    return this.#ip(proto === "tcp" ? 6 : 17, from.ip, to.ip, Buffer.concat([header, payload]));
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
export function office(seed = 1, visits = 240, start?: number): Buffer {
  const next = random(seed);
  const capture = new Capture(start);
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

/** Options of a pcapng block: code and value. */
type Options = [code: number, value: string | Buffer][];

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

function optionBytes(options: Options): Buffer {
  const parts = options.map(([code, value]) => {
    const bytes = Buffer.from(value);
    const head = Buffer.alloc(4);
    head.writeUInt16LE(code, 0);
    head.writeUInt16LE(bytes.length, 2);
    return Buffer.concat([head, padded(bytes)]);
  });
  return options.length === 0 ? Buffer.alloc(0) : Buffer.concat([...parts, Buffer.alloc(4)]);
}

function block(type: number, body: Buffer, options: Options = []): Buffer {
  const inside = Buffer.concat([body, optionBytes(options)]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(inside.length + 12, 0);
  const kind = Buffer.alloc(4);
  kind.writeUInt32LE(type, 0);
  return Buffer.concat([kind, length, inside, length]);
}

/** A pcapng that says much of itself: each text is what the test chooses, however hostile. */
export function talkative(text: string): Buffer {
  const section = Buffer.from("4d3c2b1a01000000ffffffffffffffff", "hex");
  const link = Buffer.from("0100000000000400", "hex");
  const frames = splitRecords(office(5, 20));
  const packets = frames.map(({ data, micros }, i) => {
    const head = Buffer.alloc(20);
    head.writeUInt32LE(Number(micros >> 32n), 4);
    head.writeUInt32LE(Number(micros & 0xffffffffn), 8);
    head.writeUInt32LE(data.length, 12);
    head.writeUInt32LE(data.length, 16);
    return block(6, Buffer.concat([head, padded(data)]), i === 0 ? [[1, `first ${text}`]] : []);
  });
  const name = Buffer.concat([Buffer.from([10, 1, 0, 66]), Buffer.from(`scanner ${text}\0`)]);
  const record = Buffer.alloc(4);
  record.writeUInt16LE(1, 0);
  record.writeUInt16LE(name.length, 2);
  const drops = Buffer.alloc(8);
  drops.writeUInt32LE(42, 0);
  return Buffer.concat([
    block(0x0a0d0d0a, section, [[2, `machine ${text}`], [3, `system ${text}`], [4, `program ${text}`], [1, `about ${text}`]]),
    block(1, link, [[2, `wire ${text}`], [3, `described ${text}`]]),
    block(4, Buffer.concat([record, padded(name), Buffer.alloc(4)])),
    ...packets,
    block(5, Buffer.alloc(12), [[5, drops]]),
  ]);
}

/** The records of a pcap of this module. */
export function splitRecords(pcap: Buffer): { data: Buffer; micros: bigint }[] {
  const found: { data: Buffer; micros: bigint }[] = [];
  for (let at = 24; at < pcap.length; ) {
    const length = pcap.readUInt32LE(at + 8);
    const micros = BigInt(pcap.readUInt32LE(at)) * 1_000_000n + BigInt(pcap.readUInt32LE(at + 4));
    found.push({ data: pcap.subarray(at + 16, at + 16 + length), micros });
    at += 16 + length;
  }
  return found;
}

/** Flows whose messages say `text` wherever a name may stand: SNI, Host, User-Agent, DNS name, SSH banner. */
export function named(text: string): Buffer {
  const word = Buffer.from(text);
  const client = (port: number) => ({ ip: "10.1.0.9", port });
  const server = (port: number) => ({ ip: "203.0.113.9", port });
  const sized = (bytes: Buffer) => Buffer.concat([number(bytes.length, 2), bytes]);
  const name = sized(sized(Buffer.concat([Buffer.from([0]), sized(word)])));
  const extensions = sized(Buffer.concat([number(0, 2), name]));
  const hello = Buffer.concat([number(0x0303, 2), Buffer.alloc(32, 7), Buffer.from("00000213010100", "hex"), extensions]);
  const handshake = Buffer.concat([Buffer.from([1]), number(hello.length, 3), hello]);
  const labels = Buffer.concat([Buffer.from([word.length]), word, Buffer.alloc(1)]);
  const capture = new Capture();
  // Enough of everyday traffic for an analysis.
  for (const { data } of splitRecords(office(3, 60))) capture.wait(0.1).record(data);
  capture.say("tcp", client(50_001), server(443), Buffer.concat([Buffer.from([22, 3, 1]), sized(handshake)]));
  capture.say("tcp", client(50_002), server(80), Buffer.from(`GET /${text} HTTP/1.1\r\nHost: ${text}\r\nUser-Agent: ${text}\r\n\r\n`));
  capture.say("udp", client(50_003), server(53), Buffer.concat([Buffer.from("123401000001000000000000", "hex"), labels, number(1, 2), number(1, 2)]));
  capture.say("tcp", client(50_004), server(22), Buffer.from(`SSH-2.0-${text}\r\n`));
  return capture.bytes();
}

function number(value: number, bytes: number): Buffer {
  const out = Buffer.alloc(bytes);
  out.writeUIntBE(value, 0, bytes);
  return out;
}

/** Wi-Fi without flows: frames that throw one station off, a hundred a second. */
export function thrownOff(frames: number): Buffer {
  const header = fileHeader();
  header.writeUInt32LE(105, 20);
  const station = Buffer.from("021122334455", "hex");
  const records = Array.from({ length: frames }, (_, i) => {
    const frame = Buffer.alloc(26);
    frame[0] = 0xc0;
    [station, station, station].forEach((address, at) => address.copy(frame, 4 + 6 * at));
    // Not the copy of the one before.
    frame.writeUInt16LE(i << 4, 22);
    frame.writeUInt16LE(7, 24);
    const record = Buffer.alloc(16);
    [1_700_000_000 + Math.floor(i / 100), (i % 100) * 10_000, 26, 26].forEach((n, at) => record.writeUInt32LE(n, 4 * at));
    return Buffer.concat([record, frame]);
  });
  return Buffer.concat([header, ...records]);
}
