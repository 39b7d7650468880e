// One value as its kind is written.
import { time } from "../app/clock";
import { visible } from "../lib/escape";
import * as format from "../lib/format";
import type { Severity } from "../lib/report";
import type { Cell, Kind } from "../lib/table";

/** A cell's text. */
export function cellText(kind: Kind, value: Cell): string {
  if (value === null || value === undefined) return format.NONE;
  if (typeof value === "string") {
    if (kind === "time") return time(value);
    return visible(value);
  }
  switch (kind) {
    case "bytes":
      return format.bytes(value);
    case "seconds":
      return format.duration(value);
    case "score":
      return format.score(value);
    case "share":
      return format.share(value);
    case "number":
      return format.significant(value);
    default:
      return format.count(value);
  }
}

/** Whether a kind is set flush right. */
export function isNumeric(kind: Kind): boolean {
  return ["count", "bytes", "seconds", "score", "number", "share"].includes(kind);
}

/** Bars filled, of four: severity by shape as well as by colour and word. */
const LEVEL: Record<Severity, number> = { none: 0, info: 1, low: 1, medium: 2, high: 3, critical: 4 };

export function SeverityBadge({ severity }: { severity: Severity }) {
  return (
    <span class={`severity severity-${severity}`}>
      <svg class="level" viewBox="0 0 16 12" width="16" height="12" aria-hidden="true" focusable="false">
        {[0, 1, 2, 3].map((i) => (
          <rect
            key={i}
            class={i < LEVEL[severity] ? "level-on" : "level-off"}
            x={i * 4}
            y={7.5 - i * 2.5}
            width="3"
            height={4.5 + i * 2.5}
          />
        ))}
      </svg>
      {severity}
    </span>
  );
}

/** A catalogue name that may break after its underscores. */
export function Name({ text }: { text: string }) {
  return visible(text)
    .split(/(?<=_)/)
    .flatMap((part, i) => (i === 0 ? [part] : [<wbr key={part} />, part]));
}

const REASONS: Record<string, string> = {
  distance: "far from its cluster",
  small_cluster: "very small cluster",
  "distance+small_cluster": "far, and a very small cluster",
};

/** Why a row is anomalous, for people. */
export function reasonText(reason: string): string {
  return reason === "" ? format.NONE : (REASONS[reason] ?? format.words(reason));
}
