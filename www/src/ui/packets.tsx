import { useEffect, useState } from "preact/hooks";
import { GoneError } from "../app/client";
import { clock, time, zone } from "../app/clock";
import { openPicker } from "../app/input";
import { areCommentsKept, hasComments, savePackets, saving, shared } from "../app/packets";
import { messageOf } from "../app/problem";
import { isTablesOnly, report, retrieved } from "../app/store";
import { visible } from "../lib/escape";
import * as format from "../lib/format";
import { LISTED, type ListedPacket, layerPath, type Selection } from "../lib/packets";
import type { RetrievalProgress, Retrieved } from "../lib/protocol";
import { Choice } from "./choice";
import { Dissection } from "./hexdump";

interface PacketsProps {
  selection: Selection;
  /** How many there are, as the report says. */
  packets: number;
  /** Part of a saved file's name: `flow-Cabc`. */
  name: string;
  isOpen: boolean;
  setOpen: (isOpen: boolean) => void;
}

type State =
  | { kind: "reading"; progress: RetrievalProgress | null; stop: AbortController }
  | { kind: "here"; found: Retrieved }
  | { kind: "problem"; isChanged: boolean; message: string }
  | { kind: "stopped" };

/** The packets of a row or a finding, read from the file when they are asked for. */
export function Packets({ selection, packets, name, isOpen, setOpen }: PacketsProps) {
  const [state, setState] = useState<State>({ kind: "stopped" });
  const [attempt, setAttempt] = useState(0);
  const shown = isOpen ? report.value : null;
  // Another attempt and another report read again too.
  useEffect(() => {
    if (!isOpen) return;
    const stop = new AbortController();
    setState({ kind: "reading", progress: null, stop });
    const tell = (progress: RetrievalProgress) => setState({ kind: "reading", progress, stop });
    retrieved({ selection, isSaved: false, comments: false }, { signal: stop.signal, tell }).then(
      (found) => stop.signal.aborted || setState({ kind: "here", found }),
      (cause) => {
        if (cause instanceof GoneError)
          setState((now) => (now.kind === "reading" && now.stop === stop ? { kind: "stopped" } : now));
        else
          setState({ kind: "problem", isChanged: (cause as Error).name === "file-changed", message: messageOf(cause) });
      },
    );
    return () => stop.abort();
  }, [isOpen, name, shown, attempt]);
  if (isTablesOnly.value) {
    return <p class="hint no-packets">A table holds no packets: there are none to show or save.</p>;
  }
  return (
    <details class="more packets" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        Packets <span class="meta-inline">{format.count(packets)}</span>
      </summary>
      {isOpen && (
        <>
          <SavePackets selection={selection} name={name} label="Save these packets (pcapng)" />
          {state.kind === "reading" && <Reading progress={state.progress} stop={() => state.stop.abort()} />}
          {state.kind === "stopped" && (
            <p class="hint">
              Stopped.{" "}
              <button type="button" class="small" onClick={() => setAttempt(attempt + 1)}>
                Read the packets
              </button>
            </p>
          )}
          {state.kind === "problem" && <Trouble {...state} again={() => setAttempt(attempt + 1)} />}
          {state.kind === "here" && <List found={state.found} packets={packets} />}
        </>
      )}
    </details>
  );
}

function Reading({ progress, stop }: { progress: RetrievalProgress | null; stop: () => void }) {
  return (
    <div class="packets-reading">
      <p class="hint">Reading the packets again…</p>
      {progress !== null && (
        <>
          <progress aria-label="Reading the packets again" max={1} value={progress.at / Math.max(1, progress.total)} />
          <button type="button" class="small" onClick={stop}>
            Stop
          </button>
        </>
      )}
    </div>
  );
}

function Trouble({ isChanged, message, again }: { isChanged: boolean; message: string; again: () => void }) {
  return (
    <div class="packets-problem" role="alert">
      <p class="field-problem">
        {isChanged ? "The file changed since it was read: drop it again." : "The packets could not be read."}
      </p>
      <p class="cause">{visible(message, 600)}</p>
      <button type="button" class="small" onClick={again}>
        Try again
      </button>{" "}
      {isChanged && (
        <button type="button" class="small" onClick={openPicker}>
          Choose it again
        </button>
      )}
    </div>
  );
}

