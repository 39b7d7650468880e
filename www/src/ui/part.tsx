import type { ComponentChildren } from "preact";
import { useLayoutEffect, useMemo, useState } from "preact/hooks";
import { takeTurn } from "../app/turns";

interface Props<T> {
  of: T;
  children: (of: T) => ComponentChildren;
}

/** What is made of something; of something else in a turn of its own, and until then of what it was. */
export function Part<T>({ of, children }: Props<T>) {
  const [now, setNow] = useState(() => of);
  useLayoutEffect(() => (now === of ? undefined : takeTurn(() => setNow(() => of))), [of, now]);
  return <>{useMemo(() => children(now), [now])}</>;
}
