// Settings that outlive the page: as a file to give away, and, when that is asked for, in this browser.
import { settings_of_file, settings_presets, settings_to_file } from "../../pkg/wiresift.js";
import type { Preset, Settings } from "../lib/catalogue";
import { saveAs } from "./download";
import { outside } from "./outside";
import { settings } from "./store";

/** Largest file of settings, bytes. */
const LARGEST = 1 << 20;

export function presets(): Preset[] {
  return settings_presets() as Preset[];
}

export function saveSettings(values: Settings): void {
  saveAs(new Blob([settings_to_file(values)], { type: "application/json" }), "wiresift-settings.json");
}

/** The settings of a file; rejects with what is wrong with it. */
export async function openSettingsFile(file: File): Promise<Settings> {
  if (file.size > LARGEST) throw new Error("it is larger than any file of settings");
  return settings_of_file(await file.text()) as Settings;
}

/** Whether this browser keeps settings. */
export function isRemembered(): boolean {
  return outside.kept() !== null;
}

/** Keeps settings in this browser; never what comes from a capture: no suppressed hosts and no columns of a table. */
export function remember({ suppress: _hosts, features: _columns, ...values }: Settings): Promise<void> {
  return outside.keep(settings_to_file(values));
}

export function forgetSettings(): Promise<void> {
  return outside.keep(null);
}

/** Takes the settings that this browser keeps, where it keeps any that are still possible. */
export function recall(): void {
  const text = outside.kept();
  if (text === null) return;
  try {
    settings.value = settings_of_file(text) as Settings;
  } catch {
    // Kept by another version: the defaults hold.
  }
}
