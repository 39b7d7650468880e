import { report } from "../app/store";
import { Baseline } from "./baseline";
import { Clusters } from "./clusters";
import { Details } from "./details";
import { Evaluation } from "./evaluation";
import { Files } from "./files";
import { Findings } from "./findings";
import { Histogram } from "./histogram";
import { Inventory } from "./inventory";
import { Ledger } from "./ledger";
import { OutcomeBanner } from "./outcome";
import { Overview } from "./overview";
import { Scatter } from "./scatter";
import { SideFiles } from "./side-files";
import { Stories } from "./stories";
import { Table } from "./table";
import { Timeline } from "./timeline";
import { Verdict } from "./verdict";

/** Everything about one report. Each part reads the store by itself; the order here is the order on the page. */
export function Result() {
  const shown = report.value;
  if (shown === null) return null;
  const hasRows = shown.summary.flows > 0;
  const isScored = shown.detection.status !== "not_enough_data";
  return (
    <div class="result">
      <OutcomeBanner />
      <Verdict />
      <SideFiles />
      <Evaluation />
      <Baseline />
      <Stories />
      <Findings />
      {isScored && (
        <div class="pair">
          <Histogram />
          <Scatter />
        </div>
      )}
      {shown.charts.timeline.packets.length > 0 && <Timeline />}
      <Overview />
      <Inventory />
      {hasRows && (
        <div class="with-details">
          <Table />
          <Details />
        </div>
      )}
      <div class="pair pair-top">
        {isScored && <Clusters />}
        <Ledger />
      </div>
      <Files />
    </div>
  );
}
