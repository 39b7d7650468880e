import type { ComponentChild } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { arrive } from "../app/hash";
import { report } from "../app/store";
import { takeTurn } from "../app/turns";
import type { Report } from "../lib/report";
import { Baseline } from "./baseline";
import { Clusters } from "./clusters";
import { Details } from "./details";
import { Evaluation } from "./evaluation";
import { Files } from "./files";
import { Findings } from "./findings";
import { Histogram } from "./histogram";
import { HostGraph } from "./host-graph";
import { HostPorts } from "./host-ports";
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

/** Everything about one report, in the order on the page; each part reads the store by itself. */
function parts(shown: Report): ComponentChild[] {
  const hasRows = shown.summary.flows > 0;
  const isScored = shown.detection.status !== "not_enough_data";
  const hasTraffic = shown.charts.timeline.packets.length > 0;
  const hasHosts = shown.charts.host_graph.nodes.length > 0;
  return [
    <OutcomeBanner key="outcome" />,
    <Verdict key="verdict" />,
    <SideFiles key="side-files" />,
    <Evaluation key="evaluation" />,
    <Baseline key="baseline" />,
    <Stories key="stories" />,
    <Findings key="findings" />,
    isScored && (
      <div class="pair" key="scores">
        <Histogram />
        <Scatter />
      </div>
    ),
    hasTraffic && <Timeline key="timeline" />,
    <Overview key="overview" />,
    hasHosts && (
      <div class="pair" key="hosts">
        <HostGraph />
        <HostPorts />
      </div>
    ),
    <Inventory key="inventory" />,
    hasRows && (
      <div class="with-details" key="rows">
        <Table />
        <Details />
      </div>
    ),
    <div class="pair pair-top" key="account">
      {isScored && <Clusters />}
      <Ledger />
    </div>,
    <Files key="files" />,
  ];
}

/** The parts that come first, together: what the user waits for. */
const FIRST = 2;

/** One report: the verdict at once, then one part after the other. */
export function Result() {
  const shown = report.value;
  const [count, setCount] = useState(FIRST);
  const all = shown === null ? [] : parts(shown);
  const isWhole = count >= all.length;
  useLayoutEffect(() => (isWhole ? undefined : takeTurn(() => setCount(count + 1))), [count, isWhole]);
  useEffect(() => {
    if (isWhole) arrive();
  }, [isWhole]);
  if (shown === null) return null;
  return (
    <div class="result" aria-busy={!isWhole}>
      {all.slice(0, count)}
    </div>
  );
}
