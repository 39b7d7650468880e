// The state of the page and what may be done with it. The components show the signals and call the actions.
import { batch, computed, signal } from "@preact/signals";
import { Charts, feature_catalogue, filter_fields, settings_table, version } from "../../pkg/wiresift.js";
import type { FeatureInfo, FilterField, SettingSpec, Settings } from "../lib/catalogue";
import type { Scatter } from "../lib/charts";
import { visible } from "../lib/escape";
import type { View } from "../lib/hash";
import { latest } from "../lib/latest";
import type { Filters, FilterText, Selection, TableFormat } from "../lib/packets";
import type {
  ExportKind,
  Failure,
  Finished,
  Glimpse,
  Intake,
  Progress,
  Questions,
  SideFile,
  Source,
} from "../lib/protocol";
import type { Report } from "../lib/report";
import { changedOnly, needsReading } from "../lib/settings";
import type { Column, Details, Query, Row } from "../lib/table";
import { Client, GoneError, RefusedError, type Watch } from "./client";
import { whenIdle } from "./idle";
import { changedFile, messageOf, type Problem, problemOf, sideProblemOf } from "./problem";
import { RowCache } from "./rows";
import { spawn } from "./spawn";
import { takeTurn } from "./turns";
import { startWasm, wasmModule } from "./wasm";

/** A reading under way. */
export interface Running {
  names: string[];
  startedAt: number;
  progress: Progress | null;
  /** What its beginning shows. */
  glimpse?: Glimpse;
  /** When it was held, while it is. */
  pausedAt?: number | undefined;
  /** Milliseconds it was held before. */
  pausedFor: number;
  /** It was told to end with what was read. */
  isEnding?: boolean;
  /** Files and folders found so far, while dropped folders are looked through. */
  found?: number;
}

/** Rows asked for with a selection: more than a screen holds. */
const FIRST_ROWS = 128;

const DEFAULT_QUERY: Query = { filter: "", anomalies_only: true, rows: null, sort: "score", descending: true };

export const running = signal<Running | null>(null);
export const report = signal<Report | null>(null);
export const charts = signal<Charts | null>(null);
export const columns = signal<Column[]>([]);
export const problem = signal<Problem | null>(null);
/** A short note for the eye and the screen reader: what was copied, saved, cancelled. */
export const notice = signal("");
/** Whether the detection runs again. */
export const isDetecting = signal(false);
export const settings = signal<Settings>({});
export const settingsTable = signal<SettingSpec[]>([]);
export const appVersion = signal("");
export const source = signal<Source | null>(null);
/** The files read, as the report's in order, and what of the folders was not. */
export const intake = signal<Intake | null>(null);

/** Files beside the captures, in the order they came; they stay when another capture is opened. */
export const sideFiles = signal<SideFile[]>([]);
/** Those that the report at hand is with. */
let joined: SideFile[] = [];

/** What the chart over time counts. */
export const measure = signal<"bytes" | "packets" | "flows">("bytes");

export const query = signal<Query>(DEFAULT_QUERY);
/** How the view came to be what it is: chosen, being typed, found in the report, or kept as it comes. */
export type ViewCause = "chosen" | "typed" | "found" | "kept";
export const viewCause = signal<ViewCause>("kept");
/** The filter that was made from the report last, with the capture's words in it. */
export const foundFilter = signal("");
/** What the rows begin with when they come, in place of the usual. */
let wanted: { view: View; found: string } = { view: {}, found: "" };
export const selection = signal<{ rows: number; anomalies: number } | null>(null);
export const filterProblem = signal<{ message: string; position: number | undefined } | null>(null);
/** Counts up when rows arrive. */
export const rowsVersion = signal(0);
export const selected = signal<number | null>(null);
/** Where the selected row is in the selection; -1 when the filter hides it, `null` while that is not known. */
export const selectedPosition = signal<number | null>(null);
/** Whether the table scrolls to the selected row: not to one that nobody chose. */
export const isFollowed = signal(true);
export const details = signal<Details | null>(null);