function List({ found: { listed }, packets }: { found: Retrieved; packets: number }) {
  const [open, setOpen] = useState<number | null>(null);
  const all = Math.max(packets, listed.length);
  return (
    <>
      <p class="hint" role="status">
        {format.count(listed.length)} of {format.counted(all, "packet")} shown
        {listed.length < all && `; saving takes all of them`}.
      </p>
      <div class="scroll-x packet-list">
        <table class="plain">
          <caption class="visually-hidden">Packets</caption>
          <thead>
            <tr>
              <th scope="col">Number</th>
              <th scope="col">Time and layers</th>
              <th scope="col" class="number">
                Length
              </th>
            </tr>
          </thead>
          <tbody>
            {listed.slice(0, LISTED).map((packet) => (
              <Line
                key={packet.number}
                packet={packet}
                isOpen={open === packet.number}
                toggle={() => setOpen(open === packet.number ? null : packet.number)}
              />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Line({ packet, isOpen, toggle }: { packet: ListedPacket; isOpen: boolean; toggle: () => void }) {
  const { number, ts, original_len, captured_len, layers } = packet;
  const at = time(ts);
  const id = `packet-${number}`;
  return (
    <>
      <tr class={isOpen ? "is-open" : ""}>
        <th scope="row">
          <button
            type="button"
            class="small quiet packet-open"
            aria-expanded={isOpen}
            aria-controls={id}
            onClick={toggle}
          >
            <span class="arrow" aria-hidden="true">
              {isOpen ? "▾" : "▸"}
            </span>
            <span class="visually-hidden">Packet </span>
            {format.count(number)}
          </button>
        </th>
        <td class="packet-time" title={at}>
          {clock.value === "relative" || at === format.NONE ? at : at.slice(11)}
          <span class="meta-inline packet-layers">{visible(layerPath(layers), 200)}</span>
        </td>
        <td class="number">
          {format.count(original_len)}
          {captured_len < original_len && <span class="under">{format.count(captured_len)} captured</span>}
        </td>
      </tr>
      <tr id={id} hidden={!isOpen}>
        <td colSpan={3}>
          {isOpen && (
            <>
              <p class="packet-who">
                {at}
                {zone(ts)}, {visible(format.protocol(packet.proto))} <b>{end(packet.src, packet.src_port)}</b> →{" "}
                <b>{end(packet.dst, packet.dst_port)}</b>
              </p>
              {packet.comment !== null && (
                <p class="packet-comment">Comment in the capture: {visible(packet.comment, 256)}</p>
              )}
              <Dissection packet={packet} />
            </>
          )}
        </td>
      </tr>
    </>
  );
}

function end(address: string, port: number | null): string {
  if (port === null) return visible(address);
  return address.includes(":") ? `[${visible(address)}]:${port}` : `${visible(address)}:${port}`;
}

const SHARED = [
  ["all", "as captured"],
  ["headers", "headers only"],
  ["anonymous", "headers, addresses anonymised"],
] as const;

interface SaveProps {
  selection: Selection;
  name: string;
  label: string;
  isDisabled?: boolean;
}

/** Saves packets as a capture, with its comments where there are any and the reader wants them. */
export function SavePackets({ selection, name, label, isDisabled = false }: SaveProps) {
  if (isTablesOnly.value) return null;
  return (
    <span class="save-packets">
      <button
        type="button"
        class="small"
        disabled={isDisabled || saving.value !== null}
        onClick={() => void savePackets(selection, name)}
      >
        {label}
      </button>
      <Choice name="What is saved of the packets" class="saved-as" of={shared} options={SHARED} />
      {hasComments() && shared.value !== "anonymous" && (
        <label class="check">
          <input
            type="checkbox"
            checked={areCommentsKept.value}
            onChange={(event) => {
              areCommentsKept.value = event.currentTarget.checked;
            }}
          />
          with their comments
        </label>
      )}
    </span>
  );
}

/** The capture that is being made, with a way to stop it. */
export function Saving() {
  const now = saving.value;
  if (now === null) return null;
  const { name, progress, stop } = now;
  return (
    <section class="saving" aria-label="Saving packets">
      <p>Saving {visible(name, 100)}</p>
      <progress
        aria-label="Reading the packets again"
        max={1}
        {...(progress === null ? {} : { value: progress.at / Math.max(1, progress.total) })}
      />
      <button type="button" class="small" onClick={() => stop.abort()}>
        Stop
      </button>
    </section>
  );
}
