// The report as it comes out of the wasm: the fields of `src/report.rs`; what else comes out of it is beside this file.

import type { FileReport, Ledger, Limit, Outcome, OwnColumn, Warning } from "./account";
import type { ChartData } from "./charts";
import type { Enrichment } from "./enrichment";

export type Severity = "none" | "info" | "low" | "medium" | "high" | "critical";

/** What one row is. */
export type Unit = "flow" | "packet" | "host";

export interface Summary {
  verdict: string;
  packets: number;
  bytes: number;
  flows: number;
  hosts: number;
  first_ts: string | null;
  last_ts: string | null;
  duration: number;
  rows: number;
  anomalies: number;
  protocols: { proto: string; flows: number; packets: number; bytes: number }[];
}

/** What flows add up to. */
export interface Volume {
  flows: number;
  packets: number;
  bytes: number;
}

/** The largest entries, and what the others add up to. */
export interface Top<T> {
  count: number;
  first: T[];
  others: Volume;
}

export interface Talker extends Volume {
  address: string;
  severity: Severity;
}

export interface Conversation extends Volume {
  a: string;
  b: string;
}

export interface PortUse extends Volume {
  proto: string;
  port: number | null;
  service: string | null;
}

export interface NameUse extends Volume {
  name: string;
}

export interface Overview {
  talkers: Top<Talker>;
  conversations: Top<Conversation>;
  ports: Top<PortUse>;
  server_names: Top<NameUse>;
  dns_names: Top<NameUse>;
}

export interface Cluster {
  id: number;
  rows: number;
  share: number;
  is_small: boolean;
  anomalies: number;
  mean_distance: number;
  /** What at least half of its rows share. */
  shared: { what: string; value: string; rows: number }[];
  first_ts: string | null;
  last_ts: string | null;
  typical: (number | null)[];
  spread: (number | null)[];
}

export interface FeatureSummary {
  name: string;
  unit: string;
  transform: string;
  center: number;
  scale: number;
}

export interface Detection {
  status: "scored" | "no_outliers" | "not_enough_data";
  detector: string;
  /** Detectors that took part. */
  members: number;
  rows: number;
  unique_rows: number;
  fit_rows: number;
  largest_group_share: number;
  k: number;
  candidates: { k: number; silhouette: number }[];
  features: FeatureSummary[];
  inertia: number;
  threshold: { distance: number; score: number };
  clusters: Cluster[];
  explained: [number, number];
  /** Absent where rows were scored by the capture itself. */
  baseline?: BaselineUse;
}

/** Something that this capture has and the baseline has not. */
export interface News {
  what: "hosts" | "services" | "pairs" | "server_names" | "ja4s";
  count: number;
  of: number;
  may_be_known: boolean;
  listed: { name: string; first_ts: string; flows: number }[];
}

/** What the rows were scored against. */
export interface BaselineUse {
  captures: string[];
  row_count: number;
  fit_rows: number;
  common_hosts: number;
  is_foreign: boolean;
  notes: string[];
  new: News[];
}

export interface Curve {
  area: number | null;
  points: { x: number; y: number; score: number | null }[];
}

/** How well the verdicts agree with labels. */
export interface Evaluation {
  labels: { name: string; kind: string; lines: number; unmatched: number }[];
  unit: string;
  rows: number;
  attacks: number;
  unlabelled: number;
  left_out: number;
  unscored: number;
  is_rest_benign: boolean;
  confusion: { true_positives: number; false_positives: number; false_negatives: number; true_negatives: number };
  precision: number | null;
  recall: number | null;
  f1: number | null;
  false_positive_rate: number | null;
  roc: Curve;
  precision_recall: Curve;
  precision_at_n: number | null;
  classes: {
    name: string;
    rows: number;
    flagged: number;
    recall: number;
    roc_auc: number | null;
    average_precision: number | null;
  }[];
}

export interface Finding {
  id: string;
  kind: string;
  severity: Severity;
  title: string;
  actors: string[];
  targets: string[];
  target_count: number;
  first_ts: string;
  last_ts: string;
  rows: number;
  /** When its tenth row began, its hundredth, and so on. */
  raised: { rows: number; ts: string }[];
  packets: number;
  bytes: number;
  score: number | null;
  evidence: string;
  counts: { name: string; value: number }[];
  technique: { id: string; name: string } | null;
  source: string;
  caveat: string;
  filter: string;
}

/** The findings of one host. */
export interface Story {
  /** Empty where no host can be named. */
  host: string;
  part: "actor" | "target" | "network";
  /** 0-100. */
  threat: number;
  severity: Severity;
  sentence: string;
  findings: string[];
  first_ts: string;
  last_ts: string;
}

export interface Report {
  schema_version: number;
  wiresift_version: string;
  outcome: Outcome;
  ledger: Ledger;
  files: FileReport[];
  summary: Summary;
  overview: Overview;
  settings: Record<string, unknown> & { unit: Unit; threshold_rule: string };
  columns: OwnColumn[];
  detection: Detection;
  findings: Finding[];
  stories: Story[];
  /** Findings that the settings suppress. */
  suppressed: number;
  /** The rows of the highest scores, not all: how many detectors flag each. */
  anomalies: { agreement: number }[];
  charts: ChartData;
  /** Absent where there are no files beside the capture. */
  enrichment?: Enrichment;
  /** Absent where there are no labels. */
  evaluation?: Evaluation;
  warnings: Warning[];
  limits: Limit[];
}
