import { useState } from "preact/hooks";
import { useShown } from "../app/shown";
import { intake, source } from "../app/store";
import type { FileMetadata, FileReport, InterfaceInfo, TableReport } from "../lib/account";
import { visible } from "../lib/escape";
import * as format from "../lib/format";

/** Files listed before the reader asks for more. */
const FEW = 50;

/** What was read, file by file, and what was left out. */
export function Files() {
  const shown = useShown()?.report ?? null;
  if (shown === null) return null;
  const { files } = shown;
  const paths = intake.value?.paths ?? [];
  const pathOf = (i: number) => paths[i] ?? files[i]?.name ?? "";
  return (
    <section class="card files" aria-labelledby="files-title">
      <div class="card-head">
        <h2 id="files-title">What was read</h2>
        <p class="card-note">{note(files)}</p>
      </div>
      <LeftOut />
      <Table files={files} pathOf={pathOf} />
      {files.map(
        (file, i) =>
          file.table !== null && (
            <Columns key={pathOf(i)} table={file.table} path={pathOf(i)} isAlone={files.length === 1} />
          ),
      )}
      {files.map((file, i) => (
        <Says key={pathOf(i)} file={file} path={pathOf(i)} isAlone={files.length === 1} />
      ))}
    </section>
  );
}

/** Whose columns a table has, in words. */
const DIALECTS: Record<string, string> = {
  wiresift: "Wiresift’s columns",
  zeek: "Zeek’s columns",
  cicflowmeter: "CICFlowMeter’s columns",
  nfstream: "NFStream’s columns",
  wireshark: "Wireshark’s columns",
};

