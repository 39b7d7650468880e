// What page and worker say to each other. Every message carries its run, so that what an old run still says is known
// for old.

import type { Settings } from "./catalogue";
import type { Scatter } from "./charts";
import type { SideFault } from "./enrichment";
import type { Filters, FilterText, ListedPacket, Selection, TableFormat } from "./packets";
import type { Finding, Report } from "./report";
import type { Column, Details, Query, Row } from "./table";

/** A file and what it is called: its path inside the folder it came in. */
export interface CaptureFile {
  file: File;
  path: string;
  /** Whether it came with its folder: then it counts only if it is a capture. */
  isFromFolder: boolean;
}

/** What is analysed, with notes on what was left out of it: kept, so that it can be read again. */
export type Source = { kind: "files"; files: CaptureFile[]; notes: string[] } | { kind: "sample" };

/** Kinds of files beside the capture, by the core's words. */
export type SideKind = "threat-list" | "nmap" | "labels" | "baseline" | "geoip";

/** A file beside the capture, known by its content. */
export interface SideFile {
  kind: SideKind;
  name: string;
  file: File;
  /** How many entries it has: indicators, hosts, or nodes of a database. */
  entries: number;
  /** What a database says of itself; null for other files. */
  about: string | null;
  /** What of it is not used. */
  faults: SideFault[];
  /** The columns of labels, and what each says. */
  columns: LabelColumn[];
  /** What columns of labels say by the user's word. */
  map: LabelMap;
}

export interface LabelColumn {
  name: string;
  role: string | null;
}

/** Roles of columns, by name. */
export type LabelMap = Record<string, string>;

/** What became of what was handed over. */
export interface Intake {
  /** The files read, in reading order: as the report's. */
  paths: string[];
  /** The first of the files of folders that are no captures. */
  ignored: string[];
  ignoredCount: number;
}

/** Packets read again. */
/** Which packets are read again, and what is made of them. */
export interface Retrieve {
  selection: Selection;
  isSaved: boolean;
  comments: boolean;
  /** Whether what the packets carry is cut off. */
  headers?: boolean;
  /** Replaces their addresses, too: 32 bytes. */
  key?: Uint8Array;
}

export interface Retrieved {
  /** The first of them. */
  listed: ListedPacket[];
  packets: number;
  /** The packets as a pcapng file, where it was asked for. */
  pcapng: Blob | null;
}

/** How far a reading again is, in bytes of all files. */
export interface RetrievalProgress {
  at: number;
  total: number;
}

export type ExportKind =
  | "report_json"
  | "report_html"
  | "report_markdown"
  | "baseline_json"
  | "flows_csv"
  | "flows_ndjson"
  | "flows_zeek"
  | "packets_csv"
  | "hosts_csv"
  | "hosts_ndjson"
  | "anomalies_csv"
  | "features_csv"
  | "cicflowmeter_csv"
  | "nfstream_csv";

/** What a selection answers with: its size and its first rows, so that a table need not ask twice. */
export interface Selected {
  rows: number;
  anomalies: number;
  first: Row[];
}

/** The questions a finished run answers, by name: what they take and give. */
export interface Questions {
  redetect: { takes: { settings: Settings }; gives: Finished };
  /** Joins these files beside the capture in place of those before. */
  enrich: { takes: { side: SideFile[] }; gives: Finished };
  select: { takes: { query: Query; count: number }; gives: Selected };
  rows: { takes: { start: number; count: number }; gives: Row[] };
  position: { takes: { row: number }; gives: number };
  explain: { takes: { row: number }; gives: Details | null };
  export: { takes: { kind: ExportKind }; gives: Uint8Array<ArrayBuffer> };
  filters: { takes: { selection: Selection }; gives: Filters };
  /** The scatter with other axes. */
  scatter: { takes: { across: string; up: string }; gives: Scatter };
  /** The first rows of a selection as a table. */
  table: { takes: { selection: Selection; format: TableFormat }; gives: FilterText };
  retrieve: { takes: Retrieve; gives: Retrieved };
}

export type QuestionName = keyof Questions;

export type Question = { [K in QuestionName]: { name: K } & Questions[K]["takes"] }[QuestionName];

/** A report with what its tables look like. */
export interface Finished {
  report: Report;
  columns: Column[];
  /** Why the report is without the files beside the capture. */
  sideProblem?: string;
}

export interface Progress {
  step: "looking" | "reading" | "detecting";
  /** Files whose first bytes were looked at, and how many there are. */
  looked: number;
  files: number;
  /** Bytes read of all files. */
  bytes: number;
  /** Bytes of all files. */
  total: number;
  packets: number;
  flows: number;
}

/** What the beginning of the files shows while all of them are read. */
export interface Glimpse {
  /** Bytes of the files looked at. */
  bytes: number;
  packets: number;
  /** The first findings, most severe first, and how many there are. */
  findings: Pick<Finding, "id" | "severity" | "title">[];
  count: number;
}

export type ToWorker =
  | {
      type: "start";
      run: number;
      module: WebAssembly.Module;
      source: Source;
      settings: Settings;
      side: SideFile[];
      /** Test hook: end in a trap after so many packets. */
      trapAtPacket?: number;
    }
  | { type: "ask"; run: number; id: number; question: Question }
  | { type: "stop"; run: number; id: number }
  /** Hold the reading, go on with it, or end it and conclude from what was read. */
  | { type: "pause" | "resume" | "enough"; run: number }
  /** Analyse beginnings of the source, tell what is found in each, and end. */
  | { type: "scout"; module: WebAssembly.Module; source: Source; settings: Settings; side: SideFile[] }
  /** Analyse the sample, so that the wasm is quick when a run comes, and end. */
  | { type: "warm-up"; module: WebAssembly.Module };

/** An error that leaves the worker able to go on. */
export interface Refusal {
  name: string;
  message: string;
  /** Where in a text it is, in characters. */
  position?: number;
}

export interface Failure {
  /**
   * `trap`: the wasm stopped; `memory`: it ran out; `refused`: it said no; `start`: there is no worker; `nothing`: no
   * file of a folder is a capture.
   */
  kind: "trap" | "memory" | "refused" | "start" | "wasm" | "nothing";
  message: string;
  bytes: number;
  packets: number;
}

export type FromWorker =
  | { type: "alive"; run: number }
  | { type: "progress"; run: number; progress: Progress }
  /** `busy`: milliseconds of the analysis itself, without waiting for the file's bytes; scripts/bench asks for them. */
  | { type: "finished"; run: number; finished: Finished; intake: Intake; busy?: number }
  /** Of no run: the page ends the scout with its run. */
  | { type: "glimpse"; glimpse: Glimpse }
  | { type: "retrieving"; run: number; id: number; progress: RetrievalProgress }
  | { type: "answer"; run: number; id: number; value: unknown }
  | { type: "refusal"; run: number; id: number; refusal: Refusal }
  | { type: "failed"; run: number; failure: Failure };