/** Whether all that was read are tables: then there are no packets to show or save. */
export const isTablesOnly = computed(() => report.value?.files.every(({ table }) => table !== null) ?? false);

/** Whether anything that was read says when it was. */
export const hasTimes = computed(() => report.value?.summary.first_ts != null);

export const unitName = computed(() => report.value?.settings.unit ?? "flow");

/** Set by the browser tests; nothing else sets it. */
const testHooks = () =>
  (globalThis as { __wiresiftTest?: { trapAtPacket?: number; isCold?: boolean } }).__wiresiftTest ?? {};

/** Stops the looking through folders. */
let looking: AbortController | null = null;

const rowCache = new RowCache(
  (start, count) => client.ask("rows", { start, count }),
  () => {
    rowsVersion.value += 1;
  },
);

const client = new Client({
  spawn,
  module: wasmModule,
  trapAtPacket: () => testHooks().trapAtPacket,
  events: { onProgress, onGlimpse, onFinished, onFailure },
});

/** Starts the wasm, and what needs it before anything else; shows why where it does not start. */
export async function begin(prepare: () => void): Promise<void> {
  try {
    await startWasm();
    prepare();
    settingsTable.value = settings_table() as SettingSpec[];
    appVersion.value = version();
    if (!testHooks().isCold) whenIdle(() => void client.warmUp());
  } catch (cause) {
    problem.value = problemOf({ kind: "wasm", message: messageOf(cause), bytes: 0, packets: 0 });
  }
}

/** The features a unit can be compared by: the catalogue's, and the columns of the tables at hand. */
export function features(unit: string): FeatureInfo[] {
  try {
    return [...(feature_catalogue(unit) as FeatureInfo[]), ...ownFeatures(unit)];
  } catch {
    return [];
  }
}

function ownFeatures(unit: string): FeatureInfo[] {
  if (report.value?.settings.unit !== unit) return [];
  return report.value.columns.map(({ name, header, is_log, is_default }) => ({
    name,
    unit: "",
    definition: `Column “${visible(header, 128)}” of the file; missing where its cell holds no number.`,
    transform: is_log ? "log1p" : "linear",
    is_default,
    missing: "where its cell holds no number",
    cicflowmeter: null,
    nfstream: null,
  }));
}

/** The fields of the filter language; none before the wasm runs. */
export function filterFields(): FilterField[] {
  try {
    return filter_fields() as FilterField[];
  } catch {
    return [];
  }
}

export function namesOf(what: Source | null): string[] {
  if (what === null) return [];
  return what.kind === "sample" ? ["sample.pcap"] : what.files.map(({ path }) => path);
}

/** Ends what is under way and shows that folders are looked through, which takes its time; gives the way to stop it. */
export function beginLooking(names: string[]): { signal: AbortSignal; tell: (entries: number) => void } {
  looking?.abort();
  const mine = new AbortController();
  looking = mine;
  client.cancel();
  batch(() => {
    forget();
    source.value = null;
    problem.value = null;
    notice.value = "";
    running.value = { names, startedAt: performance.now(), pausedFor: 0, progress: null, found: 0 };
  });
  const tell = (found: number) => {
    if (!mine.signal.aborted && running.value !== null && found % 50 === 0) running.value = { ...running.value, found };
  };
  return { signal: mine.signal, tell };
}

/** Says why nothing is read; a result that is shown stays. */
export function refuse(why: Problem): void {
  looking?.abort();
  batch(() => {
    if (running.value?.found !== undefined) running.value = null;
    problem.value = why;
  });
}

/** Reads captures. */
export function analyse(what: Source): void {
  looking?.abort();
  batch(() => {
    forget();
    source.value = what;
    problem.value = null;
    notice.value = "";
    running.value = { names: namesOf(what), startedAt: performance.now(), pausedFor: 0, progress: null };
  });
  client.analyse(what, settings.value, sideFiles.value);
  joined = sideFiles.value;
}

