// What the columns of a label file say: as they are known by their names, and to be changed.
import { useState } from "preact/hooks";
import { label_roles } from "../../pkg/wiresift.js";
import { read } from "../app/side";
import { setSideFiles, sideFiles } from "../app/store";
import { visible } from "../lib/escape";
import type { SideFile } from "../lib/protocol";

/** Of a file with more columns the rest keeps what its names say. */
const MOST_COLUMNS = 100;

export function LabelColumns({ side }: { side: SideFile }) {
  const [problem, setProblem] = useState<string | null>(null);
  const change = async (column: string, role: string) => {
    const { [column]: _, ...others } = side.map;
    const map = role === "" ? others : { ...others, [column]: role };
    try {
      const changed = await read(side.kind, side.file, map);
      setProblem(null);
      setSideFiles(sideFiles.value.map((other) => (other === side ? changed : other)));
    } catch (cause) {
      setProblem(cause instanceof Error ? cause.message : String(cause));
    }
  };
  return (
    <details class="more">
      <summary>What its columns say</summary>
      {problem !== null && <p role="alert">{visible(problem, 300)}</p>}
      <dl class="pairs label-columns">
        {side.columns.slice(0, MOST_COLUMNS).map(({ name, role }) => (
          <div key={name}>
            <dt>{visible(name, 60)}</dt>
            <dd>
              <select
                aria-label={`Column ${visible(name, 60)} says`}
                value={side.map[name] ?? ""}
                onChange={(event) => void change(name, event.currentTarget.value)}
              >
                <option value="">{side.map[name] === undefined ? (role ?? "nothing") : "by its name"}</option>
                {(label_roles() as string[]).map((word) => (
                  <option key={word} value={word}>
                    {word}
                  </option>
                ))}
              </select>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
