import { useEffect, useRef, useState } from "preact/hooks";
import { showFiltered } from "../app/show";
import { useShown } from "../app/shown";
import { unitName } from "../app/store";
import type { HostPorts as Ports } from "../lib/charts";
import * as format from "../lib/format";
import type { Unit } from "../lib/report";
import { Canvas, type Drawn, Tooltip, usePainted } from "./canvas";
import { ChartData } from "./chart-data";
import { Marker } from "./marker";

interface Place {
  row: number;
  column: number;
}

export function HostPorts() {
  const { report: shown = null, charts: drawn = null } = useShown() ?? {};
  const [painted, setPainted] = usePainted(drawn);
  const [frame, setFrame] = useState<Drawn>({ scale: 1, width: 0, height: 0 });
  const [over, setOver] = useState<Place | null>(null);
  const [current, setCurrent] = useState<Place>({ row: 0, column: 0 });
  const isFocused = useRef(false);
  useEffect(() => {
    setCurrent({ row: 0, column: 0 });
    setOver(null);
  }, [shown]);
  if (shown === null || drawn === null || painted === null) return null;

  const ports = shown.charts.host_ports;
  const rows = ports.hosts.length + (ports.other_hosts > 0 ? 1 : 0);
  const columns = ports.services.length + (ports.other_services > 0 ? 1 : 0);
  const boxOf = ({ row, column }: Place) => {
    const area = painted.cell_area(row, column);
    if (area === undefined) return null;
    const [left = 0, top = 0, right = 0, bottom = 0] = [...area].map((pixel) => pixel / frame.scale);
    return { left, top, width: right - left, height: bottom - top };
  };
  const at = (x: number, y: number): Place | null => {
    const [row, column] = painted.cell_at(x, y) ?? [];
    return row === undefined || column === undefined ? null : { row, column };
  };
  const press = (place: Place) => {
    const filter = filterOf(ports, place, unitName.value);
    if (filter !== "") void showFiltered(filter);
  };
  const step = (key: string): boolean => {
    const { row, column } = current;
    const to: Record<string, Place> = {
      ArrowLeft: { row, column: column - 1 },
      ArrowRight: { row, column: column + 1 },
      ArrowUp: { row: row - 1, column },
      ArrowDown: { row: row + 1, column },
      Home: { row, column: 0 },
      End: { row, column: columns - 1 },
    };
    const next = to[key];
    if (next === undefined) return false;
    setCurrent({
      row: Math.min(rows - 1, Math.max(0, next.row)),
      column: Math.min(columns - 1, Math.max(0, next.column)),
    });
    return true;
  };
  const box = frame.width > 0 ? boxOf(current) : null;
  const overBox = over === null ? null : boxOf(over);
  return (
    <section class="card" aria-labelledby="host-ports-title">
      <div class="card-head">
        <h2 id="host-ports-title">Services by host</h2>
        <p class="card-note">
          Who is asked for what. Darker is more flows. Click a cell, or use the arrow keys and Enter, to see its rows.
        </p>
      </div>
      <Canvas
        class={`chart-tall${over === null ? "" : " is-over"}`}
        label={portsText(ports)}
        draw={(canvas, dark, scale) => drawn.draw_host_ports(canvas, dark, scale)}
        depends={[drawn]}
        onDrawn={(size) => {
          setPainted();
          setFrame(size);
        }}
        onPointerMove={(x, y) => setOver(at(x, y))}
        onPointerLeave={() => setOver(isFocused.current ? current : null)}
        onClick={(x, y) => {
          const place = at(x, y);
          if (place !== null) press(place);
        }}
      >
        {box !== null && (
          <Marker
            place={`${current.row}/${current.column}`}
            label={`${cellText(ports, current)}. Show the rows`}
            box={box}
            onPress={() => press(current)}
            onKey={step}
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
        {over !== null && overBox !== null && (
          <Tooltip
            x={overBox.left + (overBox.left > frame.width / 2 ? 0 : overBox.width)}
            y={overBox.top}
            width={frame.width}
          >
            {cellText(ports, over)}
          </Tooltip>
        )}
      </Canvas>
      <div class="chart-foot">
        <ChartData
          caption="Flows by responder and service"
          head={["Responder and service", "Flows", "Bytes", "Anomalous flows"]}
          rows={() =>
            ports.cells.map(({ host, service, flows, bytes, anomalies }) => [
              placeText(ports, { row: host, column: service }),
              format.count(flows),
              format.bytes(bytes),
              format.count(anomalies),
            ])
          }
        />
      </div>
    </section>
  );
}

/** The rows of a cell; of the others' row or column only by what is known of them. */
function filterOf(ports: Ports, { row, column }: Place, unit: Unit): string {
  const host = ports.hosts[row];
  const service = ports.services[column];
  // A flow knows which end was asked; a packet has its port on either side, a host is one.
  const [ip, port] = unit === "flow" ? ["dst", "dport"] : ["ip", "port"];
  const terms: string[] = [];
  if (host !== undefined) terms.push(`${ip} ${host.address}`);
  if (service !== undefined && unit !== "host") {
    if (service.port !== null) terms.push(`${port} ${service.port}`);
    terms.push(`proto ${service.proto}`);
  }
  return terms.join(" and ");
}

function placeText({ hosts, services, other_hosts, other_services }: Ports, { row, column }: Place): string {
  const service = services[column];
  const what =
    service === undefined
      ? format.counted(other_services, "other service")
      : `${service.port === null ? "" : `${service.port}/`}${service.proto}`;
  return `${hosts[row]?.address ?? format.counted(other_hosts, "other host")}, ${what}`;
}

function cellText(ports: Ports, place: Place): string {
  const cell = ports.cells.find(({ host, service }) => host === place.row && service === place.column);
  const anomalous = cell === undefined || cell.anomalies === 0 ? "" : `, ${format.count(cell.anomalies)} anomalous`;
  const what = cell === undefined ? "no flows" : `${format.counted(cell.flows, "flow")}, ${format.bytes(cell.bytes)}`;
  return `${placeText(ports, place)}: ${what}${anomalous}`;
}

function portsText(ports: Ports): string {
  const most = ports.cells.reduce((a, b) => (b.flows > (a?.flows ?? 0) ? b : a), ports.cells[0]);
  if (most === undefined) return "Heat map of services: there are none.";
  const hosts = format.counted(ports.hosts.length + ports.other_hosts, "responder");
  const services = format.counted(ports.services.length + ports.other_services, "service");
  const marked = ports.cells.filter(({ anomalies }) => anomalies > 0).length;
  return (
    `Heat map of ${hosts} by ${services}. Most flows has ${cellText(ports, { row: most.host, column: most.service })}. ` +
    `${format.counted(marked, "cell")} ${marked === 1 ? "has" : "have"} anomalous flows.`
  );
}
