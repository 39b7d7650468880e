// What follows from a change of settings.
import type { SettingSpec, Settings } from "./catalogue";

/** Only what differs from the defaults, in the table's order. */
export function changedOnly(table: readonly SettingSpec[], values: Settings): Settings {
  const changed: Settings = {};
  for (const spec of table) {
    const value = values[spec.name];
    if (value !== undefined && value !== spec.default) changed[spec.name] = value;
  }
  return changed;
}

/** Whether the capture must be read again to go from one to the other. */
export function needsReading(table: readonly SettingSpec[], from: Settings, to: Settings): boolean {
  const of = (settings: Settings, spec: SettingSpec) => settings[spec.name] ?? spec.default;
  const needs = (spec: SettingSpec) => {
    const [a, b] = [of(from, spec), of(to, spec)];
    // Flows and hosts are always there; packets are kept only where they are the rows.
    return a !== b && (spec.stage === "read" || (spec.stage === "rows" && [a, b].includes("packet")));
  };
  return table.some(needs);
}

/** The suppressions with those of a finding beside them: its kind by whoever did it, or was its target, or the kind alone. */
export function withSuppressed(before: string | undefined, kind: string, hosts: readonly string[]): string {
  const entries = hosts.length === 0 ? [kind] : hosts.map((host) => `${kind}@${host}`);
  const known = before === undefined || before === "none" ? [] : before.split(",");
  return [...new Set([...known, ...entries])].join(",");
}

/** What a setting takes, in words. */
export function expected({ kind }: SettingSpec): string {
  const range = (what: string, min: number, max: number, auto: boolean) =>
    `${what} from ${min.toLocaleString("en")} to ${max.toLocaleString("en")}${auto ? ", or auto" : ""}`;
  switch (kind.type) {
    case "choice":
      return `one of ${kind.options.join(", ")}`;
    case "integer":
      return range("a whole number", kind.min, kind.max, kind.auto);
    case "number":
      return range("a number", kind.min, kind.max, kind.auto);
    case "suppressions":
      return "none, or kinds, addresses, networks or kind@network, separated by commas";
    case "features":
      return "default, all, or a choice of the catalogue";
    case "switch":
      return "on or off";
  }
}

/** Whether a value's text fits its setting; the core has the last word. */
export function fits({ kind }: SettingSpec, value: string): boolean {
  switch (kind.type) {
    case "choice":
      return kind.options.includes(value);
    case "integer":
      if (kind.auto && value === "auto") return true;
      return /^\d+$/.test(value) && Number(value) >= kind.min && Number(value) <= kind.max;
    case "number":
      if (kind.auto && value === "auto") return true;
      return /^\d+(\.\d+)?$/.test(value) && Number(value) >= kind.min && Number(value) <= kind.max;
    case "suppressions":
      return /^[^\s,][^,]*(,[^,]+)*$/.test(value);
    case "features":
      return /^\w+(,\w+)*$/.test(value);
    case "switch":
      return value === "on" || value === "off";
  }
}