/** Reads the capture again. */
export function again(): void {
  if (source.value !== null) analyse(source.value);
}

/** Holds the reading, or goes on with it. */
export function pauseOrResume(): void {
  const run = running.value;
  if (run === null) return;
  const now = performance.now();
  if (run.pausedAt === undefined) {
    client.steer("pause");
    running.value = { ...run, pausedAt: now };
  } else {
    client.steer("resume");
    running.value = { ...run, pausedAt: undefined, pausedFor: run.pausedFor + now - run.pausedAt };
  }
}

/** Ends the reading and concludes from what was read. */
export function conclude(): void {
  const run = running.value;
  if (run === null) return;
  client.steer("enough");
  const held = run.pausedAt === undefined ? 0 : performance.now() - run.pausedAt;
  running.value = { ...run, pausedAt: undefined, pausedFor: run.pausedFor + held, isEnding: true };
}

/** Ends the reading at once. */
export function cancel(): void {
  if (running.value === null) return;
  looking?.abort();
  client.cancel();
  batch(() => {
    running.value = null;
    source.value = null;
    notice.value = "Cancelled. Nothing was kept.";
  });
}

/** Back to the beginning. */
export function close(): void {
  looking?.abort();
  client.cancel();
  batch(() => {
    forget();
    running.value = null;
    source.value = null;
    problem.value = null;
    notice.value = "";
  });
}

/** Uses other settings: reads again or only detects again, as they need. */
export function apply(values: Settings): void {
  const next = changedOnly(settingsTable.value, values);
  const before = settings.value;
  settings.value = next;
  if (report.value === null) return;
  if (needsReading(settingsTable.value, before, next)) again();
  else void redetect(next);
}

/** Moves the threshold to a score, in place of the rule. */
export function moveThreshold(score: number): void {
  apply({ ...settings.value, "threshold-rule": "score", threshold: String(Math.round(score * 1000) / 1000) });
}

/** Back to the threshold that the rule gives. */
export function resetThreshold(): void {
  const { "threshold-rule": _rule, threshold: _value, ...rest } = settings.value;
  apply(rest);
}

const redetectLatest = latest((wanted: Settings) => client.ask("redetect", { settings: wanted }));

async function redetect(wanted: Settings): Promise<void> {
  isDetecting.value = true;
  try {
    const finished = await redetectLatest(wanted);
    if (finished === undefined) return;
    isDetecting.value = false;
    if (finished.report.settings.unit !== unitName.value) {
      showOtherRows(finished);
      return;
    }
    show(finished);
    await select({}, "kept");
    if (selected.value !== null) await pick(selected.value, isFollowed.value);
  } catch (cause) {
    isDetecting.value = false;
    tellOrIgnore(cause, "The detection could not run again with these settings.");
  }
}

/** Joins other files beside the capture, now or, where there is none yet or it is being read, later. */
export function setSideFiles(files: SideFile[]): void {
  sideFiles.value = files;
  if (report.value !== null) void enrich();
}

/** Keeps a baseline for the captures to come, in place of the one before; the result at hand stays as it is. */
export function keepBaseline(file: File, entries: number): void {
  const others = sideFiles.value.filter(({ kind }) => kind !== "baseline");
  sideFiles.value = [
    ...others,
    { kind: "baseline", name: file.name, file, entries, about: null, faults: [], columns: [], map: {} },
  ];
  joined = sideFiles.value;
}

const enrichLatest = latest((side: SideFile[]) => client.ask("enrich", { side }));

async function enrich(): Promise<void> {
  const side = sideFiles.value;
  isDetecting.value = true;
  try {
    const finished = await enrichLatest(side);
    if (finished === undefined) return;
    isDetecting.value = false;
    joined = side;
    show(finished);
    await select({ anomalies_only: query.value.anomalies_only && finished.report.summary.anomalies > 0 }, "kept");
    if (selected.value !== null) await pick(selected.value, isFollowed.value);
  } catch (cause) {
    isDetecting.value = false;
    tellOrIgnore(cause, "The files beside the capture could not be joined.");
  }
}

