// Rows of a finished run, and the details of one.
import type { Severity } from "./report";

export type Kind =
  | "time"
  | "text"
  | "endpoint"
  | "count"
  | "bytes"
  | "seconds"
  | "score"
  | "severity"
  | "number"
  | "share";

export type Cell = string | number | null;

export interface Column {
  name: string;
  label: string;
  meaning: string;
  kind: Kind;
}

export interface Row {
  row: number;
  is_anomalous: boolean;
  cells: Cell[];
}

export interface Query {
  filter: string;
  anomalies_only: boolean;
  /** Of these only; of all where it is null. */
  rows: number[] | null;
  sort: string;
  descending: boolean;
}

export interface Contribution {
  feature: string;
  unit: string;
  observed: number | null;
  typical: number | null;
  /** Median absolute deviation from it. */
  spread: number | null;
  share: number;
}

export interface Details {
  row: number;
  id: string;
  proto: string;
  orig: string;
  resp: string;
  is_scored: boolean;
  is_anomalous: boolean;
  score: number | null;
  severity: Severity;
  reason: string;
  agreement: [number, number];
  cluster: number;
  filter: string;
  sections: { title: string; fields: { label: string; kind: Kind; value: Cell }[] }[];
  contributions: Contribution[];
  /** The smallest change that would make it normal. */
  change: Change[];
  neighbour: { row: number; id: string; apart: Change[] } | null;
}

/** A feature of this row, and what it would have to be or is elsewhere. */
export interface Change {
  feature: string;
  unit: string;
  from: number | null;
  to: number | null;
}
