import { useEffect, useRef, useState } from "preact/hooks";
import { useShown } from "../app/shown";
import { isDetecting, moveThreshold, resetThreshold, settings, unitName } from "../app/store";
import * as format from "../lib/format";
import { Canvas, type Drawn, Tooltip, usePainted } from "./canvas";
import { ChartData } from "./chart-data";

/** Milliseconds of rest after which a moved threshold is tried. */
const REST = 60;
const STEP = 0.01;
const BIG_STEP = 0.1;

interface Area {
  left: number;
  top: number;
  right: number;
  bottom: number;
  width: number;
}

const clamp = (score: number) => Math.min(1, Math.max(0, Math.round(score * 1000) / 1000));

export function Histogram() {
  const { report: shown = null, charts: drawn = null } = useShown() ?? {};
  const [painted, setPainted] = usePainted(drawn);
  const [area, setArea] = useState<Area | null>(null);
  const [moved, setMoved] = useState<number | null>(null);
  const [over, setOver] = useState<{ x: number; y: number; score: number } | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const scale = useRef(1);
  const threshold = shown?.charts.histogram.threshold ?? 0;
  /** What is being typed, until it is used. */
  const [typed, setTyped] = useState<string | null>(null);
  // The answer is here: the handle goes where the core put the threshold, unless it was moved on meanwhile.
  useEffect(() => {
    if (timer.current === undefined && !isDetecting.peek()) setMoved(null);
  }, [shown]);
  useEffect(() => () => clearTimeout(timer.current), []);
  if (shown === null || drawn === null || painted === null) return null;

  const { rows, anomalies } = shown.charts.histogram;
  const unit = unitName.value;
  const score = moved ?? threshold;
  const move = (to: number) => {
    const next = clamp(to);
    setMoved(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      timer.current = undefined;
      moveThreshold(next);
    }, REST);
  };
  const scoreAtClient = (event: PointerEvent | MouseEvent): number | null => {
    const box = (event.currentTarget as HTMLElement).closest(".chart")?.getBoundingClientRect();
    if (box === undefined || area === null) return null;
    return (event.clientX - box.left - area.left) / Math.max(1, area.right - area.left);
  };
  const measure = ({ scale: ratio, width }: Drawn) => {
    scale.current = ratio;
    setPainted();
    const [left = 0, top = 0, right = 0, bottom = 0] = [...drawn.histogram_area()].map((pixel) => pixel / ratio);
    setArea(right > left ? { left, top, right, bottom, width } : null);
  };
  const keys = (event: KeyboardEvent) => {
    const to: Record<string, number> = {
      ArrowLeft: score - STEP,
      ArrowDown: score - STEP,
      ArrowRight: score + STEP,
      ArrowUp: score + STEP,
      PageDown: score - BIG_STEP,
      PageUp: score + BIG_STEP,
      Home: 0,
      End: 1,
    };
    const next = to[event.key];
    if (next === undefined) return;
    event.preventDefault();
    move(next);
  };
  const isMoved = settings.value.threshold !== undefined && (settings.value["threshold-rule"] ?? "score") === "score";
  const bin = over === null ? -1 : Math.min(rows.length - 1, Math.floor(over.score * rows.length));
  const x = area === null ? 0 : area.left + score * (area.right - area.left);
  return (
    <section class="card" aria-labelledby="histogram-title" aria-busy={isDetecting.value}>
      <div class="card-head">
        <h2 id="histogram-title">Scores</h2>
        <p class="card-note">Right of the line is anomalous. Drag the line, click, or use the arrow keys.</p>
      </div>
      <Canvas
        class="chart-half"
        label={histogramText(rows, anomalies, threshold, unit)}
        draw={(canvas, dark, ratio) => drawn.draw_histogram(canvas, dark, ratio)}
        depends={[drawn]}
        onDrawn={measure}
        onPointerMove={(px, py) => {
          const at = painted.score_at(px, py);
          setOver(at === undefined ? null : { x: px / scale.current, y: py / scale.current, score: clamp(at) });
        }}
        onPointerLeave={() => setOver(null)}
        onClick={(px, py) => {
          const at = painted.score_at(px, py);
          if (at !== undefined) move(at);
        }}
      >
        {area !== null && (
          <div
            class="threshold"
            role="slider"
            tabIndex={0}
            aria-label="Threshold score"
            aria-orientation="horizontal"
            aria-valuemin={0}
            aria-valuemax={1}
            aria-valuenow={score}
            aria-valuetext={`${format.score(score)}: ${format.counted(shown.summary.anomalies, `anomalous ${unit}`)}`}
            style={{ left: `${x}px`, top: `${area.top}px`, height: `${area.bottom - area.top}px` }}
            onKeyDown={keys}
            onPointerDown={(event) => {
              event.currentTarget.setPointerCapture(event.pointerId);
            }}
            onPointerMove={(event) => {
              const at = event.currentTarget.hasPointerCapture(event.pointerId) ? scoreAtClient(event) : null;
              if (at !== null) move(at);
            }}
          >
            <span class="threshold-grip" />
          </div>
        )}
        {over !== null && area !== null && bin >= 0 && (
          <Tooltip x={over.x} y={over.y} width={area.width}>
            <b>
              score {(bin / rows.length).toFixed(2)} to {((bin + 1) / rows.length).toFixed(2)}
            </b>
            <br />
            {format.counted(rows[bin] ?? 0, unit)}, {format.count(anomalies[bin] ?? 0)} anomalous
          </Tooltip>
        )}
      </Canvas>
      <div class="chart-foot">
        <label class="inline">
          Threshold
          <input
            type="number"
            min="0"
            max="1"
            step="0.01"
            value={typed ?? format.score(score)}
            onInput={(event) => setTyped(event.currentTarget.value)}
            onBlur={() => setTyped(null)}
            onChange={(event) => {
              const value = event.currentTarget.valueAsNumber;
              setTyped(null);
              if (Number.isFinite(value)) move(value);
            }}
          />
        </label>
        {isMoved && (
          <button type="button" class="small" onClick={resetThreshold}>
            Back to the rule
          </button>
        )}
        <span class="busy" aria-hidden="true">
          {isDetecting.value ? "Updating…" : ""}
        </span>
        <ChartData
          caption="Rows by score"
          head={["Score", `All ${unit}s`, "Anomalous"]}
          rows={() =>
            rows.map((n, i) => [
              `${(i / rows.length).toFixed(2)} to ${((i + 1) / rows.length).toFixed(2)}`,
              format.count(n),
              format.count(anomalies[i] ?? 0),
            ])
          }
        />
      </div>
    </section>
  );
}

function histogramText(rows: number[], anomalies: number[], threshold: number, unit: string): string {
  const sum = (list: number[]) => list.reduce((a, b) => a + b, 0);
  const most = rows.indexOf(Math.max(...rows));
  return (
    `Histogram of ${format.counted(sum(rows), "score")} of ${unit}s. The fullest bin is ` +
    `${(most / rows.length).toFixed(2)} to ${((most + 1) / rows.length).toFixed(2)}. ` +
    `The threshold is ${format.score(threshold)}; ${format.count(sum(anomalies))} are anomalous.`
  );
}
