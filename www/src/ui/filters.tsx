import { useRef, useState } from "preact/hooks";
import { copy } from "../app/clipboard";
import { filtersOf, tellOrIgnore } from "../app/store";
import { visible } from "../lib/escape";
import type { Filters, FilterText, Selection } from "../lib/packets";
import { CopyIcon } from "./icons";

const KINDS = [
  { kind: "display", program: "Wireshark filter" },
  { kind: "bpf", program: "BPF" },
] as const satisfies readonly { kind: keyof Filters; program: string }[];

interface CopyFiltersProps {
  selection: Selection;
  /** Whose filter it is, for those who hear the buttons without what is around them. */
  of: string;
  isDisabled?: boolean;
}

/** Copies a selection as a filter of another program, and shows what was copied. */
export function CopyFilters({ selection, of, isDisabled = false }: CopyFiltersProps) {
  const code = useRef<HTMLElement>(null);
  const [shown, setShown] = useState<{ program: string; filter: FilterText; about: string } | null>(null);
  const about = JSON.stringify([selection, of]);
  const take = async (kind: keyof Filters, program: string) => {
    try {
      const filter = (await filtersOf(selection))[kind];
      setShown({ program, filter, about });
      // After the text is there: where copying is not allowed it is marked.
      await new Promise((resolve) => requestAnimationFrame(resolve));
      if (filter.text !== "") await copy(filter.text, code.current);
    } catch (cause) {
      tellOrIgnore(cause, "The filter could not be made.");
    }
  };
  return (
    <span class="copy-filters">
      {KINDS.map(({ kind, program }) => (
        <button key={kind} type="button" class="small" disabled={isDisabled} onClick={() => void take(kind, program)}>
          <CopyIcon />
          Copy as {program}
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
            {visible(text, 20_000)}
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
