import { useEffect, useRef, useState } from "preact/hooks";
import { charts, peek, pick, report, selected, unitName } from "../app/store";
import * as format from "../lib/format";
import type { Details, ScatterPoint } from "../lib/report";
import { Canvas, Tooltip } from "./canvas";
import { ChartData } from "./chart-data";

/** Logical pixels around a point that count as on it; more for a finger. */
const REACH = 8;
const TOUCH_REACH = 20;
/** Points listed as a table: the strangest. */
const LISTED = 50;

export function Scatter() {
  const shown = report.value;
  const drawn = charts.value;
  const frame = useRef({ scale: 1, width: 0 });
  const [over, setOver] = useState<{ x: number; y: number; row: number } | null>(null);
  const [about, setAbout] = useState<Details | null>(null);
  const overRow = over?.row;
  useEffect(() => {
    setAbout(null);
    if (overRow === undefined) return;
    let isCurrent = true;
    peek(overRow).then(
      (details) => isCurrent && setAbout(details),
      () => {},
    );
    return () => {
      isCurrent = false;
    };
  }, [overRow]);
  if (shown === null || drawn === null) return null;

  const { points, rows, explained } = shown.charts.scatter;
  const unit = unitName.value;
  const point = over === null ? undefined : points.find((p) => p.row === over.row);
  const at = (x: number, y: number, reach: number) => drawn.row_at(x, y, reach * frame.current.scale);
  return (
    <section class="card" aria-labelledby="scatter-title">
      <div class="card-head">
        <h2 id="scatter-title">Clusters</h2>
        <p class="card-note">Near each other means alike. Click a point to see its row.</p>
      </div>
      <Canvas
        class={`chart-half${over === null ? "" : " is-over"}`}
        label={scatterText(points, rows, explained, unit)}
        draw={(canvas, dark, scale) => drawn.draw_scatter(canvas, dark, scale, selected.value)}
        depends={[drawn, selected.value]}
        onDrawn={({ scale, width }) => {
          frame.current = { scale, width };
        }}
        onPointerMove={(x, y) => {
          const row = at(x, y, REACH);
          const { scale } = frame.current;
          setOver(row === undefined ? null : { x: x / scale, y: y / scale, row });
        }}
        onPointerLeave={() => setOver(null)}
        onClick={(x, y, event) => {
          const reach = (event as PointerEvent).pointerType === "touch" ? TOUCH_REACH : REACH;
          const row = at(x, y, reach);
          if (row !== undefined) void pick(row);
        }}
      >
        {over !== null && point !== undefined && (
          <Tooltip x={over.x} y={over.y} width={frame.current.width}>
            <b>
              {point.is_anomalous ? "anomalous, " : ""}score {format.score(point.score)}
            </b>
            , cluster {point.cluster}
            {about !== null && about.row === over.row && (
              <>
                <br />
                {about.proto} {about.orig}
                <br />→ {about.resp}
              </>
            )}
          </Tooltip>
        )}
      </Canvas>
      <div class="chart-foot">
        <span class="hint">
          {points.length < rows
            ? `${format.count(points.length)} of ${format.count(rows)} ${unit}s drawn: anomalies first, then a sample of the rest.`
            : ""}
        </span>
        <ChartData
          caption="The strangest points of the scatter"
          head={["Row", "Score", "Cluster", "Component 1", "Component 2"]}
          rows={() =>
            [...points]
              .sort((a, b) => b.score - a.score)
              .slice(0, LISTED)
              .map((p) => [
                format.count(p.row + 1),
                format.score(p.score),
                format.count(p.cluster),
                format.significant(p.x, 3),
                format.significant(p.y, 3),
              ])
          }
        />
      </div>
    </section>
  );
}

function scatterText(points: ScatterPoint[], rows: number, explained: [number, number], unit: string): string {
  const anomalous = points.filter((point) => point.is_anomalous).length;
  const clusters = new Set(points.map((point) => point.cluster)).size;
  return (
    `Scatter of ${format.counted(rows, unit)} in ${format.counted(clusters, "cluster")} on two principal components, ` +
    `which hold ${format.share(explained[0] + explained[1])} of the variance. ${format.count(anomalous)} points are anomalous. ` +
    "The table below has the same rows and selects them by keyboard."
  );
}
