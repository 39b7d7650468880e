// Hands bytes to the browser as a file with a name that every system takes.
import { side_file } from "../../pkg/wiresift.js";
import { safeStem } from "../lib/escape";
import type { ExportKind } from "../lib/protocol";
import type { Unit } from "../lib/report";
import { outside } from "./outside";
import { charts, exported, intake, keepBaseline, measure, namesOf, notice, source, tellOrIgnore } from "./store";

export interface ExportChoice {
  kind: ExportKind;
  label: string;
  suffix: string;
  type: string;
  unit?: Unit;
}

export const EXPORTS: readonly ExportChoice[] = [
  { kind: "report_html", label: "Report with pictures (HTML)", suffix: "report.html", type: "text/html" },
  { kind: "report_markdown", label: "Short report (Markdown)", suffix: "report.md", type: "text/markdown" },
  { kind: "anomalies_csv", label: "Anomalies (CSV)", suffix: "anomalies.csv", type: "text/csv" },
  { kind: "flows_csv", label: "Flows (CSV)", suffix: "flows.csv", type: "text/csv" },
  { kind: "flows_ndjson", label: "Flows (NDJSON)", suffix: "flows.ndjson", type: "application/x-ndjson" },
  { kind: "flows_zeek", label: "Flows (Zeek conn.log)", suffix: "conn.log", type: "text/tab-separated-values" },
  { kind: "hosts_csv", label: "Hosts (CSV)", suffix: "hosts.csv", type: "text/csv" },
  { kind: "hosts_ndjson", label: "Hosts (NDJSON)", suffix: "hosts.ndjson", type: "application/x-ndjson" },
  { kind: "packets_csv", label: "Packets (CSV)", suffix: "packets.csv", type: "text/csv", unit: "packet" },
  { kind: "features_csv", label: "Features (CSV)", suffix: "features.csv", type: "text/csv" },
  {
    kind: "cicflowmeter_csv",
    label: "Flow features, CICFlowMeter columns (CSV)",
    suffix: "cicflowmeter.csv",
    type: "text/csv",
  },
  { kind: "nfstream_csv", label: "Flow features, NFStream columns (CSV)", suffix: "nfstream.csv", type: "text/csv" },
  {
    kind: "baseline_json",
    label: "Baseline, what is normal here (JSON)",
    suffix: "baseline.json",
    type: "application/json",
  },
  { kind: "report_json", label: "Whole report (JSON)", suffix: "report.json", type: "application/json" },
];

/** Makes the result at hand the baseline of the next captures: a file beside them, which can be saved too. */
export async function useAsBaseline(): Promise<void> {
  try {
    const bytes = await exported("baseline_json");
    const file = new File([bytes], downloadName("baseline.json"), { type: "application/json" });
    const { entries } = side_file("baseline", file.name, bytes, {}) as { entries: number };
    keepBaseline(file, entries);
    notice.value = "Kept as the baseline: the next capture is scored against this one. Download saves it as a file.";
  } catch (cause) {
    tellOrIgnore(cause, "This capture cannot be a baseline.");
  }
}

export type ChartName = "histogram" | "scatter" | "timeline" | "host_graph" | "host_ports";

/** Size of a saved chart in logical pixels; a PNG has twice as many, for print and screens of any density. */
const CHART_SIZE: Record<ChartName, [number, number]> = {
  histogram: [960, 540],
  scatter: [960, 640],
  timeline: [1280, 420],
  host_graph: [1200, 800],
  host_ports: [1200, 800],
};
const CHART_SCALE = 2;

/** The name of a download: its capture's, as far as every system takes it, and what it is. */
export function downloadName(suffix: string): string {
  const path = intake.value?.paths[0] ?? namesOf(source.value)[0] ?? "capture";
  return `${safeStem(path.slice(path.lastIndexOf("/") + 1))}-${suffix}`;
}

export function save(blob: Blob, suffix: string): void {
  saveAs(blob, downloadName(suffix));
}

export function saveAs(blob: Blob, name: string): void {
  outside.saveAs(blob, name);
  notice.value = `Saved as ${name}.`;
}

export async function saveExport({ kind, suffix, type }: ExportChoice): Promise<void> {
  try {
    save(new Blob([await exported(kind)], { type }), suffix);
  } catch (cause) {
    tellOrIgnore(cause, "The download could not be made.");
  }
}

export type ChartFormat = "png" | "svg";

export async function saveChart(name: ChartName, format: ChartFormat, isDark: boolean): Promise<void> {
  const drawn = charts.value;
  if (drawn === null) return;
  // The timeline as it is shown.
  const chart = name === "timeline" ? `timeline-${measure.value}` : name;
  try {
    if (format === "svg") {
      const text = drawn.svg(chart, ...CHART_SIZE[name], isDark);
      save(new Blob([text], { type: "image/svg+xml" }), `${name}.svg`);
      return;
    }
    const canvas = document.createElement("canvas");
    const [width, height] = CHART_SIZE[name];
    canvas.width = width * CHART_SCALE;
    canvas.height = height * CHART_SCALE;
    drawn.save_chart(chart, canvas, isDark, CHART_SCALE);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
    if (blob === null) throw new Error("the browser made no picture");
    save(blob, `${name}.png`);
  } catch (cause) {
    tellOrIgnore(cause, "The picture could not be made.");
  }
}
