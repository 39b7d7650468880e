import { filterFields, select } from "../app/store";
import { visible } from "../lib/escape";
import { Fold } from "./fold";

/** Filters to begin with: what people ask first. */
const EXAMPLES: readonly [filter: string, meaning: string][] = [
  ["ip 10.0.0.5 and port 53", "one host's name lookups"],
  ["severity >= medium", "what is clearly apart from the rest"],
  ["not net 10/8", "nothing on either end is in 10.0.0.0/8"],
  ["src net 192.168/16 and dport in {22, 3389}", "remote logins out of a network"],
  ["proto udp and (bytes > 1 MB or packets > 1000)", "large UDP"],
  ["state in {S0, REJ} and score > 0.8", "strange attempts that failed"],
];

/** The filter language by examples; each is used at a press. */
export function FilterHelp() {
  return (
    <Fold class="filter-help" summary="How to filter">
      {() => (
        <>
          <ul class="examples">
            {EXAMPLES.map(([filter, meaning]) => (
              <li key={filter}>
                <button type="button" class="small example" onClick={() => void select({ filter })}>
                  <code>{filter}</code>
                </button>{" "}
                <span class="meta-inline">{meaning}</span>
              </li>
            ))}
          </ul>
          <p>
            A test is a field and a value, with <code>= != &lt; &lt;= &gt; &gt;=</code> between where it is not{" "}
            <code>=</code>; <code>in {"{a, b}"}</code> takes several. Tests are joined by <code>and</code>,{" "}
            <code>or</code>, <code>not</code> and parentheses; side by side both must hold. A bare address, network or
            word is looked for everywhere.
          </p>
          <Fields />
        </>
      )}
    </Fold>
  );
}

function Fields() {
  const fields = filterFields();
  if (fields.length === 0) return null;
  return (
    <Fold summary={`All ${fields.length} fields`}>
      {() => (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and keys must reach it
        <section class="scroll-x filter-fields" tabIndex={0} aria-label="Fields of the filter">
          <table class="plain">
            <caption class="visually-hidden">Fields of the filter</caption>
            <thead>
              <tr>
                <th scope="col">Field</th>
                <th scope="col">What it compares</th>
                <th scope="col">Example</th>
              </tr>
            </thead>
            <tbody>
              {fields.map(({ name, aliases, meaning, example }) => (
                <tr key={name}>
                  <th scope="row">
                    <code>{visible(name)}</code>
                    {aliases.length > 0 && <span class="under">or {visible(aliases.join(", "))}</span>}
                  </th>
                  <td>{visible(meaning)}</td>
                  <td>
                    <code>{visible(example)}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </Fold>
  );
}

/** What is wrong with a filter, and where in it. */
export function FilterProblem({
  text,
  message,
  position,
}: {
  text: string;
  message: string;
  position?: number | undefined;
}) {
  const chars = Array.from(text);
  const at = position === undefined ? -1 : Math.min(position, chars.length);
  return (
    <>
      {visible(message, 400)}
      {at >= 0 && (
        <>
          {` (at character ${at + 1}) `}
          <code class="filter-place">
            {visible(chars.slice(Math.max(0, at - 40), at).join(""))}
            <mark>{visible(chars[at] ?? "") || "␣"}</mark>
            {visible(chars.slice(at + 1, at + 40).join(""))}
          </code>
        </>
      )}
    </>
  );
}
