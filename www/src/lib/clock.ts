// How times are written: in UTC, by the clock of this computer, or since the capture's first packet.
import { duration, NONE } from "./format";

export const CLOCKS = ["utc", "local", "relative"] as const;

export type Clock = (typeof CLOCKS)[number];

type Iso = string | null | undefined;

interface Instant {
  /** Whole seconds since 1970, UTC. */
  seconds: number;
  /** Microseconds of the second, six digits. */
  micros: string;
}

/** A time of the core, ISO 8601 in UTC with up to nine digits of a second. */
function parse(iso: Iso): Instant | null {
  const parts = typeof iso === "string" ? /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z$/.exec(iso) : null;
  if (parts === null) return null;
  const seconds = Date.parse(`${parts[1]}Z`) / 1000;
  return Number.isNaN(seconds) ? null : { seconds, micros: (parts[2] ?? "").padEnd(6, "0").slice(0, 6) };
}

const two = (n: number) => String(n).padStart(2, "0");

/** Date and time of day, by this computer's clock or in UTC. */
function date(seconds: number, isLocal: boolean): string {
  const at = new Date(seconds * 1000);
  if (!isLocal) return at.toISOString().slice(0, 19).replace("T", " ");
  const day = `${String(at.getFullYear()).padStart(4, "0")}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** Microseconds from one to the other; exact for all times that a capture can have. */
function between(from: Instant, to: Instant): bigint {
  return BigInt(to.seconds - from.seconds) * 1_000_000n + BigInt(to.micros) - BigInt(from.micros);
}

/**
 * With microseconds: `2024-03-04 08:00:06.823613`, or `+6.823613 s` since `origin`. A time without an origin to be
 * relative to is in UTC.
 */
export function exact(iso: Iso, clock: Clock, origin: Iso): string {
  const at = parse(iso);
  if (at === null) return NONE;
  const first = clock === "relative" ? parse(origin) : null;
  if (first === null) return `${date(at.seconds, clock === "local")}.${at.micros}`;
  const micros = between(first, at);
  const size = micros < 0n ? -micros : micros;
  const fraction = String(size % 1_000_000n).padStart(6, "0");
  return `${micros < 0n ? "-" : "+"}${(size / 1_000_000n).toLocaleString("en")}.${fraction} s`;
}

/** To the second, or as a duration since `origin`: `+20 min 34 s`. */
export function rough(iso: Iso, clock: Clock, origin: Iso): string {
  const at = parse(iso);
  if (at === null) return NONE;
  const first = clock === "relative" ? parse(origin) : null;
  if (first === null) return date(at.seconds, clock === "local");
  const micros = between(first, at);
  return `${micros < 0n ? "-" : "+"}${duration(Number(micros < 0n ? -micros : micros) / 1e6)}`;
}

/** What is said after a date: ` UTC`, ` UTC+1`, or nothing after a time since the first packet. */
export function zone(iso: Iso, clock: Clock, origin: Iso): string {
  const at = parse(iso);
  if (at === null || (clock === "relative" && parse(origin) !== null)) return "";
  if (clock !== "local") return " UTC";
  const minutes = -new Date(at.seconds * 1000).getTimezoneOffset();
  const size = Math.abs(minutes);
  const rest = size % 60 === 0 ? "" : `:${two(size % 60)}`;
  return minutes === 0 ? " UTC" : ` UTC${minutes < 0 ? "-" : "+"}${Math.floor(size / 60)}${rest}`;
}
