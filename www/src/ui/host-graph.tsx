import { useEffect, useRef, useState } from "preact/hooks";
import { showFiltered } from "../app/show";
import { useShown } from "../app/shown";

import type { HostGraph as Graph, GraphNode } from "../lib/charts";
import * as format from "../lib/format";
import { Canvas, type Drawn, Tooltip, usePainted } from "./canvas";
import { ChartData } from "./chart-data";
import { Marker } from "./marker";

/** Logical pixels beside a host that count as on it; more for a finger. */
const REACH = 4;
const TOUCH_REACH = 14;

const nameOf = (node: GraphNode) => (node.address === "" ? format.counted(node.hosts, "other host") : node.address);

/** The node that a key leads to: the list's next or previous, its first or last. */
function nextNode(key: string, node: number, count: number): number | undefined {
  const to: Record<string, number> = {
    ArrowRight: node + 1,
    ArrowDown: node + 1,
    ArrowLeft: node - 1,
    ArrowUp: node - 1,
    Home: 0,
    End: count - 1,
  };
  const next = to[key];
  return next === undefined ? undefined : Math.min(count - 1, Math.max(0, next));
}

export function HostGraph() {
  const { report: shown = null, charts: drawn = null } = useShown() ?? {};
  const [painted, setPainted] = usePainted(drawn);
  const [frame, setFrame] = useState<Drawn>({ scale: 1, width: 0, height: 0 });
  const [over, setOver] = useState<number | null>(null);
  const [current, setCurrent] = useState(0);
  const isFocused = useRef(false);
  useEffect(() => {
    setCurrent(0);
    setOver(null);
  }, [shown]);
  if (shown === null || drawn === null || painted === null) return null;

  const graph = shown.charts.host_graph;
  const at = (x: number, y: number, reach: number) => painted.node_at(x, y, reach * frame.scale);
  const placeOf = (node: number) => {
    const [x = 0, y = 0, radius = 0] = [...(painted.node_position(node) ?? [])].map((pixel) => pixel / frame.scale);
    return { x, y, radius };
  };
  const press = (node: number) => {
    const address = graph.nodes[node]?.address;
    if (address !== undefined && address !== "") void showFiltered(`ip ${address}`);
  };
  const overNode = over === null ? undefined : graph.nodes[over];
  const currentNode = graph.nodes[current];
  const spot = placeOf(current);
  return (
    <section class="card" aria-labelledby="host-graph-title">
      <div class="card-head">
        <h2 id="host-graph-title">Host graph</h2>
        <p class="card-note">
          Who talks to whom. Larger and wider is more bytes. Click a host, or use the arrow keys and Enter, to see its
          rows.
        </p>
      </div>
      <Canvas
        class={`chart-tall${over === null ? "" : " is-over"}`}
        label={graphText(graph)}
        draw={(canvas, dark, scale) => drawn.draw_host_graph(canvas, dark, scale)}
        depends={[drawn]}
        onDrawn={(size) => {
          setPainted();
          setFrame(size);
        }}
        onPointerMove={(x, y) => setOver(at(x, y, REACH) ?? null)}
        onPointerLeave={() => setOver(isFocused.current ? current : null)}
        onClick={(x, y, event) => {
          const node = at(x, y, (event as PointerEvent).pointerType === "touch" ? TOUCH_REACH : REACH);
          if (node !== undefined) press(node);
        }}
      >
        {frame.width > 0 && currentNode !== undefined && painted.node_position(current) !== undefined && (
          <Marker
            isRound
            place={String(current)}
            label={`${nodeText(currentNode)}${currentNode.address === "" ? "" : ". Show its rows"}`}
            box={{
              left: spot.x - spot.radius - 4,
              top: spot.y - spot.radius - 4,
              width: 2 * spot.radius + 8,
              height: 2 * spot.radius + 8,
            }}
            onPress={() => press(current)}
            onKey={(key) => {
              const next = nextNode(key, current, graph.nodes.length);
              if (next === undefined) return false;
              setCurrent(next);
              return true;
            }}
            onFocus={() => {
              isFocused.current = true;
              setOver(current);
            }}
            onBlur={() => {
              isFocused.current = false;
              setOver(null);
            }}
          />
        )}
        {over !== null && overNode !== undefined && (
          <Tooltip x={placeOf(over).x + placeOf(over).radius} y={placeOf(over).y} width={frame.width}>
            <b>{nameOf(overNode)}</b>
            <br />
            {overNode.severity === "none" ? "" : `severity ${overNode.severity}, `}
            {format.counted(overNode.flows, "flow")}, {format.bytes(overNode.bytes)}
            {overNode.peers > 0 && `, ${format.counted(overNode.peers, "peer")}`}
          </Tooltip>
        )}
      </Canvas>
      <div class="chart-foot">
        <span class="hint">
          {graph.more_edges > 0
            ? `${format.count(graph.edges.length)} of ${format.counted(graph.edges.length + graph.more_edges, "conversation")} drawn: those with anomalies, then by bytes.`
            : ""}
        </span>
        <ChartData
          caption="Hosts and their conversations"
          head={["Between", "Severity", "Flows", "Bytes", "Anomalous flows"]}
          rows={() => [
            ...graph.nodes.map((node) => [
              nameOf(node),
              node.severity,
              format.count(node.flows),
              format.bytes(node.bytes),
              format.NONE,
            ]),
            ...graph.edges.map(({ from, to, flows, bytes, anomalies }) => [
              [from, to].map((end) => nameOf(graph.nodes[end] as GraphNode)).join(" and "),
              format.NONE,
              format.count(flows),
              format.bytes(bytes),
              format.count(anomalies),
            ]),
          ]}
        />
      </div>
    </section>
  );
}

function nodeText(node: GraphNode): string {
  return (
    `${nameOf(node)}, ${node.severity === "none" ? "nothing found" : `severity ${node.severity}`}, ` +
    `${format.counted(node.flows, "flow")}, ${format.bytes(node.bytes)}`
  );
}

function graphText({ nodes, edges, more_edges }: Graph): string {
  const hosts = nodes.filter(({ address }) => address !== "");
  const others = nodes.find(({ address }) => address === "");
  const [gravest] = hosts;
  const largest = hosts.reduce((a, b) => (b.bytes > a.bytes ? b : a), hosts[0] as GraphNode);
  if (gravest === undefined) return "Graph of hosts: there are none.";
  return (
    `Graph of ${format.counted(hosts.length, "host")} and ${format.counted(edges.length + more_edges, "conversation")}` +
    `${others === undefined ? "" : `, ${format.counted(others.hosts, "other host")} as one`}. ` +
    `${gravest.severity === "none" ? "Nothing was found of any. " : `The gravest is ${gravest.address}, severity ${gravest.severity}. `}` +
    `Most bytes has ${largest.address} with ${format.bytes(largest.bytes)}.`
  );
}
