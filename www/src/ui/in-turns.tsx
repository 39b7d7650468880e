import { type ComponentChildren, toChildArray } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { takeTurn } from "../app/turns";

interface Props {
  /** How many come at once. */
  first?: number;
  children: ComponentChildren;
}

/** Its children, one after the other, each in a turn of its own. */
export function InTurns({ first = 1, children }: Props) {
  const [count, setCount] = useState(first);
  const all = toChildArray(children);
  const isWhole = count >= all.length;
  useLayoutEffect(() => (isWhole ? undefined : takeTurn(() => setCount(count + 1))), [count, isWhole]);
  return <>{all.slice(0, count)}</>;
}
