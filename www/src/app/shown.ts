// The result as a part of the page shows it.
import { computed } from "@preact/signals";
import { useLayoutEffect, useState } from "preact/hooks";
import type { Charts } from "../../pkg/wiresift.js";
import type { Report } from "../lib/report";
import { charts, report } from "./store";
import { takeTurn } from "./turns";

export interface Shown {
  report: Report;
  /** Draws its charts. */
  charts: Charts;
}

const newest = computed<Shown | null>(() =>
  report.value === null || charts.value === null ? null : { report: report.value, charts: charts.value },
);

/** The result; another one of the same capture comes to each part of the page in a turn of its own. */
export function useShown(): Shown | null {
  const [shown, setShown] = useState(newest.peek());
  useLayoutEffect(() => {
    let last = shown;
    let takeBack = () => {};
    const stop = newest.subscribe((next) => {
      if (next === last) return;
      last = next;
      takeBack();
      takeBack = takeTurn(() => setShown(next));
    });
    return () => {
      stop();
      takeBack();
    };
  }, []);
  return shown;
}
