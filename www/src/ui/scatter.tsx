import { useEffect, useRef, useState } from "preact/hooks";
import { type Shown, useShown } from "../app/shown";
import { drawScatter, peek, pick, query, scatterOf, select, selected, tellOrIgnore, unitName } from "../app/store";
import type { Scatter as Points, ScatterPoint } from "../lib/charts";
import { visible } from "../lib/escape";
import * as format from "../lib/format";
import type { Details } from "../lib/table";
import { Canvas, Tooltip, usePainted } from "./canvas";
import { ChartData } from "./chart-data";
import { useLasso } from "./lasso";
import { Marker } from "./marker";
import { AxisChoice, axesAmong } from "./scatter-axes";

/** Logical pixels around a point that count as on it; more for a finger. */
const REACH = 8;
const TOUCH_REACH = 20;
/** Points listed as a table: the strangest. */
const LISTED = 50;

/** The points that are drawn: the report's, or those with other axes once they are here. */
function useDrawnScatter(now: Shown | null): Points | null {
  const shown = now?.report.charts.scatter ?? null;
  const [across, up] = axesAmong(now?.report.detection.features ?? []);
  const isUsual = across === "component_1" && up === "component_2";
  /** The one with other axes, and whose it is. */
  const [other, setOther] = useState<{ scatter: Points; of: Points } | null>(null);
  useEffect(() => {
    if (shown === null) return;
    let isCurrent = true;
    const take = (scatter: Points) => {
      if (!isCurrent) return;
      drawScatter(scatter);
      setOther({ scatter, of: shown });
    };
    if (!isUsual) scatterOf(across, up).then(take, (cause) => tellOrIgnore(cause, "The axes could not be changed."));
    // The report's own is drawn where no other one was.
    else if (other?.of === shown) take(shown);
    return () => {
      isCurrent = false;
    };
  }, [shown, across, up]);
  return other !== null && other.of === shown ? other.scatter : shown;
}

