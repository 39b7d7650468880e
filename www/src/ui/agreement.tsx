import * as format from "../lib/format";
import type { Report } from "../lib/report";

/** How many of the detectors flag the rows that stand out: what most of them flag is less likely a detector's whim. */
export function Agreement({ report: { detection, anomalies, summary }, unit }: { report: Report; unit: string }) {
  const { members } = detection;
  if (members < 2 || anomalies.length === 0) return null;
  const counts = Array.from({ length: members + 1 }, (_, flagging) => ({
    flagging,
    rows: anomalies.filter(({ agreement }) => agreement === flagging).length,
  }));
  const most = Math.max(...counts.map(({ rows }) => rows));
  const isPart = anomalies.length < summary.anomalies;
  return (
    <>
      <h3>Do the detectors agree?</h3>
      <table class="plain agreement">
        <caption>
          How many of {format.count(members)} detectors flag{" "}
          {isPart
            ? `the ${format.counted(anomalies.length, unit)} of the highest scores`
            : `${format.counted(anomalies.length, `anomalous ${unit}`)}`}
        </caption>
        <thead>
          <tr>
            <th scope="col">Flagged by</th>
            <th scope="col" class="number">
              {format.capital(unit)}s
            </th>
          </tr>
        </thead>
        <tbody>
          {counts.reverse().map(({ flagging, rows }) => (
            <tr key={flagging}>
              <th scope="row">
                {flagging === 0 ? "none of them, but a rule" : flagging === members ? "all" : format.count(flagging)}
                <span class="overview-bar" aria-hidden="true">
                  {rows > 0 && <span style={{ inlineSize: `${(rows / most) * 100}%` }} />}
                </span>
              </th>
              <td class="number">{format.count(rows)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
