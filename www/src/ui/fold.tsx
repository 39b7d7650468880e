import type { ComponentChild } from "preact";
import { useState } from "preact/hooks";

interface Props {
  summary: ComponentChild;
  class?: string;
  /** Made when it is opened first: what most readers never open costs nothing until then. */
  children: () => ComponentChild;
}

/** A part that is folded up at first. */
export function Fold({ summary, class: more = "", children }: Props) {
  const [wasOpened, setOpened] = useState(false);
  return (
    <details class={`more ${more}`.trim()} onToggle={(event) => event.currentTarget.open && setOpened(true)}>
      <summary>{summary}</summary>
      {wasOpened && children()}
    </details>
  );
}
