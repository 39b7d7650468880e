import { useRef, useState } from "preact/hooks";
import { charts, report, unitName } from "../app/store";
import * as format from "../lib/format";
import type { ChartData as Data } from "../lib/report";
import { Canvas, Tooltip } from "./canvas";
import { ChartData } from "./chart-data";

export function Timeline() {
  const shown = report.value;
  const drawn = charts.value;
  const frame = useRef({ scale: 1, width: 0 });
  const [over, setOver] = useState<{ x: number; y: number; bin: number } | null>(null);
  if (shown === null || drawn === null) return null;
  const { timeline } = shown.charts;
  const unit = unitName.value;
  return (
    <section class="card" aria-labelledby="timeline-title">
      <div class="card-head">
        <h2 id="timeline-title">Over time</h2>
        <p class="card-note">Traffic a second; a triangle where anomalies begin. Times are UTC.</p>
      </div>
      <Canvas
        class="chart-wide"
        label={timelineText(timeline)}
        draw={(canvas, dark, scale) => drawn.draw_timeline(canvas, dark, scale)}
        depends={[drawn]}
        onDrawn={({ scale, width }) => {
          frame.current = { scale, width };
        }}
        onPointerMove={(x, y) => {
          const bin = drawn.bin_at(x, y);
          const { scale } = frame.current;
          setOver(bin === undefined ? null : { x: x / scale, y: y / scale, bin });
        }}
        onPointerLeave={() => setOver(null)}
      >
        {over !== null && (
          <Tooltip x={over.x} y={over.y} width={frame.current.width}>
            <b>{binTime(timeline, over.bin)}</b>
            <br />
            {format.counted(timeline.packets[over.bin] ?? 0, "packet")}, {format.bytes(timeline.bytes[over.bin] ?? 0)}
            <br />
            {format.counted(timeline.anomalies[over.bin] ?? 0, `anomalous ${unit} begins`, `anomalous ${unit}s begin`)}
          </Tooltip>
        )}
      </Canvas>
      <div class="chart-foot">
        <span class="hint">One step is {format.duration(timeline.bin_seconds)}.</span>
        <ChartData
          caption="Traffic over time"
          head={["From", "Packets", "Bytes", "Anomalies begin"]}
          rows={() =>
            timeline.packets.map((packets, i) => [
              binTime(timeline, i),
              format.count(packets),
              format.bytes(timeline.bytes[i]),
              format.count(timeline.anomalies[i] ?? 0),
            ])
          }
        />
      </div>
    </section>
  );
}

/** When a bin begins. */
function binTime({ start, bin_seconds }: Data["timeline"], bin: number): string {
  const from = start === null ? Number.NaN : Date.parse(start);
  const at = new Date(from + bin * bin_seconds * 1000);
  return Number.isNaN(at.getTime())
    ? format.NONE
    : at
        .toISOString()
        .replace("T", " ")
        .slice(0, bin_seconds < 1 ? 23 : 19);
}

function timelineText(timeline: Data["timeline"]): string {
  const busiest = timeline.bytes.indexOf(Math.max(0, ...timeline.bytes));
  const marked = timeline.anomalies.filter((n) => n > 0).length;
  if (busiest < 0) return "Traffic over time: there is none.";
  return (
    `Traffic over time in ${format.counted(timeline.bytes.length, "step")} of ${format.duration(timeline.bin_seconds)}. ` +
    `The busiest begins ${binTime(timeline, busiest)} with ${format.bytes(timeline.bytes[busiest])}. ` +
    `Anomalies begin in ${format.counted(marked, "step")}.`
  );
}
