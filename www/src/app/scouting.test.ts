import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { FromWorker, Glimpse, Progress } from "../lib/protocol";
import type { Port } from "./client";
import { Scouting } from "./scouting";

class FakePort implements Port {
  onmessage: Port["onmessage"] = null;
  onerror: Port["onerror"] = null;
  onmessageerror: Port["onmessageerror"] = null;
  isTerminated = false;
  postMessage() {}
  terminate() {
    this.isTerminated = true;
  }
}

const reading = (total: number): Progress => ({
  step: "reading",
  looked: 0,
  files: 0,
  bytes: 0,
  total,
  packets: 0,
  flows: 0,
});
const glimpse: Glimpse = { bytes: 1, packets: 2, findings: [], count: 0 };

let ports: FakePort[];
let told: Glimpse[];
let scouting: Scouting;

beforeEach(() => {
  vi.useFakeTimers();
  ports = [];
  told = [];
  const spawn = () => {
    const port = new FakePort();
    ports.push(port);
    return port;
  };
  scouting = new Scouting(spawn, (glimpse) => told.push(glimpse));
});

afterEach(() => {
  vi.useRealTimers();
});

it("begins once, when much of a long reading is left", () => {
  scouting.watch({ ...reading(1e9), step: "looking" });
  scouting.watch(reading(1e6));
  vi.advanceTimersByTime(2000);
  expect(ports).toEqual([]);
  scouting.watch(reading(1e9));
  vi.advanceTimersByTime(999);
  scouting.watch({ ...reading(1e9), bytes: 1e8 });
  expect(ports).toEqual([]);
  vi.advanceTimersByTime(1);
  scouting.watch({ ...reading(1e9), bytes: 2e8 });
  vi.advanceTimersByTime(5000);
  expect(ports.length).toBe(1);
  ports[0]?.onmessage?.({ data: { type: "glimpse", glimpse } });
  expect(told).toEqual([glimpse]);
});

it("waits while the rest will be read soon, and begins when it is not", () => {
  scouting.watch({ ...reading(1e9), bytes: 5e8 });
  vi.advanceTimersByTime(3000);
  expect(ports).toEqual([]);
  vi.advanceTimersByTime(1000);
  expect(ports.length).toBe(1);
});

it("ends with the reading, and what comes later is not told", () => {
  scouting.watch(reading(1e9));
  vi.advanceTimersByTime(1000);
  const late = ports[0]?.onmessage;
  scouting.watch({ ...reading(1e9), step: "detecting" });
  expect(ports[0]?.isTerminated).toBe(true);
  late?.({ data: { type: "glimpse", glimpse } satisfies FromWorker });
  scouting.watch(reading(1e9));
  vi.advanceTimersByTime(2000);
  expect([ports.length, told.length]).toEqual([1, 0]);
});

it("never begins after a short run", () => {
  scouting.watch(reading(1e9));
  scouting.stop();
  vi.advanceTimersByTime(2000);
  expect(ports).toEqual([]);
});

it("gives up where there is no second worker, and where it fails", () => {
  const none = new Scouting(
    () => {
      throw new Error("no");
    },
    () => {},
  );
  none.watch(reading(1e9));
  expect(() => vi.advanceTimersByTime(1000)).not.toThrow();
  scouting.watch(reading(1e9));
  vi.advanceTimersByTime(1000);
  const preventDefault = vi.fn();
  ports[0]?.onerror?.({ preventDefault });
  expect([ports[0]?.isTerminated, preventDefault.mock.calls.length]).toEqual([true, 1]);
});
