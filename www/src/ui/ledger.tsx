import { useState } from "preact/hooks";
import { useShown } from "../app/shown";

import type { Ledger as Account, Limit, OverflowSum, Undecoded } from "../lib/account";
import { visible } from "../lib/escape";
import * as format from "../lib/format";
import type { Report } from "../lib/report";

type Overflow = Account["overflow"];

/** Where every byte and packet went. Open by itself when something is missing. */
export function Ledger() {
  const shown = useShown()?.report ?? null;
  if (shown === null) return null;
  const { ledger, warnings, limits, outcome } = shown;
  const reached = limits.filter(({ beyond }) => beyond > 0);
  const left = ledger.packets - ledger.decoded;
  const isWhole = left === 0 && ledger.untracked.table_full.packets + ledger.untracked.rows_full.packets === 0;
  const isClean = outcome.status === "complete" && isWhole && ledger.table_rows === ledger.table_rows_used;
  return (
    <section class="card" aria-labelledby="ledger-title">
      <div class="card-head">
        <h2 id="ledger-title">The account</h2>
        <p class="card-note">
          {isClean
            ? `Every byte was read and every ${ledger.table_rows > 0 ? "row and packet" : "packet"} analysed.`
            : ledger.table_rows_bad > 0 && left === 0
              ? `${format.counted(ledger.table_rows_used, "row")} of ${format.count(ledger.table_rows)} became ${ledger.table_rows_used === 1 ? "a record" : "records"}; the rest is below, by reason.`
              : `${format.count(ledger.decoded)} of ${format.counted(ledger.packets, "packet")} were analysed; the rest is below, by reason.`}
        </p>
      </div>
      <details class="more" open={!isClean}>
        <summary>Packets and bytes</summary>
        <div class="pair pair-top pair-tight">
          <Packets report={shown} />
          <Bytes report={shown} />
        </div>
      </details>
      {warnings.length > 0 && (
        <>
          <h3>Oddities of the input</h3>
          <ul class="warnings">
            {warnings.map(({ kind, message, count, first }) => (
              <li key={kind}>
                {visible(message, 400)}{" "}
                <span class="meta-inline">
                  {format.counted(count, "time")}, first at {kind.startsWith("table_") ? "row" : "packet"}{" "}
                  {format.count(first.packet)}, byte {format.count(first.byte)}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {reached.length > 0 && <Reached limits={reached} />}
      {ledger.untracked.table_full.packets > 0 && <BeyondTable overflow={ledger.overflow} />}
      {ledger.undecoded.length > 0 && <NotAnalysed list={ledger.undecoded} />}
    </section>
  );
}

/** What there was more of than is kept. */
function Reached({ limits }: { limits: Limit[] }) {
  return (
    <>
      <h3>Limits reached</h3>
      <div class="scroll-x">
        <table class="plain">
          <caption class="visually-hidden">Limits that were reached, and how much was beyond them</caption>
          <thead>
            <tr>
              <th scope="col">Limit</th>
              <th scope="col" class="number">
                Most
              </th>
              <th scope="col" class="number">
                Beyond
              </th>
            </tr>
          </thead>
          <tbody>
            {limits.map(({ name, most, beyond }) => (
              <tr key={name}>
                <th scope="row">{format.words(name)}</th>
                <td class="number">{most === null ? "by memory" : format.count(most)}</td>
                <td class="number">{format.count(beyond)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** Whom the packets were sent to that the flow table had no room for. */
function BeyondTable({ overflow: { buckets, other } }: { overflow: Overflow }) {
  const [isAll, setAll] = useState(false);
  const listed = isAll ? buckets : buckets.slice(0, FEW);
  return (
    <>
      <h3>Beyond the flow table</h3>
      <div class="scroll-x">
        <table class="plain">
          <caption class="visually-hidden">
            Packets without a flow of their own, by whom they were sent to; flows and originators are estimates
          </caption>
          <thead>
            <tr>
              <th scope="col">To</th>
              <th scope="col">Service</th>
              <th scope="col" class="number">
                Packets
              </th>
              <th scope="col" class="number">
                Bytes
              </th>
              <th scope="col" class="number">
                Flows, about
              </th>
              <th scope="col" class="number">
                Originators, about
              </th>
            </tr>
          </thead>
          <tbody>
            {listed.map(({ responder, port, proto, ...sum }) => (
              <tr key={`${responder} ${proto} ${port}`}>
                <th scope="row">{visible(responder, 60)}</th>
                <td>
                  {port === null ? visible(format.protocol(proto)) : `${visible(format.protocol(proto))} ${port}`}
                </td>
                <Sums sum={sum} />
              </tr>
            ))}
            {other !== null && (
              <tr>
                <th scope="row">All others</th>
                <td />
                <Sums sum={other} />
              </tr>
            )}
          </tbody>
        </table>
      </div>
      {buckets.length > FEW && (
        <button type="button" class="small" aria-expanded={isAll} onClick={() => setAll(!isAll)}>
          {isAll ? "Show fewer" : `Show all ${buckets.length} services`}
        </button>
      )}
    </>
  );
}

function Sums({ sum }: { sum: OverflowSum }) {
  return (
    <>
      <td class="number">{format.count(sum.packets)}</td>
      <td class="number">{format.bytes(sum.bytes)}</td>
      <td class="number">{format.count(sum.flows)}</td>
      <td class="number">{format.count(sum.originators)}</td>
    </>
  );
}

const REASONS: Record<Undecoded["reason"], string> = {
  non_ip: "without IP or ARP",
  malformed: "headers contradict themselves",
  truncated_by_snaplen: "cut by the snapshot length",
  unsupported_link: "link layer not decoded",
};

/** Kinds listed before the reader asks for more. */
const FEW = 12;

/** What the packets were that are in no flow. */
function NotAnalysed({ list }: { list: Undecoded[] }) {
  const [isAll, setAll] = useState(false);
  const listed = isAll ? list : list.slice(0, FEW);
  return (
    <>
      <h3>What was not analysed</h3>
      <div class="scroll-x">
        <table class="plain">
          <caption class="visually-hidden">Packets that were not analysed, by what they are</caption>
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Reason</th>
              <th scope="col" class="number">
                Packets
              </th>
            </tr>
          </thead>
          <tbody>
            {listed.map(({ reason, what, packets }) => (
              <tr key={`${reason} ${what}`}>
                <th scope="row">{visible(what, 120)}</th>
                <td>{REASONS[reason] ?? format.words(reason)}</td>
                <td class="number">{format.count(packets)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {list.length > FEW && (
        <button type="button" class="small" aria-expanded={isAll} onClick={() => setAll(!isAll)}>
          {isAll ? "Show fewer" : `Show all ${list.length} kinds`}
        </button>
      )}
    </>
  );
}

type Line = [label: string, value: number, isTotal?: boolean];

function Lines({ caption, lines, write }: { caption: string; lines: Line[]; write: (value: number) => string }) {
  return (
    <table class="plain">
      <caption>{caption}</caption>
      <tbody>
        {lines
          .filter(([, value, isTotal]) => isTotal || value > 0)
          .map(([label, value, isTotal]) => (
            <tr key={label} class={isTotal ? "total" : ""}>
              <th scope="row">{label}</th>
              <td class="number">{write(value)}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}

function Packets({ report: { ledger } }: { report: Report }) {
  const lines: Line[] = [
    ["Read", ledger.packets, true],
    ["Analysed", ledger.decoded, true],
    ["Without IP or ARP", ledger.non_ip],
    ["Headers contradict themselves", ledger.malformed],
    ["Headers cut by the snapshot length", ledger.truncated_by_snaplen],
    ["Link layer not decoded", ledger.unsupported_link],
    ["Beyond the flow table", ledger.untracked.table_full.packets],
    ["In rows beyond the limits", ledger.untracked.rows_full.packets],
    ["Beyond the packet table", ledger.packet_rows_full],
    ["Dropped while recording", ledger.dropped_by_capture],
    ["Rows of tables", ledger.table_rows],
    ["Of these, used", ledger.table_rows > 0 ? ledger.table_rows_used : 0],
    ["Of these, bad", ledger.table_rows_bad],
    ["Of these, beyond the limits", ledger.table_rows_full],
    ...ledger.link_types.map(({ name, packets }): Line => [`Link type ${visible(name)}`, packets]),
  ];
  return <Lines caption="Packets" lines={lines} write={format.count} />;
}

function Bytes({ report: { ledger } }: { report: Report }) {
  const lines: Line[] = [
    ["In the file", ledger.file_bytes, true],
    [ledger.table_rows > 0 ? "Packet records and rows" : "Packet records", ledger.record_bytes],
    ["Headers and metadata", ledger.header_bytes],
    [ledger.table_rows > 0 ? "Skipped blocks and bad rows" : "Skipped blocks", ledger.skipped_bytes],
    ["After the place where reading stopped", ledger.trailing_bytes],
    ["On the wire", ledger.bytes, true],
    ["Captured", ledger.captured_bytes, true],
  ];
  return <Lines caption="Bytes" lines={lines} write={(value) => `${format.count(value)} B`} />;
}
