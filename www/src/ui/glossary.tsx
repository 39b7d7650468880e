/** The words of the page, in the order that they build on each other. */
const WORDS: readonly [word: string, meaning: string][] = [
  [
    "Flow",
    "All packets between the same two addresses and ports by the same protocol, both ways, until it is closed or silent for two minutes. One visit to a web page is several flows.",
  ],
  ["Originator, responder", "The side that sent a flow's first packet, and the other. → points from one to the other."],
  [
    "Feature",
    "One measurement of a flow: how long, how many bytes, how regular, how many hosts its originator tried. Flows are compared by some sixty of them.",
  ],
  ["Cluster", "Flows that are alike in their features. Large clusters are what is usual in this capture."],
  [
    "Score",
    "0 to 1: how far a row is from what is usual. What reaches the threshold, 0.5 unless you move it, stands out.",
  ],
  [
    "Anomaly",
    "A row that stands out. It is unusual, not proven bad: a backup can be one, and an intruder may be none.",
  ],
  ["Severity", "How far apart a row is: low from score 0.6, medium from 0.7, high from 0.82. A rule can raise it."],
  [
    "Finding",
    "What one host did, told from its anomalies or by a rule, with the evidence and what would make it wrong.",
  ],
];

/** What the words mean, for who meets them first. */
export function Glossary() {
  return (
    <details class="more glossary">
      <summary>What the words mean</summary>
      <dl>
        {WORDS.map(([word, meaning]) => (
          <div key={word}>
            <dt>{word}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