/** Where the keys lead, as right and down. */
const WAYS: Record<string, readonly [right: number, down: number]> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function Scatter() {
  const now = useShown();
  const drawn = now?.charts ?? null;
  const [painted, setPainted] = usePainted(drawn);
  const found = useDrawnScatter(now);
  const [frame, setFrame] = useState({ scale: 1, width: 0 });
  const [over, setOver] = useState<{ x: number; y: number; row: number } | null>(null);
  const [about, setAbout] = useState<Details | null>(null);
  const [current, setCurrent] = useState<number | null>(null);
  const wasDrawn = useRef(false);
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
  const lasso = useLasso((corners) => {
    const pixels = corners.flatMap((corner) => corner.map((at) => Math.round(at * frame.scale)));
    choose([...(painted?.rows_within(Int32Array.from(pixels)) ?? [])]);
  });
  if (found === null || drawn === null || painted === null) return null;

  const { points, rows, axes } = found;
  const unit = unitName.value;
  const pointOf = (row: number | null | undefined) => points.find((p) => p.row === row);
  const point = pointOf(overRow);
  const strangest = points.reduce<ScatterPoint | undefined>(
    (a, b) => (a === undefined || b.score > a.score ? b : a),
    undefined,
  );
  const focused = pointOf(current) ?? strangest;
  const spotOf = (row: number) => {
    const [x = 0, y = 0] = [...(painted.position_of(row) ?? [])].map((pixel) => pixel / frame.scale);
    return { x, y };
  };
  const spot = focused === undefined ? null : spotOf(focused.row);
  // Over the picture, which stays as it is when another row is chosen.
  const chosen = selected.value !== null && pointOf(selected.value) !== undefined ? spotOf(selected.value) : undefined;
  const at = (x: number, y: number, reach: number) => painted.row_at(x, y, reach * frame.scale);
  const [across, up] = axes ?? ["Component 1", "Component 2"];
  return (
    <section class="card" aria-labelledby="scatter-title">
      <div class="card-head">
        <h2 id="scatter-title">Clusters</h2>
        <p class="card-note">
          Near each other means alike. Click a point to see its row; draw a line around points to see their rows in the
          table. By keys: arrows, Enter for the row, Space to choose it.
        </p>
      </div>
      <AxisChoice features={now?.report.detection.features ?? []} />
      <Canvas
        class={`chart-half${over === null ? "" : " is-over"}`}
        label={scatterText(found, unit)}
        draw={(canvas, dark, scale) => drawn.draw_scatter(canvas, dark, scale, undefined)}
        depends={[drawn, found]}
        onDrawn={(size) => {
          setPainted();
          setFrame(size);
        }}
        onPointerDown={(x, y, event) => {
          wasDrawn.current = false;
          lasso.down(x / frame.scale, y / frame.scale, event);
        }}
        onPointerMove={(x, y) => {
          if (lasso.move(x / frame.scale, y / frame.scale)) return setOver(null);
          const row = at(x, y, REACH);
          setOver(row === undefined ? null : { x: x / frame.scale, y: y / frame.scale, row });
        }}
        onPointerUp={() => {
          wasDrawn.current = lasso.up();
        }}
        onPointerCancel={lasso.cancel}
        onPointerLeave={() => setOver(null)}
        onClick={(x, y, event) => {
          if (wasDrawn.current) return;
          const reach = (event as PointerEvent).pointerType === "touch" ? TOUCH_REACH : REACH;
          const row = at(x, y, reach);
          if (row !== undefined) void pick(row);
        }}
      >
        {lasso.line.length > 0 && (
          <svg class="lasso" aria-hidden="true">
            <polygon points={lasso.line.map((corner) => corner.join()).join(" ")} />
          </svg>
        )}
        {frame.width > 0 && chosen !== undefined && (
          <span class="chart-ring" aria-hidden="true" style={{ left: `${chosen.x}px`, top: `${chosen.y}px` }} />
        )}
        {frame.width > 0 && focused !== undefined && spot !== null && (
          <Marker
            isRound
            place={String(focused.row)}
            label={`${pointText(focused, unit)}. Show its row`}
            box={{ left: spot.x - 12, top: spot.y - 12, width: 24, height: 24 }}
            onPress={() => void pick(focused.row)}
            onKey={(key) => {
              if (key === " ") {
                choose(toggled(focused.row));
                return true;
              }
              const way = WAYS[key];
              const next = key === "Home" ? strangest?.row : way && painted.row_beside(focused.row, ...way);
              if (next === undefined) return way !== undefined;
              setCurrent(next);
              setOver({ ...spotOf(next), row: next });
              return true;
            }}
            onFocus={() => setOver({ ...spot, row: focused.row })}
            onBlur={() => setOver(null)}
          />
        )}
        {over !== null && point !== undefined && (
          <Tooltip x={over.x} y={over.y} width={frame.width}>
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
            ? `${format.count(points.length)} of ${format.count(rows)} ${unit}s drawn: anomalies first, then a sample of the rest${axes === undefined ? "" : ", without those that have no such value"}.`
            : ""}
        </span>
        <ChartData
          caption="The strangest points of the scatter"
          head={["Row", "Score", "Cluster", visible(across, 80), visible(up, 80)]}
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

/** Shows these rows alone in the table; all where there is none. */
function choose(rows: number[]): void {
  void select({ rows: rows.length > 0 ? rows : null, anomalies_only: false });
}

/** The chosen rows with one more, or without it. */
function toggled(row: number): number[] {
  const chosen = query.value.rows ?? [];
  return chosen.includes(row) ? chosen.filter((other) => other !== row) : [...chosen, row];
}

function pointText({ row, score, cluster, is_anomalous }: ScatterPoint, unit: string): string {
  return `${format.capital(unit)} ${format.count(row + 1)}, ${is_anomalous ? "anomalous, " : ""}score ${format.score(score)}, cluster ${cluster}`;
}

function scatterText({ points, rows, explained, axes }: Points, unit: string): string {
  const anomalous = points.filter((point) => point.is_anomalous).length;
  const clusters = new Set(points.map((point) => point.cluster)).size;
  const on =
    axes === undefined
      ? `on two principal components, which hold ${format.share(explained[0] + explained[1])} of the variance`
      : `by ${visible(axes[0], 80)} and ${visible(axes[1], 80)}`;
  return (
    `Scatter of ${format.counted(rows, unit)} in ${format.counted(clusters, "cluster")} ${on}. ` +
    `${format.count(anomalous)} points are anomalous. The table below has the same rows.`
  );
}
