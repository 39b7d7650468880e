// biome-ignore-all lint/a11y/noRedundantRoles: the rows are laid out as grids, and a table's own roles go with its layout
// biome-ignore-all lint/a11y/noNoninteractiveElementToInteractiveRole: rows are chosen by arrow keys
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus, and says which of its rows is current
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { type ShownColumn, shownColumns } from "../app/columns";
import { showAllRows } from "../app/show";
import {
  isFollowed,
  pick,
  query,
  rowAt,
  rowsVersion,
  select,
  selected,
  selectedPosition,
  selection,
  unitName,
} from "../app/store";
import { takeTurn } from "../app/turns";
import * as format from "../lib/format";
import type { Severity } from "../lib/report";
import { contentHeight, type Geometry, reveal, visibleRows } from "../lib/scroll";
import type { Cell, Column, Row } from "../lib/table";
import { Toolbar } from "./toolbar";
import { cellText, isNumeric, reasonText, SeverityBadge } from "./value";

/** As `--row-height` in the style. */
const ROW_HEIGHT = 34;
const HEAD_HEIGHT = 40;
/** Pixels of the bar of score 1. */
const SCORE_BAR = 64;
/** Rows that the empty or nearly empty table leaves room for, and a horizontal scroll bar. */
const LEAST_ROWS = 4;
const SCROLL_BAR = 18;
/** Pixels of a wide letter, and those left and right of a cell's text: text that is surely shorter is never cut. */
const WIDE_LETTER = 10;
const CELL_PADDING = 20;
/** Rows made in one go: few enough for the page to answer in between. */
const ROWS_A_TURN = 6;

const WIDTHS_BY_NAME: Record<string, number> = {
  reason: 232,
  state: 84,
  country: 152,
  orig_country: 152,
  resp_country: 152,
  asn: 232,
  orig_asn: 232,
  resp_asn: 232,
};
const WIDTHS: Record<string, number> = {
  score: 96,
  severity: 116,
  time: 240,
  endpoint: 232,
  text: 112,
  count: 92,
  bytes: 96,
  seconds: 104,
  number: 92,
  share: 92,
};

function widthOf(column: Column): number {
  return WIDTHS_BY_NAME[column.name] ?? WIDTHS[column.kind] ?? 112;
}

/** As a track of the rows' grids: they share what is left over by their widths. */
function trackOf(column: Column): string {
  const width = widthOf(column);
  return `minmax(${width}px, ${width}fr)`;
}

export function Table() {
  return (
    <section class="card rows" id="rows" aria-labelledby="rows-title">
      <Toolbar />
      <Grid />
    </section>
  );
}

