import { useState } from "preact/hooks";
import { moment, zone } from "../app/clock";
import { useShown } from "../app/shown";

import type { InventoryHost, InventoryPort, PortVerdict, ScanReport } from "../lib/enrichment";
import { visible } from "../lib/escape";
import * as format from "../lib/format";

/** Ports shown of a scan before the reader asks for more. */
const FEW = 50;

/** What each verdict means, and whether the eye should stop at it. */
const VERDICTS: Record<PortVerdict, { words: string; isOdd: boolean }> = {
  undeclared: { words: "answers, was not found open", isOdd: true },
  filtered_answers: { words: "answers others than the scanner", isOdd: true },
  other_service: { words: "answers as another service", isOdd: true },
  not_scanned: { words: "answers, was not scanned", isOdd: false },
  unanswered: { words: "open, but gave no answer", isOdd: false },
  silent: { words: "open, nobody used it", isOdd: false },
  confirmed: { words: "open, and it answers", isOdd: false },
  quiet: { words: "not open, and no answer", isOdd: false },
};

/** Hosts and ports of the scans by nmap, declared beside observed. */
export function Inventory() {
  const scans = useShown()?.report.enrichment?.scans ?? [];
  return (
    <>
      {scans.map((scan, i) => (
        <Scan key={i} scan={scan} place={i} />
      ))}
    </>
  );
}

interface Line {
  host: InventoryHost;
  port: InventoryPort | null;
}

function Scan({ scan, place }: { scan: ScanReport; place: number }) {
  const [isAll, setAll] = useState(false);
  const lines = scan.hosts.flatMap((host): Line[] => {
    const told = host.ports.filter(({ verdict }) => verdict !== "quiet");
    return told.length === 0 ? [{ host, port: null }] : told.map((port) => ({ host, port }));
  });
  const listed = isAll ? lines : lines.slice(0, FEW);
  const title = `inventory-${place}`;
  return (
    <section class="card inventory" aria-labelledby={title}>
      <div class="card-head">
        <h2 id={title}>Declared and observed: {visible(scan.name, 120)}</h2>
        <p class="card-note">
          {format.counted(scan.host_count, "host")} by nmap {visible(scan.version, 20)}
          {scan.start !== null && `, ${moment(scan.start)}${zone(scan.start)}`}
          {scan.is_cut && "; the file ends before the scan does"}. The scan's own flows do not count as use.
        </p>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it is narrow, and keys must reach it */}
      <section class="scroll-x" tabIndex={0} aria-label="Hosts and ports">
        <table class="plain">
          <caption class="visually-hidden">Hosts and ports as nmap declares them and as the traffic shows them</caption>
          <thead>
            <tr>
              <th scope="col">Host</th>
              <th scope="col">Port</th>
              <th scope="col">Declared</th>
              <th scope="col">Observed</th>
              <th scope="col" class="number">
                Clients
              </th>
              <th scope="col">Verdict</th>
            </tr>
          </thead>
          <tbody>
            {listed.map(({ host, port }, i) => (
              <tr key={i}>
                <th scope="row">{hostText(host)}</th>
                <Port host={host} port={port} />
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {lines.length > FEW && (
        <button type="button" class="small" aria-expanded={isAll} onClick={() => setAll(!isAll)}>
          {isAll ? "Show fewer" : `Show all ${format.count(lines.length)} ports`}
        </button>
      )}
    </section>
  );
}

function hostText({ addresses, names, os }: InventoryHost) {
  const [address, ...others] = addresses;
  const more = [...names, ...others].slice(0, 3).map((text) => visible(text, 80));
  return (
    <>
      {visible(address ?? "", 60)}
      {more.length > 0 && <span class="under">{more.join(", ")}</span>}
      {os !== null && <span class="under">{visible(os, 80)}</span>}
    </>
  );
}

function Port({ host, port }: { host: InventoryHost; port: InventoryPort | null }) {
  if (port === null) {
    const shown = host.not_shown.map((text) => visible(text, 40)).join(", ");
    return (
      <td colSpan={5}>
        {host.is_up ? "nothing open, nothing seen" : "did not answer the scan, nothing seen"}
        {shown !== "" && ` (${shown})`}
      </td>
    );
  }
  const declared = [port.state, port.service, port.product].filter((text) => text !== null);
  const { words, isOdd } = VERDICTS[port.verdict];
  return (
    <>
      <td>
        {port.port}/{port.proto}
      </td>
      <td>{declared.length === 0 ? format.NONE : declared.map((text) => visible(text, 80)).join(", ")}</td>
      <td>
        {port.flows === 0
          ? format.NONE
          : `${format.count(port.answered)} of ${format.counted(port.flows, "flow")} answered`}
        {port.observed_service !== null && <span class="under">{visible(port.observed_service, 40)}</span>}
      </td>
      <td class="number">{format.count(port.clients)}</td>
      <td class={isOdd ? "verdict-odd" : ""}>{words}</td>
    </>
  );
}