const selectLatest = latest((wanted: Query) => client.ask("select", { query: wanted, count: FIRST_ROWS }));

/** Changes filter or order of the table. */
export async function select(change: Partial<Query>, cause: ViewCause = "chosen"): Promise<void> {
  batch(() => {
    viewCause.value = cause;
    if (cause === "found") foundFilter.value = change.filter ?? "";
    query.value = { ...query.value, ...change };
  });
  try {
    const found = await selectLatest(query.value);
    if (found === undefined) return;
    batch(() => {
      rowCache.reset(found.first);
      rowsVersion.value += 1;
      filterProblem.value = null;
      selectedPosition.value = null;
      selection.value = { rows: found.rows, anomalies: found.anomalies };
    });
    if (selected.value !== null) await locate(selected.value);
  } catch (cause) {
    if (cause instanceof RefusedError && cause.name === "filter") {
      filterProblem.value = { message: cause.message, position: cause.position };
    } else tellOrIgnore(cause, "The table could not be made.");
  }
}

/** The rows that a report begins with. */
export function usualQuery({ summary }: Report): Query {
  return { ...DEFAULT_QUERY, anomalies_only: summary.anomalies > 0 };
}

function takeView({ report: found, columns: shown }: Finished): void {
  const { unit: _unit, ...view } = wanted.view;
  foundFilter.value = wanted.found;
  wanted = { view: {}, found: "" };
  viewCause.value = "kept";
  query.value = { ...usualQuery(found), ...known(view, shown) };
}

/** A view's part that the table can show: of other tables the columns are others. */
function known(view: Partial<Query>, shown: Column[]): Partial<Query> {
  const { sort, descending, ...rest } = view;
  if (sort === undefined || !shown.some(({ name }) => name === sort)) return rest;
  return { ...rest, sort, descending: descending ?? true };
}

/** Shows a view of the address, now or, where there is no report yet, when there is one. */
export function restore(view: View, found: string): void {
  const { unit = "flow", ...change } = view;
  const shown = report.value;
  if (shown !== null && unit === unitName.value) {
    batch(() => {
      foundFilter.value = found;
      void select({ ...usualQuery(shown), ...known(change, columns.value) }, "kept");
    });
    return;
  }
  wanted = { view, found };
  if (unit === (settings.value.unit ?? "flow")) return;
  // Another unit has other features: a choice of the old ones means nothing there.
  const { unit: _before, features: _chosen, ...rest } = settings.value;
  const next = unit === "flow" ? rest : { ...rest, unit };
  if (shown === null) settings.value = next;
  else apply(next);
}

/** The row at a place of the selection, when it is here; asks for it otherwise. */
export function rowAt(place: number): Row | undefined {
  return rowCache.at(place);
}

const explainLatest = latest((row: number) => client.ask("explain", { row }));

/** Selects a row: its details, its ring in the scatter, its place in the table. */
export async function pick(row: number | null, follow = true): Promise<void> {
  batch(() => {
    if (row !== selected.value) selectedPosition.value = null;
    selected.value = row;
    isFollowed.value = follow;
  });
  if (row === null) {
    details.value = null;
    return;
  }
  try {
    const [found] = await Promise.all([explainLatest(row), locate(row)]);
    if (found !== undefined && selected.value === row) details.value = found;
  } catch (cause) {
    tellOrIgnore(cause, "The row could not be explained.");
  }
}

async function locate(row: number): Promise<void> {
  const place = await client.ask("position", { row });
  if (selected.value === row) selectedPosition.value = place;
}

/** One row's details without selecting it, for a tooltip. */
export async function peek(row: number): Promise<Details | null> {
  return client.ask("explain", { row });
}

/** Bytes of an export. */
export function exported(kind: ExportKind): Promise<Questions["export"]["gives"]> {
  return client.ask("export", { kind });
}

