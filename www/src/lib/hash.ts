// The view as the hash of the address says it: what is counted, filtered and sorted, and nothing of a capture.
import { isPlace, type Place } from "./places";
import type { Unit } from "./report";
import type { Query } from "./table";

/** What differs from the usual view. */
export type View = Partial<Query> & { unit?: Unit };

const UNITS: readonly string[] = ["flow", "packet", "host"] satisfies Unit[];
/** Names of columns; those of a table's own columns are the file's words and begin otherwise. */
const COLUMN = /^(?!column_)[a-z][a-z0-9_.]{0,39}$/;
/** A filter longer than this is no address. */
const LONGEST = 2000;

/** What a hash says: the view, and the part of the result that was gone to. */
export type Said = View & { place?: Place };

/** The hash that says a view; empty for the usual one. */
export function encode({ unit, filter, anomalies_only, sort, descending, place }: Said): string {
  const said = new URLSearchParams();
  if (unit !== undefined && unit !== "flow") said.set("unit", unit);
  if (filter !== undefined && filter.trim() !== "" && filter.length <= LONGEST) said.set("filter", filter);
  if (anomalies_only !== undefined) said.set("rows", anomalies_only ? "anomalous" : "all");
  const isUsual = sort === "score" && descending === true;
  if (sort !== undefined && !isUsual && COLUMN.test(sort)) {
    said.set("sort", sort);
    said.set("order", descending ? "descending" : "ascending");
  }
  if (place !== undefined) said.set("place", place);
  const text = said.toString();
  return text === "" ? "" : `#${text}`;
}

/** The view that a hash says, as far as it makes sense; null where the hash says nothing of a view. */
export function decode(hash: string): Said | null {
  const text = hash.replace(/^#/, "");
  if (text === "") return {};
  const said = new URLSearchParams(text);
  const view: Said = {};
  const unit = said.get("unit");
  if (unit !== null && UNITS.includes(unit)) view.unit = unit as Unit;
  const filter = said.get("filter");
  if (filter !== null && filter !== "" && filter.length <= LONGEST) view.filter = filter;
  const rows = said.get("rows");
  if (rows === "all" || rows === "anomalous") view.anomalies_only = rows === "anomalous";
  const sort = said.get("sort");
  if (sort !== null && COLUMN.test(sort)) {
    view.sort = sort;
    view.descending = said.get("order") !== "ascending";
  }
  const place = said.get("place");
  if (place !== null && isPlace(place)) view.place = place;
  return Object.keys(view).length === 0 ? null : view;
}
