import { beforeEach, describe, expect, it, type Mock, vi } from "vitest";
import type { Failure, Finished, FromWorker, Progress, ToWorker } from "../lib/protocol";
import { Client, GoneError, type Port, RefusedError } from "./client";

class FakePort implements Port {
  onmessage: Port["onmessage"] = null;
  onerror: Port["onerror"] = null;
  onmessageerror: Port["onmessageerror"] = null;
  sent: ToWorker[] = [];
  isTerminated = false;
  /** The handler as it was when the worker posted: a message on its way outlives `terminate`. */
  heard: Port["onmessage"] = null;

  postMessage(message: ToWorker): void {
    this.heard = this.onmessage;
    this.sent.push(message);
  }
  terminate(): void {
    this.isTerminated = true;
  }
  say(message: FromWorker): void {
    this.heard?.({ data: message });
  }
}

const module = {} as WebAssembly.Module;
const sample = { kind: "sample" } as const;
const progress = { step: "reading", looked: 0, files: 0, bytes: 1, total: 2, packets: 3, flows: 4 } as const;
const intake = { paths: ["a.pcap"], ignored: [], ignoredCount: 0 };
const finished = { report: {}, columns: [] } as never;

let ports: FakePort[];
let events: {
  onProgress: Mock<(progress: Progress) => void>;
  onFinished: Mock<(finished: Finished) => void>;
  failures: Failure[];
};
let client: Client;
let trapAtPacket: number | undefined;

function make(options: Partial<ConstructorParameters<typeof Client>[0]> = {}): Client {
  return new Client({
    spawn: () => {
      const port = new FakePort();
      ports.push(port);
      return port;
    },
    module: () => Promise.resolve(module),
    events: {
      onProgress: events.onProgress,
      onGlimpse: () => {},
      onFinished: events.onFinished,
      onFailure: (failure) => events.failures.push(failure),
    },
    trapAtPacket: () => trapAtPacket,
    ...options,
  });
}

async function started(): Promise<FakePort> {
  const run = client.analyse(sample, {});
  await Promise.resolve();
  await Promise.resolve();
  const port = ports.at(-1) as FakePort;
  port.say({ type: "alive", run });
  return port;
}

beforeEach(() => {
  ports = [];
  trapAtPacket = undefined;
  events = { onProgress: vi.fn(), onFinished: vi.fn(), failures: [] };
  client = make();
});

describe("a run", () => {
  it("goes from start over progress to a report and its questions", async () => {
    const port = await started();
    expect(port.sent).toEqual([{ type: "start", run: 1, module, source: sample, settings: {}, side: [] }]);
    port.say({ type: "progress", run: 1, progress });
    expect(events.onProgress).toHaveBeenCalledWith(progress);
    expect(client.state).toBe("running");
    await expect(client.ask("rows", { start: 0, count: 1 })).rejects.toBeInstanceOf(GoneError);
    port.say({ type: "finished", run: 1, finished, intake });
    expect(client.state).toBe("ready");
    const answer = client.ask("rows", { start: 0, count: 1 });
    expect(port.sent.at(-1)).toEqual({ type: "ask", run: 1, id: 1, question: { name: "rows", start: 0, count: 1 } });
    port.say({ type: "answer", run: 1, id: 1, value: [] });
    expect(await answer).toEqual([]);
  });

  it("keeps its worker when a question is refused", async () => {
    const port = await started();
    port.say({ type: "finished", run: 1, finished, intake });
    const answer = client.ask("position", { row: 1 });
    port.say({ type: "refusal", run: 1, id: 1, refusal: { name: "filter", message: "no", position: 3 } });
    const error = await answer.catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({ name: "filter", message: "no", position: 3 });
    expect(client.state).toBe("ready");
    expect(events.failures).toEqual([]);
  });

  it("carries the test hook only when it is set", async () => {
    trapAtPacket = 7;
    expect((await started()).sent[0]).toMatchObject({ trapAtPacket: 7 });
  });
});

describe("a long question", () => {
  const takes = { selection: { kind: "row", row: 1 }, isSaved: true, comments: false } as const;

  it("tells how far it is", async () => {
    const port = await started();
    port.say({ type: "finished", run: 1, finished, intake });
    const told: unknown[] = [];
    const answer = client.ask("retrieve", takes, { tell: (progress) => told.push(progress) });
    port.say({ type: "retrieving", run: 1, id: 1, progress: { at: 1, total: 2 } });
    port.say({ type: "retrieving", run: 1, id: 9, progress: { at: 9, total: 9 } });
    const value = { listed: [], packets: 0, pcapng: null };
    port.say({ type: "answer", run: 1, id: 1, value });
    expect(await answer).toEqual(value);
    expect(told).toEqual([{ at: 1, total: 2 }]);
  });

  it("is taken back at once, and the worker hears of it", async () => {
    const port = await started();
    port.say({ type: "finished", run: 1, finished, intake });
    const stop = new AbortController();
    const answer = client.ask("retrieve", takes, { signal: stop.signal });
    stop.abort();
    await expect(answer).rejects.toBeInstanceOf(GoneError);
    expect(port.sent.at(-1)).toEqual({ type: "stop", run: 1, id: 1 });
    port.say({ type: "answer", run: 1, id: 1, value: {} });
    expect(client.state).toBe("ready");
    await expect(client.ask("retrieve", takes, { signal: stop.signal })).rejects.toBeInstanceOf(GoneError);
  });

  it("says nothing to a run that came after", async () => {
    const port = await started();
    port.say({ type: "finished", run: 1, finished, intake });
    const stop = new AbortController();
    const answer = client.ask("retrieve", takes, { signal: stop.signal });
    client.cancel();
    await expect(answer).rejects.toBeInstanceOf(GoneError);
    const next = await started();
    stop.abort();
    expect(next.sent.map(({ type }) => type)).toEqual(["start"]);
  });
});

