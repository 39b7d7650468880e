import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { moment } from "../app/clock";
import { useShown } from "../app/shown";
import { hasTimes, select, unitName } from "../app/store";
import { visible } from "../lib/escape";
import type { Story } from "../lib/report";
import { InTurns } from "./in-turns";
import { SeverityBadge } from "./value";

/** Stories shown before the reader asks for more, and findings named with each. */
const FEW = 5;
const NAMED = 8;

/** The finding that somebody wants to read; the list of findings shows it. */
export const wantedFinding = signal<string | null>(null);

/** Host by host what was found, the highest threat first. One finding is its own story. */
export function Stories() {
  const [isAll, setAll] = useState(false);
  const shown = useShown()?.report ?? null;
  if (shown === null || shown.findings.length < 2) return null;
  const { stories } = shown;
  return (
    <section class="card" aria-labelledby="stories-title">
      <div class="card-head">
        <h2 id="stories-title">Hosts that stand out</h2>
        <details class="card-note">
          <summary>What the threat score is</summary>
          <p>
            0 to 100: 100 (1 − product of (1 − w)) over the kinds of a host's findings, each at its gravest. w is 0.05
            for info, 0.3 for low, 0.6 for medium, 0.8 for high and 0.9 for critical, and half of that for what is only
            unusual or new. Where nobody or too many did it, the story is the target's.
          </p>
        </details>
      </div>
      <ol class="story-list">
        <InTurns first={2}>
          {(isAll ? stories : stories.slice(0, FEW)).map((story) => (
            <Item key={`${story.part} ${story.host}`} story={story} />
          ))}
        </InTurns>
      </ol>
      {stories.length > FEW && (
        <button type="button" aria-expanded={isAll} onClick={() => setAll(!isAll)}>
          {isAll ? "Show fewer hosts" : `Show all ${stories.length} hosts`}
        </button>
      )}
    </section>
  );
}

function Item({ story }: { story: Story }) {
  const name = story.host === "" ? "the network" : visible(story.host, 80);
  return (
    <li class="story">
      <span class="threat">
        <span class="visually-hidden">Threat of {name}: </span>
        {Math.round(story.threat)}
        <span class="threat-bar" aria-hidden="true">
          <span style={{ inlineSize: `${Math.round(story.threat)}%` }} />
        </span>
      </span>
      <SeverityBadge severity={story.severity} />
      <div class="story-text">
        <p>{visible(story.sentence, 400)}</p>
        <p class="meta">
          {hasTimes.value && (
            <span>
              {moment(story.first_ts)} to {moment(story.last_ts)}
            </span>
          )}
          <span>
            {story.findings.slice(0, NAMED).map((id) => (
              <button key={id} type="button" class="small quiet" onClick={() => (wantedFinding.value = id)}>
                <span class="visually-hidden">Read finding </span>
                {visible(id, 10)}
              </button>
            ))}
            {story.findings.length > NAMED && `and ${story.findings.length - NAMED} more`}
          </span>
          {story.host !== "" && (
            <button type="button" class="small" onClick={() => void showHost(story)}>
              Show {unitName.value}s<span class="visually-hidden"> of {name}</span>
            </button>
          )}
        </p>
      </div>
    </li>
  );
}

/** The rows of a host, all of them: what it did beside counts too. */
async function showHost({ host }: Story): Promise<void> {
  await select({ filter: `host ${host}`, anomalies_only: false, rows: null, sort: "score", descending: true }, "found");
  const table = document.getElementById("rows");
  table?.scrollIntoView({ block: "nearest" });
  table?.querySelector<HTMLElement>("[role=grid]")?.focus({ preventScroll: true });
}
