import { computed } from "@preact/signals";
import type { ComponentChild } from "preact";
import { useEffect, useLayoutEffect, useMemo, useState } from "preact/hooks";
import { arrive } from "../app/hash";
import { report } from "../app/store";
import { isWorking, takeTurn } from "../app/turns";
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

/** What there is to show. */
const hasRows = computed(() => (report.value?.summary.flows ?? 0) > 0);
const isScored = computed(() => report.value !== null && report.value.detection.status !== "not_enough_data");
const hasTraffic = computed(() => (report.value?.charts.timeline.packets.length ?? 0) > 0);
const hasHosts = computed(() => (report.value?.charts.host_graph.nodes.length ?? 0) > 0);

/** Everything about one report, in the order on the page; each part reads the store by itself. */
function parts(hasRows: boolean, isScored: boolean, hasTraffic: boolean, hasHosts: boolean): ComponentChild[] {
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
  const [count, setCount] = useState(FIRST);
  const there = [hasRows.value, isScored.value, hasTraffic.value, hasHosts.value] as const;
  // The same ones: what another report of the same capture changes, each part sees by itself.
  const all = useMemo(() => parts(...there), there);
  const isWhole = count >= all.length;
  useLayoutEffect(() => (isWhole ? undefined : takeTurn(() => setCount(count + 1))), [count, isWhole]);
  useEffect(() => {
    if (isWhole) arrive();
  }, [isWhole]);
  const first = useMemo(() => all.slice(0, count), [all, count]);
  return (
    <div class="result" aria-busy={!isWhole || isWorking.value}>
      {first}
    </div>
  );
}
