// What the core says of what was read: where every byte and packet went, file by file.

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

export interface Warning {
  kind: string;
  message: string;
  count: number;
  first: { packet: number; byte: number };
}

/** Something of which there may be more than is kept. */
export interface Limit {
  name: string;
  /** Null where only the memory budget bounds it. */
  most: number | null;
  beyond: number;
}
