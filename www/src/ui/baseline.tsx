// What this capture has that the baseline has not, and what stands in the way of comparing the two.

import { moment } from "../app/clock";
import { useShown } from "../app/shown";

import { visible } from "../lib/escape";
import * as format from "../lib/format";
import type { News } from "../lib/report";

const KINDS: Record<News["what"], [one: string, many: string]> = {
  hosts: ["new host", "new hosts"],
  services: ["new service", "new services"],
  pairs: ["new use of a service", "new uses of services"],
  server_names: ["new server name", "new server names"],
  ja4s: ["new JA4 fingerprint", "new JA4 fingerprints"],
};

export function Baseline() {
  const used = useShown()?.report.detection.baseline;
  if (used === undefined) return null;
  const name = used.captures.length === 0 ? "a capture without a name" : used.captures.join(", ");
  return (
    <section class="card baseline" aria-labelledby="baseline-title">
      <div class="card-head">
        <h2 id="baseline-title">Beside the baseline</h2>
        <p class="card-note">
          Scores say how unlike {visible(name, 160)} a row is: {format.counted(used.row_count, "row")},{" "}
          {format.count(used.fit_rows)} of them distinct.
        </p>
      </div>
      {used.notes.length > 0 && (
        <ul class="warnings">
          {used.notes.map((note) => (
            <li key={note}>{visible(note, 400)}</li>
          ))}
        </ul>
      )}
      {used.new.length === 0 && <p>Nothing is new by name: hosts, services, server names and JA4s are all known.</p>}
      {used.new.map((news) => (
        <Kind key={news.what} news={news} />
      ))}
    </section>
  );
}

function Kind({ news }: { news: News }) {
  const [one, many] = KINDS[news.what];
  return (
    <details class="more">
      <summary>
        {format.counted(news.count, one, many)} of {format.count(news.of)}
        {news.may_be_known ? " (the baseline had no room for all of its own)" : ""}
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region must be reachable by keyboard */}
      <section class="chart-data-scroll" tabIndex={0} aria-label={many}>
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">{format.capital(one)}</th>
              <th scope="col" class="number">
                Flows
              </th>
              <th scope="col">First</th>
            </tr>
          </thead>
          <tbody>
            {news.listed.map(({ name, first_ts, flows }) => (
              <tr key={name}>
                <th scope="row">{visible(name, 200)}</th>
                <td class="number">{format.count(flows)}</td>
                <td>{moment(first_ts)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {news.count > news.listed.length && <p>The first {format.count(news.listed.length)} are listed.</p>}
    </details>
  );
}
