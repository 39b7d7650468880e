import { useEffect, useRef, useState } from "preact/hooks";
import { cancel, conclude, pauseOrResume, type Running as RunningState, running } from "../app/store";
import { visible } from "../lib/escape";
import * as format from "../lib/format";
import type { Glimpse } from "../lib/protocol";
import { SeverityBadge } from "./value";

/** Seconds without news after which the page says that it is waiting. */
const QUIET = 5;

export function Running() {
  const button = useRef<HTMLButtonElement>(null);
  const [now, setNow] = useState(performance.now());
  const heard = useRef({ progress: running.value?.progress, at: performance.now() });
  useEffect(() => {
    button.current?.focus();
    const timer = setInterval(() => setNow(performance.now()), 500);
    return () => clearInterval(timer);
  }, []);

  const run = running.value;
  if (run === null) return null;
  if (heard.current.progress !== run.progress) heard.current = { progress: run.progress, at: performance.now() };
  const { progress } = run;
  const isPaused = run.pausedAt !== undefined;
  const spent = (run.pausedAt ?? performance.now()) - run.startedAt - run.pausedFor;
  const seconds = Math.max(0.001, spent / 1000);
  const isDetecting = progress?.step === "detecting";
  const isLooking = run.found !== undefined || progress?.step === "looking";
  const share = progress === null || progress.total === 0 ? 0 : progress.bytes / progress.total;
  const rate = progress === null ? 0 : progress.bytes / seconds;
  const left = progress !== null && rate > 0 && seconds > 0.5 ? (progress.total - progress.bytes) / rate : null;
  const isQuiet = !isPaused && (now - heard.current.at) / 1000 > QUIET;
  const name = visible(run.names[0] ?? "", 120);
  const more = run.names.length > 1 ? ` and ${run.names.length - 1} more` : "";
  return (
    <section class="running" aria-labelledby="running-title">
      <h1 id="running-title">
        {isDetecting
          ? "Looking for anomalies in"
          : isLooking
            ? "Looking for captures in"
            : isPaused
              ? "Paused reading"
              : "Reading"}{" "}
        <span class="running-name">
          {name}
          {more}
        </span>
      </h1>
      <div class="running-bar">
        <progress aria-labelledby="running-title" max={1} {...(isDetecting || isLooking ? {} : { value: share })} />
        <span class="running-share" aria-hidden="true">
          {isDetecting || isLooking ? "" : `${Math.floor(share * 100)} %`}
        </span>
      </div>
      {isLooking && <p class="hint">{looked(run)}</p>}
      <dl class="figures" hidden={isLooking}>
        <Figure label="Read" value={`${format.bytes(progress?.bytes)} of ${format.bytes(progress?.total)}`} />
        <Figure label="Speed" value={format.byteRate(isDetecting ? null : rate)} />
        <Figure label="Packets" value={format.count(progress?.packets)} />
        <Figure
          label="Packets a second"
          value={format.short(isDetecting || progress === null ? null : progress.packets / seconds)}
        />
        <Figure label="Flows" value={format.count(progress?.flows)} />
        <Figure label="Time left" value={isDetecting ? format.NONE : left === null ? format.NONE : about(left)} />
      </dl>
      {run.glimpse !== undefined && <FirstFindings of={run.glimpse} />}
      {isQuiet && (
        <p class="hint">
          No news from the analysis for a while{isDetecting ? "; this step reports nothing until it is done" : ""}. You
          may wait or cancel.
        </p>
      )}
      <div class="running-buttons">
        <button type="button" ref={button} onClick={cancel}>
          Cancel
        </button>
        {progress?.step === "reading" && !run.isEnding && (
          <>
            <button type="button" onClick={pauseOrResume}>
              {isPaused ? "Resume" : "Pause"}
            </button>
            <button type="button" onClick={conclude}>
              Stop and show what was read
            </button>
          </>
        )}
      </div>
    </section>
  );
}

/** What the beginning shows: the same analysis as of the whole, which may come to something else. */
function FirstFindings({ of: { bytes, packets, findings, count } }: { of: Glimpse }) {
  const more = count - findings.length;
  const part = `the first ${format.bytes(bytes)}, ${format.counted(packets, "packet")}`;
  return (
    <section class="glimpse" aria-labelledby="glimpse-title">
      <h2 id="glimpse-title">First findings</h2>
      <p class="hint">
        {count === 0 ? `Nothing stands out in ${part}.` : `In ${part}; the whole capture may say something else.`}
      </p>
      <ol class="glimpse-list">
        {findings.map(({ id, severity, title }) => (
          <li key={id}>
            <SeverityBadge severity={severity} />
            <span>{visible(title, 300)}</span>
          </li>
        ))}
      </ol>
      {more > 0 && <p class="hint">and {format.count(more)} more</p>}
    </section>
  );
}

function looked({ found, progress }: RunningState): string {
  if (progress === null) return `${format.counted(found ?? 0, "file or folder", "files and folders")} found`;
  return `${format.count(progress.looked)} of ${format.counted(progress.files, "file")} looked at`;
}

function about(seconds: number): string {
  return seconds < 1 ? "under 1 s" : format.duration(Math.round(seconds)).replace(".0 s", " s");
}

export function Figure({ label, value, note }: { label: string; value: string; note?: string }) {
  return (
    <div class="figure">
      <dt>{label}</dt>
      <dd>
        {value}
        {note !== undefined && <span class="figure-note">{note.trim()}</span>}
      </dd>
    </div>
  );
}
