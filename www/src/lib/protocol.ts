// What page and worker say to each other. Every message carries its run, so that what an old run still says is known
// for old.
import type { Column, Details, Query, Report, Row, Settings } from "./report";

/** What is analysed: kept, so that it can be read again when a setting asks for it. */
export type Source = { kind: "files"; files: File[] } | { kind: "sample" };

export type ExportKind = "report_json" | "flows_csv" | "flows_ndjson" | "packets_csv" | "anomalies_csv";

/** What a selection answers with: its size and its first rows, so that a table need not ask twice. */
export interface Selected {
  rows: number;
  anomalies: number;
  first: Row[];
}

/** The questions a finished run answers, by name: what they take and give. */
export interface Questions {
  redetect: { takes: { settings: Settings }; gives: Finished };
  select: { takes: { query: Query; count: number }; gives: Selected };
  rows: { takes: { start: number; count: number }; gives: Row[] };
  position: { takes: { row: number }; gives: number };
  explain: { takes: { row: number }; gives: Details | null };
  export: { takes: { kind: ExportKind }; gives: Uint8Array<ArrayBuffer> };
}

export type QuestionName = keyof Questions;

export type Question = { [K in QuestionName]: { name: K } & Questions[K]["takes"] }[QuestionName];

/** A report with what its tables look like. */
export interface Finished {
  report: Report;
  columns: Column[];
}

export interface Progress {
  step: "reading" | "detecting";
  /** Bytes read of all files. */
  bytes: number;
  /** Bytes of all files. */
  total: number;
  packets: number;
  flows: number;
}

export type ToWorker =
  | {
      type: "start";
      run: number;
      module: WebAssembly.Module;
      source: Source;
      settings: Settings;
      /** Test hook: end in a trap after so many packets. */
      trapAtPacket?: number;
    }
  | { type: "ask"; run: number; id: number; question: Question }
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
  /** `trap`: the wasm stopped; `memory`: it ran out; `refused`: it said no; `start`: there is no worker. */
  kind: "trap" | "memory" | "refused" | "start" | "wasm";
  message: string;
  bytes: number;
  packets: number;
}

export type FromWorker =
  | { type: "alive"; run: number }
  | { type: "progress"; run: number; progress: Progress }
  | { type: "finished"; run: number; finished: Finished }
  | { type: "answer"; run: number; id: number; value: unknown }
  | { type: "refusal"; run: number; id: number; refusal: Refusal }
  | { type: "failed"; run: number; failure: Failure };
