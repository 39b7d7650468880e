import { useEffect, useRef } from "preact/hooks";
import { type ChartFormat, type ChartName, EXPORTS, saveChart, saveExport, useAsBaseline } from "../app/download";
import { unitName } from "../app/store";
import { isDark } from "../app/theme";
import { DownloadIcon } from "./icons";

const CHARTS: readonly [ChartName, string][] = [
  ["histogram", "Score histogram"],
  ["scatter", "Cluster scatter"],
  ["timeline", "Timeline"],
  ["host_graph", "Host graph"],
  ["host_ports", "Services of hosts"],
];

const FORMATS: readonly ChartFormat[] = ["png", "svg"];

export function Downloads() {
  const menu = useRef<HTMLDetailsElement>(null);
  const close = () => {
    if (menu.current !== null) menu.current.open = false;
  };
  useEffect(() => {
    const outside = (event: Event) => {
      if (!menu.current?.contains(event.target as Node)) close();
    };
    addEventListener("pointerdown", outside);
    addEventListener("focusin", outside);
    return () => {
      removeEventListener("pointerdown", outside);
      removeEventListener("focusin", outside);
    };
  }, []);
  const exports = EXPORTS.filter(({ unit }) => unit === undefined || unit === unitName.value);
  return (
    <details
      ref={menu}
      class="menu"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        close();
        menu.current?.querySelector("summary")?.focus();
      }}
    >
      <summary class="button">
        <DownloadIcon />
        Download
      </summary>
      <ul class="menu-list">
        {exports.map((choice) => (
          <li key={choice.kind}>
            <button type="button" class="quiet" onClick={() => [close(), saveExport(choice)]}>
              {choice.label}
            </button>
          </li>
        ))}
        <li>
          <button type="button" class="quiet" onClick={() => [close(), useAsBaseline()]}>
            Use as baseline for the next capture
          </button>
        </li>
        {CHARTS.flatMap(([name, label]) =>
          FORMATS.map((format) => (
            <li key={`${name}.${format}`}>
              <button type="button" class="quiet" onClick={() => [close(), saveChart(name, format, isDark.value)]}>
                {`${label} (${format.toUpperCase()})`}
              </button>
            </li>
          )),
        )}
      </ul>
    </details>
  );
}
