import { useEffect, useRef, useState } from "preact/hooks";
import { clock, moment, time, zone } from "../app/clock";
import { useShown } from "../app/shown";
import { measure, query, select, unitName } from "../app/store";
import type { ChartData as Data } from "../lib/charts";
import { visible } from "../lib/escape";
import * as format from "../lib/format";
import type { Finding } from "../lib/report";
import { beginOf, grown, moved, rangeOfSteps, type Steps, stepsOf, sumOf } from "../lib/steps";
import { rangeOf, withRange } from "../lib/time-range";
import { type Area, Brush } from "./brush";
import { Canvas, Tooltip } from "./canvas";
import { ChartData } from "./chart-data";

type Series = Data["timeline"];
type Measure = "bytes" | "packets" | "flows";

const MEASURES: readonly [Measure, string][] = [
  ["bytes", "Bytes"],
  ["packets", "Packets"],
  ["flows", "Flows that begin"],
];
/** As the picture is titled. */
const TITLES: Record<Measure, string> = { bytes: "Traffic", packets: "Packets", flows: "Beginning flows" };
/** Milliseconds of rest after which a range that keys move is tried. */
const REST = 60;
/** Findings named beside the pointer. */
const NAMED = 3;

export function Timeline() {
  const { report: shown = null, charts: drawn = null } = useShown() ?? {};
  const [area, setArea] = useState<(Area & { width: number }) | null>(null);
  const [over, setOver] = useState<{ x: number; y: number; step: number } | null>(null);
  const [asked, setAsked] = useState<Steps | null | undefined>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const { filter } = query.value;
  // The filter says it: that of a moment ago is void.
  useEffect(() => setAsked(undefined), [filter]);
  useEffect(() => () => clearTimeout(timer.current), []);
  if (shown === null || drawn === null) return null;
  const { timeline } = shown.charts;
  const all = timeline.packets.length;
  const { range } = rangeOf(filter);
  const steps = asked !== undefined ? asked : range === null ? null : stepsOf(timeline, range);
  const choose = (to: Steps | null) => {
    setAsked(to);
    clearTimeout(timer.current);
    const next = to === null ? null : rangeOfSteps(timeline, to);
    // To the filter as it is then: another part of it may have changed meanwhile.
    timer.current = setTimeout(() => void select({ filter: withRange(query.value.filter, next) }), REST);
  };
  return (
    <section class="card" aria-labelledby="timeline-title">
      <div class="card-head">
        <h2 id="timeline-title">Over time</h2>
        <p class="card-note">
          Drag over a time to see only its {unitName.value}s, or use the arrow keys. Times{" "}
          {clock.value === "relative" ? "count from the first packet" : `are${zone(shown.summary.first_ts)}`}.
        </p>
        <label class="timeline-measure">
          <span class="visually-hidden">Shown over time</span>
          <select value={measure.value} onChange={(event) => (measure.value = event.currentTarget.value as Measure)}>
            {MEASURES.map(([name, label]) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Canvas
        class="chart-wide"
        label={timelineText(timeline, measure.value)}
        draw={(canvas, dark, scale) => {
          const shift = shiftOf(timeline, shown.summary.first_ts);
          drawn.draw_timeline(canvas, measure.value, clock.value, shift, dark, scale);
        }}
        depends={[drawn, measure.value, clock.value]}
        onDrawn={({ scale, width }) => {
          const [left = 0, top = 0, right = 0, bottom = 0] = [...drawn.timeline_area()].map((pixel) => pixel / scale);
          setArea(right > left ? { left, top, right, bottom, width } : null);
        }}
      >
        {area !== null && (
          <Brush
            area={area}
            all={all}
            steps={steps}
            text={steps === null ? "all of the capture" : rangeText(timeline, steps)}
            onChoose={choose}
            onHover={setOver}
          />
        )}
        {over !== null && area !== null && (
          <Tooltip x={area.left + over.x} y={area.top + over.y} width={area.width}>
            <Step timeline={timeline} step={over.step} findings={shown.findings} />
          </Tooltip>
        )}
      </Canvas>
      {steps !== null && <Chosen timeline={timeline} steps={steps} onChoose={choose} />}
      <div class="chart-foot">
        <span class="hint">
          One step is {format.duration(timeline.bin_seconds)}. Triangles: anomalies begin; diamonds: findings begin.
        </span>
        <ChartData
          caption={`${TITLES[measure.value]} over time`}
          head={[
            "From",
            "Packets",
            "Bytes",
            "Flows begin",
            "Anomalies begin",
            "Findings begin",
            ...timeline.protocols.map(({ name }) => `${format.capital(measure.value)}, ${name}`),
          ]}
          rows={() =>
            timeline.packets.map((packets, i) => [
              stepTime(timeline, i),
              format.count(packets),
              format.bytes(timeline.bytes[i]),
              format.count(timeline.flows[i]),
              format.count(timeline.anomalies[i]),
              format.count(timeline.findings[i]),
              ...timeline.protocols.map((protocol) => amount(measure.value, protocol[measure.value][i])),
            ])
          }
        />
      </div>
    </section>
  );
}

/** The chosen range in words, and what keys do to it as buttons. */
function Chosen({
  timeline,
  steps,
  onChoose,
}: {
  timeline: Series;
  steps: Steps;
  onChoose: (to: Steps | null) => void;
}) {
  const all = timeline.packets.length;
  const width = steps[1] - steps[0];
  const by = Math.max(1, Math.round(width / 2));
  return (
    <div class="timeline-range">
      <span role="status">{rangeText(timeline, steps)}</span>
      <span class="timeline-actions">
        <button type="button" class="small" disabled={steps[0] === 0} onClick={() => onChoose(moved(steps, -by, all))}>
          Earlier
        </button>
        <button type="button" class="small" disabled={steps[1] === all} onClick={() => onChoose(moved(steps, by, all))}>
          Later
        </button>
        <button type="button" class="small" disabled={width === all} onClick={() => onChoose(grown(steps, by, all))}>
          Longer
        </button>
        <button type="button" class="small" disabled={width === 1} onClick={() => onChoose(grown(steps, -by, all))}>
          Shorter
        </button>
        <button type="button" class="small" onClick={() => onChoose(null)}>
          Clear the range
        </button>
      </span>
    </div>
  );
}

/** What is in one step. */
function Step({ timeline, step, findings }: { timeline: Series; step: number; findings: Finding[] }) {
  const unit = unitName.value;
  const [from, to] = [beginOf(timeline, step), beginOf(timeline, step + 1)];
  const begun = findings.filter(({ first_ts }) => Date.parse(first_ts) >= from && Date.parse(first_ts) < to);
  const parts = timeline.protocols.filter((protocol) => (protocol[measure.value][step] ?? 0) > 0);
  return (
    <>
      <b>{stepTime(timeline, step)}</b>
      <br />
      {format.counted(timeline.packets[step], "packet")}, {format.bytes(timeline.bytes[step])},{" "}
      {format.counted(timeline.flows[step], "flow begins", "flows begin")}
      {parts.length > 0 && (
        <>
          <br />
          {parts.map(({ name, ...of }) => `${name} ${amount(measure.value, of[measure.value][step])}`).join(", ")}
        </>
      )}
      <br />
      {format.counted(timeline.anomalies[step], `anomalous ${unit} begins`, `anomalous ${unit}s begin`)}
      {begun.slice(0, NAMED).map(({ id, title }) => (
        <span key={id} class="tooltip-line">
          {visible(id, 10)} {visible(title, 80)}
        </span>
      ))}
      {begun.length > NAMED && <span class="tooltip-line">and {begun.length - NAMED} more findings</span>}
    </>
  );
}

function amount(of: Measure, n: number | undefined): string {
  return of === "bytes" ? format.bytes(n) : format.count(n);
}

/** When a step begins, by the clock that the reader chose. */
function stepTime(timeline: Series, step: number): string {
  const at = new Date(beginOf(timeline, step));
  if (Number.isNaN(at.getTime())) return format.NONE;
  // A duration in words is coarser than a date.
  const isFine = timeline.bin_seconds < (clock.value === "relative" ? 60 : 1);
  return isFine ? time(at.toISOString()) : moment(at.toISOString());
}

/** How far the clock is from the axis': minutes ahead of UTC, or seconds that the first packet is behind its beginning. */
function shiftOf(timeline: Series, first: string | null): number {
  const start = beginOf(timeline, 0);
  if (clock.value === "local") return -new Date(start).getTimezoneOffset();
  return clock.value === "relative" && first !== null ? (Date.parse(first) - start) / 1000 : 0;
}

function rangeText(timeline: Series, steps: Steps): string {
  return (
    `${stepTime(timeline, steps[0])} to ${stepTime(timeline, steps[1])}: ` +
    `${format.counted(sumOf(timeline.packets, steps), "packet")}, ${format.bytes(sumOf(timeline.bytes, steps))}, ` +
    format.counted(sumOf(timeline.flows, steps), "flow begins", "flows begin")
  );
}

function timelineText(timeline: Series, of: Measure): string {
  const counts = timeline[of];
  const busiest = counts.indexOf(Math.max(0, ...counts));
  if (busiest < 0) return "Traffic over time: there is none.";
  const total = (n: number[]) => sumOf(n, [0, n.length]);
  const parts = timeline.protocols.filter((protocol) => total(protocol[of]) > 0);
  const marked = (n: number[]) => format.counted(n.filter((begin) => begin > 0).length, "step");
  return (
    `${TITLES[of]} over time in ` +
    `${format.counted(counts.length, "step")} of ${format.duration(timeline.bin_seconds)}, by protocol: ` +
    `${parts.map((protocol) => `${protocol.name} ${amount(of, total(protocol[of]))}`).join(", ")}. ` +
    `The busiest begins ${stepTime(timeline, busiest)} with ${amount(of, counts[busiest])}. ` +
    `Anomalies begin in ${marked(timeline.anomalies)}, findings in ${marked(timeline.findings)}.`
  );
}
