import { goTo } from "../app/place";
import { report, unitName } from "../app/store";
import * as format from "../lib/format";
import { type Place, placesOf } from "../lib/places";

/** Leads to the parts of a result, which is longer than a screen. */
export function Places() {
  const shown = report.value;
  if (shown === null) return null;
  const names: Record<Place, string> = {
    findings: "Findings",
    scores: "Scores",
    time: "Over time",
    overview: "Overview",
    hosts: "Host graph",
    rows: `${format.capital(unitName.value)}s`,
    account: "The account",
  };
  return (
    <nav class="places" aria-label="Parts of the result">
      <ul>
        {placesOf(shown).map((part) => (
          <li key={part}>
            <button type="button" class="small quiet" onClick={() => goTo(part)}>
              {names[part]}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}