function Grid() {
  const scroller = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [viewport, setViewport] = useState(480);
  const [current, setCurrent] = useState(0);
  /** A place that was gone to, whose row may be on its way. */
  const awaited = useRef<number | null>(null);
  const pickAwaited = () => {
    const row = awaited.current === null ? undefined : rowAt(awaited.current);
    if (row === undefined) return;
    awaited.current = null;
    void pick(row.row);
  };
  const pickPlace = useRef((_place: number) => {});
  const onPick = useCallback((place: number) => pickPlace.current(place), []);
  const found = selection.value;
  const asked = query.value;
  const shown = shownColumns.value;
  // Rows that arrive are drawn.
  const version = rowsVersion.value;
  useEffect(pickAwaited, [version]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setViewport(Math.max(0, element.clientHeight - HEAD_HEIGHT)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const rows = found?.rows ?? 0;
  const geometry: Geometry = { rows, rowHeight: ROW_HEIGHT, viewport };
  const { start, count, shift } = visibleRows(geometry, top);
  const made = useMade(start, count);
  // To ask the element where it is, or to set it there, would lay the whole page out.
  const scrollTo = (place: number) => {
    const to = reveal(geometry, top, place);
    if (scroller.current === null || to === top) return;
    scroller.current.scrollTop = to;
    setTop(to);
  };

  // Another selection begins at its top, unless the selected row is in it.
  useLayoutEffect(() => {
    if (scroller.current !== null && top !== 0) scroller.current.scrollTop = 0;
    setTop(0);
    setCurrent(0);
    awaited.current = null;
  }, [found]);

  const place = selectedPosition.value;
  useLayoutEffect(() => {
    if (selected.value === null || place === null || place < 0 || !isFollowed.value) return;
    setCurrent(place);
    scrollTo(place);
  }, [place, selected.value, found]);

  const height = HEAD_HEIGHT + Math.max(LEAST_ROWS * ROW_HEIGHT, contentHeight(geometry)) + SCROLL_BAR;
  if (found === null) return <div class="grid-scroll" ref={scroller} style={{ height: `${height}px` }} />;

  const width = shown.reduce((sum, { column }) => sum + widthOf(column), 0);
  const go = (to: number) => {
    const next = Math.max(0, Math.min(rows - 1, to));
    setCurrent(next);
    scrollTo(next);
    awaited.current = next;
    pickAwaited();
  };
  pickPlace.current = go;
  const keys = (event: KeyboardEvent) => {
    if ((event.target as HTMLElement).closest("button") !== null) return;
    const page = Math.max(1, Math.floor(viewport / ROW_HEIGHT) - 1);
    const to: Record<string, number> = {
      ArrowDown: current + 1,
      ArrowUp: current - 1,
      PageDown: current + page,
      PageUp: current - page,
      Home: 0,
      End: rows - 1,
      Enter: current,
      " ": current,
    };
    const next = to[event.key];
    if (next === undefined || rows === 0) return;
    event.preventDefault();
    go(next);
  };
  return (
    <div
      class="grid-scroll"
      ref={scroller}
      style={{ height: `${height}px` }}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
    >
      <div class="grid-size" style={{ height: `${HEAD_HEIGHT + contentHeight(geometry)}px`, minWidth: `${width}px` }}>
        <div class="grid-window" style={{ height: `${HEAD_HEIGHT + Math.min(viewport, contentHeight(geometry))}px` }}>
          <table
            role="grid"
            tabIndex={0}
            aria-labelledby="rows-title"
            aria-rowcount={rows + 1}
            aria-colcount={shown.length}
            aria-activedescendant={made[current - start] == null ? undefined : `row-${current}`}
            onKeyDown={keys}
            style={{ "--columns": shown.map(({ column }) => trackOf(column)).join(" ") }}
          >
            <thead role="rowgroup">
              <tr role="row" aria-rowindex={1}>
                {shown.map(({ column }) => (
                  <HeadCell key={column.name} column={column} sort={asked.sort} descending={asked.descending} />
                ))}
              </tr>
            </thead>
            <tbody role="rowgroup" style={{ transform: `translateY(${-shift}px)` }}>
              {made.map((one, i) =>
                one === null ? (
                  <tr role="row" key={start + i}>
                    <td role="gridcell" class="is-coming">
                      …
                    </td>
                  </tr>
                ) : (
                  <BodyRow
                    key={start + i}
                    place={start + i}
                    {...one}
                    isCurrent={start + i === current}
                    onPick={onPick}
                  />
                ),
              )}
            </tbody>
          </table>
        </div>
      </div>
      {rows === 0 && <Empty />}
    </div>
  );
}

/** What a row is made of. */
interface Made {
  row: Row | undefined;
  shown: ShownColumn[];
}

/**
 * What the rows from a place on are made of, so many of them: a few become what they are now, the others stay what they
 * were until it is their turn; `null` where there was nothing.
 */
function useMade(start: number, count: number): (Made | null)[] {
  const before = useRef<Map<number, Made>>(new Map());
  const [, setTurn] = useState(0);
  const shown = shownColumns.value;
  let left = ROWS_A_TURN;
  let isWhole = true;
  const made = Array.from({ length: count }, (_, i) => {
    const old = before.current.get(start + i) ?? null;
    const row = rowAt(start + i);
    if (old !== null && old.row === row && old.shown === shown) return old;
    left -= 1;
    if (left >= 0) return { row, shown };
    isWhole = false;
    return old;
  });
  useLayoutEffect(() => {
    before.current = new Map(made.flatMap((one, i) => (one === null ? [] : [[start + i, one]])));
    return isWhole ? undefined : takeTurn(() => setTurn((turn) => turn + 1));
  });
  return made;
}

function Empty() {
  const unit = unitName.value;
  const { filter, anomalies_only, rows } = query.value;
  const isFiltered = filter.trim() !== "" || anomalies_only || rows !== null;
  return (
    <p class="grid-empty">
      {emptyText(unit, filter.trim() !== "", anomalies_only)}
      {isFiltered && (
        <button type="button" class="small" onClick={showAllRows}>
          Show all {unit}s
        </button>
      )}
    </p>
  );
}

function emptyText(unit: string, hasFilter: boolean, isAnomaliesOnly: boolean): string {
  if (hasFilter) return `No ${isAnomaliesOnly ? "anomalous " : ""}${unit} matches the filter. `;
  if (isAnomaliesOnly) return `No ${unit} is beyond the threshold: move its line in the scores to the left, or `;
  return `There are no ${unit}s.`;
}

function HeadCell({ column, sort, descending }: { column: Column; sort: string; descending: boolean }) {
  const isSorted = sort === column.name;
  const direction = descending ? "descending" : "ascending";
  // Numbers are asked for largest first, words from A.
  const next = isSorted ? !descending : isNumeric(column.kind) || column.kind === "severity";
  return (
    <th
      role="columnheader"
      scope="col"
      class={isNumeric(column.kind) ? "number" : ""}
      {...(isSorted ? { "aria-sort": direction } : {})}
    >
      <button
        type="button"
        class="sort"
        title={column.meaning}
        onClick={() => void select({ sort: column.name, descending: next })}
      >
        {column.label}
        <span class="arrow" aria-hidden="true">
          {isSorted ? (descending ? "▼" : "▲") : ""}
        </span>
      </button>
    </th>
  );
}

interface BodyRowProps {
  place: number;
  row: Row | undefined;
  shown: ShownColumn[];
  isCurrent: boolean;
  /** Does not change: a row is made again only when it is another one. */
  onPick: (place: number) => void;
}

function BodyRow({ place, row, shown, isCurrent, onPick }: BodyRowProps) {
  const isSelected = row !== undefined && row.row === selected.value;
  return useMemo(() => {
    const marks = [
      row?.is_anomalous ? "is-anomalous" : "",
      isSelected ? "is-selected" : "",
      isCurrent ? "is-current" : "",
    ];
    return (
      <tr
        role="row"
        id={`row-${place}`}
        aria-rowindex={place + 2}
        aria-selected={isSelected}
        class={marks.filter((mark) => mark !== "").join(" ")}
        onClick={() => onPick(place)}
      >
        {shown.map(({ column, place }) => (
          <BodyCell key={column.name} column={column} value={row?.cells[place] ?? null} isThere={row !== undefined} />
        ))}
      </tr>
    );
  }, [place, row, shown, isCurrent, isSelected, onPick]);
}

function BodyCell({ column, value, isThere }: { column: Column; value: Cell; isThere: boolean }) {
  if (!isThere)
    return (
      <td role="gridcell" class="is-coming">
        …
      </td>
    );
  if (column.kind === "severity" && typeof value === "string") {
    return (
      <td role="gridcell">
        <SeverityBadge severity={value as Severity} />
      </td>
    );
  }
  if (column.kind === "score" && typeof value === "number") {
    return (
      <td role="gridcell" class="number score">
        <span class="score-bar" style={{ width: `${Math.round(value * SCORE_BAR)}px` }} />
        {format.score(value)}
      </td>
    );
  }
  const text = column.name === "reason" ? reasonText(String(value ?? "")) : cellText(column.kind, value);
  const isLong = text.length * WIDE_LETTER > widthOf(column) - CELL_PADDING;
  const marks = [isNumeric(column.kind) ? "number" : "", isLong ? "is-long" : ""];
  return (
    <td role="gridcell" class={marks.join(" ").trim()} title={isLong ? text : undefined}>
      {text}
    </td>
  );
}