describe("scouting", () => {
  it("gives another worker the same to look at, and ends it with the run", async () => {
    vi.useFakeTimers();
    try {
      const glimpses: unknown[] = [];
      client = make({
        events: {
          onProgress: () => {},
          onGlimpse: (glimpse) => glimpses.push(glimpse),
          onFinished: () => {},
          onFailure: () => {},
        },
      });
      const port = await started();
      port.say({ type: "progress", run: 1, progress: { ...progress, total: 1e9 } });
      vi.advanceTimersByTime(1000);
      const scout = ports[1];
      expect(scout?.sent).toEqual([{ type: "scout", module, source: sample, settings: {}, side: [] }]);
      const glimpse = { bytes: 1, packets: 2, findings: [], count: 0 };
      scout?.onmessage?.({ data: { type: "glimpse", glimpse } });
      expect(glimpses).toEqual([glimpse]);
      client.cancel();
      expect(scout?.isTerminated).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("warming up", () => {
  it("posts to a worker of its own while there is no run, and says nothing where there is none", async () => {
    const posted: unknown[] = [];
    const port = { postMessage: (message: unknown) => posted.push(message), terminate: () => {} } as unknown as Port;
    const module = {} as WebAssembly.Module;
    const events = { onProgress: vi.fn(), onGlimpse: vi.fn(), onFinished: vi.fn(), onFailure: vi.fn() };
    const idle = new Client({ spawn: () => port, module: () => Promise.resolve(module), events });
    await idle.warmUp();
    expect(posted).toEqual([{ type: "warm-up", module }]);
    idle.analyse({ kind: "sample" }, {});
    await idle.warmUp();
    expect(posted.filter((message) => (message as { type: string }).type === "warm-up")).toHaveLength(1);
    idle.cancel();
    const broken = new Client({ spawn: () => port, module: () => Promise.reject(new Error("none")), events });
    await broken.warmUp();
    expect(events.onFailure).not.toHaveBeenCalled();
  });

  it("ends when a run begins", async () => {
    await client.warmUp();
    const warming = ports[0];
    expect(warming?.sent.map(({ type }) => type)).toEqual(["warm-up"]);
    expect(warming?.isTerminated).toBe(false);
    const port = await started();
    expect(warming?.isTerminated).toBe(true);
    expect(port.isTerminated).toBe(false);
  });
});

describe("the end of a run", () => {
  it("by cancel: the worker is gone, late messages are not heard, questions end", async () => {
    const port = await started();
    port.say({ type: "finished", run: 1, finished, intake });
    const answer = client.ask("position", { row: 1 });
    client.cancel();
    client.cancel();
    expect(port.isTerminated).toBe(true);
    await expect(answer).rejects.toBeInstanceOf(GoneError);
    port.say({ type: "progress", run: 1, progress });
    port.say({ type: "failed", run: 1, failure: { kind: "trap", message: "", bytes: 0, packets: 0 } });
    expect(events.onProgress).not.toHaveBeenCalled();
    expect(events.failures).toEqual([]);
    expect(client.state).toBe("idle");
  });

  it("by a new run: only the new one is heard", async () => {
    const first = await started();
    const second = await started();
    expect(first.isTerminated).toBe(true);
    first.say({ type: "finished", run: 1, finished, intake });
    second.say({ type: "progress", run: 1, progress });
    expect(events.onFinished).not.toHaveBeenCalled();
    expect(events.onProgress).not.toHaveBeenCalled();
    second.say({ type: "finished", run: 2, finished, intake });
    expect(events.onFinished).toHaveBeenCalledTimes(1);
  });

  it("by a trap: the failure is told once and the next run works", async () => {
    const port = await started();
    const failure: Failure = { kind: "trap", message: "unreachable", bytes: 10, packets: 2 };
    port.say({ type: "failed", run: 1, failure });
    expect(events.failures).toEqual([failure]);
    expect(port.isTerminated).toBe(true);
    const next = await started();
    next.say({ type: "finished", run: 2, finished, intake });
    expect(client.state).toBe("ready");
  });

  it("before the module is there: nothing starts", async () => {
    client.analyse(sample, {});
    client.cancel();
    await Promise.resolve();
    await Promise.resolve();
    expect(ports).toEqual([]);
  });
});

describe("a worker that does not start", () => {
  it("because the constructor throws", async () => {
    client = make({
      spawn: () => {
        throw new Error("blocked by policy");
      },
    });
    client.analyse(sample, {});
    await vi.waitFor(() => expect(events.failures).toHaveLength(1));
    expect(events.failures[0]).toMatchObject({ kind: "start", message: "blocked by policy" });
  });

  it("because its script fails", async () => {
    client.analyse(sample, {});
    await vi.waitFor(() => expect(ports).toHaveLength(1));
    ports[0]?.onerror?.({ message: "SyntaxError" });
    expect(events.failures[0]).toMatchObject({ kind: "start", message: "SyntaxError" });
    expect(client.state).toBe("idle");
  });

  it("because it never answers", async () => {
    vi.useFakeTimers();
    client = make({ patience: 1000 });
    client.analyse(sample, {});
    await vi.advanceTimersByTimeAsync(1500);
    vi.useRealTimers();
    expect(events.failures[0]).toMatchObject({ kind: "start", message: "no answer within 1 s" });
  });

  it("because there is no WebAssembly", async () => {
    client = make({ module: () => Promise.reject(new Error("WebAssembly is off")) });
    client.analyse(sample, {});
    await vi.waitFor(() => expect(events.failures).toHaveLength(1));
    expect(events.failures[0]).toMatchObject({ kind: "wasm", message: "WebAssembly is off" });
  });
});
