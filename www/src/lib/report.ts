// The report as it comes out of the wasm: the fields of `src/report.rs`, of `src/view.rs` and of the settings table.
import type { ChartData } from "./charts";

export type Severity = "none" | "info" | "low" | "medium" | "high" | "critical";
/** What one row is. */
export type Unit = "flow" | "packet" | "host";
export type Status = "complete" | "partial" | "rejected";

export interface Outcome {
  status: Status;
  reason: string | null;
  offset: number | null;
  packets_before: number;
  message: string | null;
}

export interface Bucket {
  packets: number;
  bytes: number;
}

export interface Ledger {
  packets: number;
  bytes: number;
  captured_bytes: number;
  file_bytes: number;
  header_bytes: number;
  record_bytes: number;
  skipped_bytes: number;
  trailing_bytes: number;
  decoded: number;
  non_ip: number;
  malformed: number;
  truncated_by_snaplen: number;
  unsupported_link: number;
  untracked: Record<
    "non_ip" | "malformed" | "truncated_by_snaplen" | "unsupported_link" | "table_full" | "rows_full",
    Bucket
  >;
  packet_rows_full: number;
  host_rows_full: number;
  flows_created: number;
  flows_reported: number;
  flows_merged_into_overflow: number;
  overflow: { buckets: OverflowBucket[]; other: OverflowSum | null };
  undecoded: Undecoded[];
  link_types: { link_type: number; name: string; packets: number }[];
  dropped_by_capture: number;
  table_rows: number;
  table_rows_used: number;
  table_rows_bad: number;
  table_rows_full: number;
}

/** Packets beyond the flow table, added up; `originators` and `flows` are estimates. */
export interface OverflowSum {
  packets: number;
  bytes: number;
  first_ts: string;
  last_ts: string;
  originators: number;
  flows: number;
}

/** Packets beyond the flow table to one responder, port and protocol. */
export interface OverflowBucket extends OverflowSum {
  responder: string;
  port: number | null;
  proto: string;
}

/** Packets that were not decoded, of one kind. */
export interface Undecoded {
  reason: "non_ip" | "malformed" | "truncated_by_snaplen" | "unsupported_link";
  what: string;
  packets: number;
}

export interface InterfaceInfo {
  name: string | null;
  description: string | null;
  link_type: number;
  snaplen: number;
  packets: number;
  dropped: number | null;
}

/** What a capture says of itself. */
export interface FileMetadata {
  sections: number;
  hardware: string | null;
  os: string | null;
  application: string | null;
  interfaces: InterfaceInfo[];
  interface_count: number;
  comments: { packet: number | null; text: string }[];
  comment_count: number;
  names: { address: string; name: string }[];
  name_count: number;
  secrets: number;
}

/** Something wrong in a table, counted. */
export interface Fault {
  reason: string;
  count: number;
  first: { packet: number; byte: number };
}

/** A table as it was read. */
export interface TableReport {
  kind: "flows" | "packets";
  dialect: string;
  rows: number;
  used: number;
  full: number;
  bad: Fault[];
  cells: Fault[];
  columns: { header: string; used_as: string }[];
  columns_ignored: number;
  labels: { label: string; rows: number }[];
}

/** A numeric column of a table that is a feature of the run. */
export interface OwnColumn {
  name: string;
  header: string;
  is_log: boolean;
  is_default: boolean;
}

export interface FileReport {
  name: string;
  format: string;
  compression: string;
  stored_bytes: number;
  bytes: number;
  packets: number;
  outcome: Outcome;
  metadata: FileMetadata;
  table: TableReport | null;
}

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

/** One row of the feature catalogue. */
export interface FeatureInfo {
  name: string;
  unit: string;
  definition: string;
  transform: string;
  is_default: boolean;
  /** When it is missing; empty where it never is. */
  missing: string;
  cicflowmeter: Alike | null;
  nfstream: Alike | null;
}

/** Another tool's column of the same thing, and how theirs differs. */
export interface Alike {
  name: string;
  differs: string;
}

/** A field of the filter language. */
export interface FilterField {
  name: string;
  aliases: string[];
  meaning: string;
  example: string;
}

export interface Detection {
  status: "scored" | "no_outliers" | "not_enough_data";
  detector: string;
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

export interface Warning {
  kind: string;
  message: string;
  count: number;
  first: { packet: number; byte: number };
}

/** Something in a side file that was not used, counted. */
export interface SideFault {
  kind: string;
  message: string;
  count: number;
  first_line: number;
}

/** A threat list and how much of it was met. */
export interface ListReport {
  name: string;
  format: string;
  entries: number;
  faults: SideFault[];
  entries_met: number;
  flows_met: number;
}

export type PortVerdict =
  | "undeclared"
  | "filtered_answers"
  | "other_service"
  | "not_scanned"
  | "unanswered"
  | "silent"
  | "confirmed"
  | "quiet";

/** A port of a scanned host: what nmap says and what the traffic shows. */
export interface InventoryPort {
  proto: string;
  port: number;
  state: string | null;
  service: string | null;
  product: string | null;
  flows: number;
  answered: number;
  clients: number;
  observed_service: string | null;
  verdict: PortVerdict;
}

export interface InventoryHost {
  addresses: string[];
  mac: string | null;
  names: string[];
  os: string | null;
  is_up: boolean;
  not_shown: string[];
  ports: InventoryPort[];
  port_count: number;
}

/** A port scan by nmap, compared with the traffic. */
export interface ScanReport {
  name: string;
  version: string;
  args: string;
  start: string | null;
  end: string | null;
  is_cut: boolean;
  scanner: string | null;
  scan_flows: number;
  host_count: number;
  hosts: InventoryHost[];
  faults: SideFault[];
}

/** What files beside the capture say; each list in the order they were given. */
export interface Enrichment {
  lists: ListReport[];
  scans: ScanReport[];
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
  charts: ChartData;
  /** Absent where there are no files beside the capture. */
  enrichment?: Enrichment;
  /** Absent where there are no labels. */
  evaluation?: Evaluation;
  warnings: Warning[];
  limits: Limit[];
}

/** Something of which there may be more than is kept. */
export interface Limit {
  name: string;
  /** Null where only the memory budget bounds it. */
  most: number | null;
  beyond: number;
}

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

export type SettingKind =
  | { type: "choice"; options: string[] }
  | { type: "integer"; min: number; max: number; auto: boolean }
  | { type: "number"; min: number; max: number; auto: boolean }
  | { type: "features" }
  | { type: "suppressions" }
  | { type: "switch" };

export interface SettingSpec {
  name: string;
  label: string;
  meaning: string;
  default: string;
  kind: SettingKind;
  /** What has to run again; `rows`: the reading where packets come or go, else the detection. */
  stage: "read" | "rows" | "detect" | "rules";
}

/** Settings for a purpose. */
export interface Preset {
  name: string;
  meaning: string;
  values: [name: string, value: string][];
}

/** Settings as text by name; only those that differ from their default. */
export type Settings = Record<string, string>;
