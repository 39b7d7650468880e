import { useRef, useState } from "preact/hooks";
import { copy } from "../app/clipboard";
import { filtersOf, tableOf, tellOrIgnore } from "../app/store";
import { visible } from "../lib/escape";
import type { FilterText, Selection } from "../lib/packets";
import { CopyIcon } from "./icons";

const KINDS = [
  { program: "Wireshark filter", text: async (selection: Selection) => (await filtersOf(selection)).display },
  { program: "BPF", text: async (selection: Selection) => (await filtersOf(selection)).bpf },
  { program: "CSV", text: (selection: Selection) => tableOf(selection, "csv") },
  { program: "JSON", text: (selection: Selection) => tableOf(selection, "json") },
] as const satisfies readonly { program: string; text: (selection: Selection) => Promise<FilterText> }[];

interface CopyFiltersProps {
  selection: Selection;
  /** Whose filter it is, for those who hear the buttons without what is around them. */
  of: string;
  isDisabled?: boolean;
}

/** Copies a selection as a filter of another program or as a table, and shows what was copied. */
export function CopyFilters({ selection, of, isDisabled = false }: CopyFiltersProps) {
  const code = useRef<HTMLElement>(null);
  const [shown, setShown] = useState<{ program: string; filter: FilterText; about: string } | null>(null);
  const about = JSON.stringify([selection, of]);
  const take = async ({ program, text }: (typeof KINDS)[number]) => {
    try {
      const filter = await text(selection);
      setShown({ program, filter, about });
      // After the text is there: where copying is not allowed it is marked.
      await new Promise((resolve) => requestAnimationFrame(resolve));
      if (filter.text !== "") await copy(filter.text, code.current);
    } catch (cause) {
      tellOrIgnore(cause, "It could not be copied.");
    }
  };
  return (
    <span class="copy-filters">
      {KINDS.map((kind) => (
        <button key={kind.program} type="button" class="small" disabled={isDisabled} onClick={() => void take(kind)}>
          <CopyIcon />
          Copy as {kind.program}
          <span class="visually-hidden"> of {of}</span>
        </button>
      ))}
      {shown?.about === about && <Copied program={shown.program} filter={shown.filter} code={code} />}
    </span>
  );
}

/** Copies a filter that the finding itself says: of packets that are no flow's. */
export function CopyOwnFilter({ text, of }: { text: string; of: string }) {
  const code = useRef<HTMLElement>(null);
  const [isShown, setShown] = useState(false);
  const take = async () => {
    setShown(true);
    await new Promise((resolve) => requestAnimationFrame(resolve));
    await copy(text, code.current);
  };
  return (
    <span class="copy-filters">
      <button type="button" class="small" onClick={() => void take()}>
        <CopyIcon />
        Copy as Wireshark filter
        <span class="visually-hidden"> of {of}</span>
      </button>
      {isShown && <Copied program="Wireshark filter" filter={{ text, is_wider: false, note: "" }} code={code} />}
    </span>
  );
}

interface CopiedProps {
  program: string;
  filter: FilterText;
  code: preact.RefObject<HTMLElement | null>;
}

function Copied({ program, filter: { text, is_wider, note }, code }: CopiedProps) {
  return (
    <span class="copied" role="status">
      {text !== "" && (
        <>
          <span class="meta-inline">{program}</span>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and keys must reach it */}
          <code ref={code} tabIndex={0}>
            {text
              .split(/\r?\n/)
              .map((line) => visible(line, 20_000))
              .join("\n")}
          </code>
        </>
      )}
      {(is_wider || note !== "" || text === "") && (
        <span class="copied-note">
          {is_wider && text !== "" && "Wider than the selection. "}
          {text === "" && !is_wider && "Everything is selected: no filter is needed. "}
          {visible(note, 400)}
        </span>
      )}
    </span>
  );
}