/** Packets read again from the files. */
export function retrieved(
  takes: Questions["retrieve"]["takes"],
  watch: Watch,
): Promise<Questions["retrieve"]["gives"]> {
  return client.ask("retrieve", takes, watch);
}

/** A selection as filters of other programs. */
export function filtersOf(selection: Selection): Promise<Filters> {
  return client.ask("filters", { selection });
}

/** The first rows of a selection as a table. */
export function tableOf(selection: Selection, format: TableFormat): Promise<FilterText> {
  return client.ask("table", { selection, format });
}

/** The scatter with other axes. */
export function scatterOf(across: string, up: string): Promise<Scatter> {
  return client.ask("scatter", { across, up });
}

/** Draws the report's charts with another scatter. */
export function drawScatter(scatter: Scatter): void {
  const shown = report.value;
  if (shown === null) return;
  const before = charts.value;
  charts.value = new Charts({ ...shown.charts, scatter });
  freeLater(before);
}

/** Charts that parts of the page may still show. */
const old: Charts[] = [];
let takeFreeingBack = () => {};

/** Gives charts back when every part of the page has had its turns to take the new ones and to draw them. */
function freeLater(before: Charts | null): void {
  if (before === null) return;
  old.push(before);
  takeFreeingBack();
  const free = () => {
    for (const charts of old.splice(0)) charts.free();
  };
  // Whatever batch this is in, by the first turn the parts have asked for theirs, and by the second to draw.
  takeFreeingBack = takeTurn(() => {
    takeFreeingBack = takeTurn(() => {
      takeFreeingBack = takeTurn(free);
    });
  });
}

/** Shows what went wrong; a run that is gone is no news. */
export function tellOrIgnore(cause: unknown, title: string): void {
  if (cause instanceof GoneError) return;
  if (cause instanceof RefusedError && cause.name === "file-changed") problem.value = changedFile(cause.message);
  else problem.value = { title, cause: messageOf(cause), advice: "The rest of the page still works." };
}

function show({ report: found, columns: shown, sideProblem }: Finished): void {
  const before = charts.value;
  batch(() => {
    if (sideProblem !== undefined) problem.value = sideProblemOf(sideProblem);
    charts.value = new Charts(found.charts);
    columns.value = shown;
    report.value = found;
  });
  freeLater(before);
}

function forget(): void {
  const before = charts.value;
  batch(() => {
    report.value = null;
    intake.value = null;
    charts.value = null;
    selection.value = null;
    selected.value = null;
    selectedPosition.value = null;
    details.value = null;
    filterProblem.value = null;
    isDetecting.value = false;
    rowCache.reset([]);
  });
  before?.free();
}

function onProgress(progress: Progress): void {
  if (running.value !== null) running.value = { ...running.value, progress };
}

function onGlimpse(glimpse: Glimpse): void {
  if (running.value !== null) running.value = { ...running.value, glimpse };
}

function onFinished(finished: Finished, read: Intake): void {
  batch(() => {
    running.value = null;
    intake.value = read;
    takeView(finished);
    try {
      show(finished);
    } catch (cause) {
      problem.value = problemOf({ kind: "refused", message: messageOf(cause), bytes: 0, packets: 0 });
    }
  });
  // Files that came while it was read.
  if (joined !== sideFiles.value) void enrich().then(showStrangest);
  else void showStrangest();
}

/** Rows of another unit: nothing that was chosen of the old ones stays. */
function showOtherRows(finished: Finished): void {
  batch(() => {
    selected.value = null;
    selectedPosition.value = null;
    details.value = null;
    takeView(finished);
    show(finished);
  });
  void showStrangest();
}

/** The first rows, and why the strangest of them is strange. */
async function showStrangest(): Promise<void> {
  await select({}, "kept");
  const first = rowAt(0);
  if (first?.is_anomalous) await pick(first.row, false);
}

function onFailure(failure: Failure): void {
  batch(() => {
    forget();
    running.value = null;
    if (failure.kind === "nothing") source.value = null;
    problem.value = problemOf(failure);
  });
}