/** What the columns of a table are taken for, and its labels. */
function Columns({ table, path, isAlone }: { table: TableReport; path: string; isAlone: boolean }) {
  const { columns, labels, dialect, kind, columns_ignored } = table;
  return (
    <details class="more">
      <summary>
        {isAlone ? "The columns" : `The columns of ${visible(path, 120)}`}, as {kind}
        {dialect in DIALECTS && ` by ${DIALECTS[dialect]}`}
      </summary>
      {labels.length > 0 && (
        <p>
          Labels:{" "}
          {labels
            .slice(0, FEW_LABELS)
            .map(({ label, rows }) => `${visible(label, 80)} (${format.count(rows)})`)
            .join(", ")}
          {labels.length > FEW_LABELS && ` and ${format.count(labels.length - FEW_LABELS)} more`}. They take no part in
          the detection.
        </p>
      )}
      <div class="scroll-x">
        <table class="plain">
          <caption class="visually-hidden">Columns</caption>
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">Taken for</th>
            </tr>
          </thead>
          <tbody>
            {columns.map(({ header, used_as }, i) => (
              <tr key={i}>
                <th scope="row">{header === "" ? format.NONE : visible(header, 128)}</th>
                <td>{used_as}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {columns_ignored > 0 && <p class="hint">and {format.counted(columns_ignored, "more column")}, not looked at</p>}
    </details>
  );
}

/** Labels named. */
const FEW_LABELS = 12;

function note(files: FileReport[]): string {
  const stored = files.reduce((sum, file) => sum + file.stored_bytes, 0);
  if (files.length === 1) return format.bytes(stored);
  const whole = files.filter(({ outcome }) => outcome.status === "complete").length;
  const read = whole === files.length ? "all of them whole" : `${format.count(whole)} of them whole`;
  return `${format.count(files.length)} files of ${format.bytes(stored)}, in order of their first packets; ${read}.`;
}

/** What of the folders is not in the report. */
function LeftOut() {
  const notes = source.value?.kind === "files" ? source.value.notes : [];
  const { ignored = [], ignoredCount = 0 } = intake.value ?? {};
  return (
    <>
      {notes.map((text) => (
        <p key={text}>{text}</p>
      ))}
      {ignoredCount > 0 && (
        <details class="more">
          <summary>
            {format.counted(ignoredCount, "other file")} {ignoredCount === 1 ? "was" : "were"} left out:{" "}
            {ignoredCount === 1 ? "it is no capture" : "they are no captures"}
          </summary>
          <ul class="warnings">
            {ignored.map((path) => (
              <li key={path}>{visible(path, 200)}</li>
            ))}
            {ignoredCount > ignored.length && <li>and {format.count(ignoredCount - ignored.length)} more</li>}
          </ul>
        </details>
      )}
    </>
  );
}

function Table({ files, pathOf }: { files: FileReport[]; pathOf: (i: number) => string }) {
  const [isAll, setAll] = useState(false);
  const listed = isAll ? files : files.slice(0, FEW);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it is narrow, and keys must reach it */}
      <section class="scroll-x" tabIndex={0} aria-label="Files">
        <table class="plain file-table">
          <caption class="visually-hidden">Files</caption>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Outcome</th>
              <th scope="col">Format</th>
              <th scope="col" class="number">
                Size
              </th>
              <th scope="col" class="number">
                Packets
              </th>
            </tr>
          </thead>
          <tbody>
            {listed.map((file, i) => (
              <tr key={pathOf(i)}>
                <th scope="row">{visible(pathOf(i), 200)}</th>
                <td class="file-outcome">
                  {file.outcome.status}
                  {file.outcome.reason !== null && `: ${format.words(file.outcome.reason)}`}
                  {file.outcome.message !== null && <span class="under">{visible(file.outcome.message, 400)}</span>}
                </td>
                <td>{formatOf(file)}</td>
                <td class="number">{format.bytes(file.stored_bytes)}</td>
                <td class="number">{format.count(file.packets)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {files.length > FEW && (
        <button type="button" class="small" aria-expanded={isAll} onClick={() => setAll(!isAll)}>
          {isAll ? "Show fewer" : `Show all ${format.count(files.length)} files`}
        </button>
      )}
    </>
  );
}

function formatOf({ format: name, compression }: FileReport): string {
  if (name === "") return compression === "" ? format.NONE : compression;
  return compression === "" ? name : `${name}, ${compression}`;
}

/** Whether a capture says anything of itself: one interface without a name is in every one. */
function isTalkative({ interfaces, comment_count, name_count, secrets, hardware, os, application }: FileMetadata) {
  const words = [hardware, os, application].some((text) => text !== null);
  const known = interfaces.some(({ name, description, dropped }) => (name ?? description ?? dropped) !== null);
  return known || interfaces.length > 1 || comment_count > 0 || name_count > 0 || secrets > 0 || words;
}

function Says({ file: { metadata }, path, isAlone }: { file: FileReport; path: string; isAlone: boolean }) {
  if (!isTalkative(metadata)) return null;
  const { sections, hardware, os, application, comments, comment_count, names, name_count, secrets } = metadata;
  const facts: [string, string | null][] = [
    ["Written by", application],
    ["Operating system", os],
    ["Hardware", hardware],
    ["Sections", sections > 1 ? format.count(sections) : null],
    ["Decryption secrets", secrets > 0 ? `${format.counted(secrets, "block")}, never shown or exported` : null],
  ];
  const known = facts.filter((fact): fact is [string, string] => fact[1] !== null);
  return (
    <details class="more">
      <summary>{isAlone ? "What the capture says of itself" : `What ${visible(path, 120)} says of itself`}</summary>
      {known.length > 0 && (
        <dl class="pairs">
          {known.map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{visible(value, 256)}</dd>
            </div>
          ))}
        </dl>
      )}
      {metadata.interfaces.length > 0 && <Interfaces list={metadata.interfaces} all={metadata.interface_count} />}
      {comments.length > 0 && (
        <>
          <h3>Comments</h3>
          <ul class="warnings">
            {comments.map(({ packet, text }) => (
              <li key={`${packet} ${text}`}>
                {packet !== null && <span class="meta-inline">Packet {format.count(packet)}: </span>}
                {visible(text, 256)}
              </li>
            ))}
            <More shown={comments.length} all={comment_count} />
          </ul>
        </>
      )}
      {names.length > 0 && (
        <>
          <h3>Names, as the capture names them</h3>
          <ul class="warnings name-list">
            {names.map(({ address, name }) => (
              <li key={`${address} ${name}`}>
                {visible(address)} <b>{visible(name, 256)}</b>
              </li>
            ))}
            <More shown={names.length} all={name_count} />
          </ul>
        </>
      )}
    </details>
  );
}

function More({ shown, all }: { shown: number; all: number }) {
  return all > shown ? <li>and {format.count(all - shown)} more</li> : null;
}

function Interfaces({ list, all }: { list: InterfaceInfo[]; all: number }) {
  return (
    <div class="scroll-x">
      <table class="plain">
        <caption>Interfaces</caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col" class="number">
              Packets
            </th>
            <th scope="col" class="number">
              Dropped
            </th>
            <th scope="col" class="number">
              Snapshot length
            </th>
            <th scope="col" class="number">
              Link type
            </th>
          </tr>
        </thead>
        <tbody>
          {list.map(({ name, description, link_type, snaplen, packets, dropped }, i) => (
            <tr key={i}>
              <th scope="row">
                {visible(name ?? `number ${i}`, 256)}
                {description !== null && <span class="under">{visible(description, 256)}</span>}
              </th>
              <td class="number">{format.count(packets)}</td>
              <td class="number">{format.count(dropped)}</td>
              <td class="number">{snaplen === 0 ? "no limit" : format.count(snaplen)}</td>
              <td class="number">{link_type}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {all > list.length && <p class="hint">and {format.count(all - list.length)} more</p>}
    </div>
  );
}
