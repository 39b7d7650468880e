// What there is to choose from: features, fields of the filter language, settings.

/** One row of the feature catalogue. */
export interface FeatureInfo {
  name: string;
  unit: string;
  definition: string;
  transform: string;
  is_default: boolean;
  /** When it is missing; empty where it never is. */
  missing: string;
  cicflowmeter: Alike | null;
  nfstream: Alike | null;
}

/** Another tool's column of the same thing, and how theirs differs. */
export interface Alike {
  name: string;
  differs: string;
}

/** A field of the filter language. */
export interface FilterField {
  name: string;
  aliases: string[];
  meaning: string;
  example: string;
}

export type SettingKind =
  | { type: "choice"; options: string[] }
  | { type: "integer"; min: number; max: number; auto: boolean }
  | { type: "number"; min: number; max: number; auto: boolean }
  | { type: "features" }
  | { type: "suppressions" }
  | { type: "switch" };

export interface SettingSpec {
  name: string;
  label: string;
  meaning: string;
  default: string;
  kind: SettingKind;
  /** What has to run again; `rows`: the reading where packets come or go, else the detection. */
  stage: "read" | "rows" | "detect" | "rules";
}

/** Settings for a purpose. */
export interface Preset {
  name: string;
  meaning: string;
  values: [name: string, value: string][];
}

/** Settings as text by name; only those that differ from their default. */
export type Settings = Record<string, string>;
