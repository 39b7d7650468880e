// Presets, and settings as a file and in this browser.
import { useRef, useState } from "preact/hooks";
import { forgetSettings, isRemembered, openSettingsFile, presets, remember, saveSettings } from "../app/settings-file";
import { settingsTable } from "../app/store";
import type { Settings } from "../lib/catalogue";
import { visible } from "../lib/escape";
import { changedOnly } from "../lib/settings";

interface Props {
  values: Settings;
  /** Whether every value is possible. */
  isSound: boolean;
  set: (values: Settings) => void;
}

export function SettingsKept({ values, isSound, set }: Props) {
  const picker = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState("");
  const [isKept, setKept] = useState(isRemembered());
  // Before the core has started there are none.
  const all = settingsTable.value.length === 0 ? [] : presets();
  const changed = changedOnly(settingsTable.value, values);
  const isIt = (preset: (typeof all)[number]) =>
    Object.keys(changed).length === preset.values.length &&
    preset.values.every(([name, value]) => changed[name] === value);
  const current = all.find(isIt);
  const open = async (file: File | undefined) => {
    if (file === undefined) return;
    try {
      set(await openSettingsFile(file));
      setProblem("");
    } catch (cause) {
      setProblem(`${visible(file.name, 120)}: ${visible(cause instanceof Error ? cause.message : String(cause), 400)}`);
    }
  };
  const keep = async (isOn: boolean) => {
    try {
      await (isOn ? remember(changed) : forgetSettings());
      setKept(isOn);
      setProblem("");
    } catch {
      setProblem("This browser keeps nothing for this page.");
    }
  };
  return (
    <fieldset>
      <legend>Together</legend>
      <div class="field">
        <label for="settings-preset">Preset</label>
        <select
          id="settings-preset"
          value={current?.name ?? ""}
          aria-describedby="settings-preset-about"
          onChange={(event) => {
            const preset = all.find(({ name }) => name === event.currentTarget.value);
            if (preset !== undefined) set(Object.fromEntries(preset.values));
          }}
        >
          {current === undefined && <option value="">own</option>}
          {all.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
        <p id="settings-preset-about" class="hint">
          {current?.meaning ?? "None of the presets: settings of your own."}
        </p>
      </div>
      <div class="field">
        <div class="settings-file">
          <button type="button" disabled={!isSound} onClick={() => saveSettings(changed)}>
            Save as file
          </button>
          <button type="button" onClick={() => picker.current?.click()}>
            Open a file
          </button>
          <input
            ref={picker}
            class="settings-picker"
            type="file"
            accept=".json,application/json"
            hidden
            onChange={(event) => {
              void open(event.currentTarget.files?.[0]);
              event.currentTarget.value = "";
            }}
          />
          <label class="check">
            <input
              type="checkbox"
              checked={isKept}
              disabled={!isSound}
              onChange={(event) => keep(event.currentTarget.checked)}
            />
            Keep in this browser
          </label>
        </div>
        <p class="hint">
          A file holds the settings that differ from their defaults; the command line takes it with{" "}
          <code>--settings</code>. In this browser neither suppressed hosts nor chosen features are kept.
        </p>
        {problem !== "" && (
          <p class="field-problem" role="alert">
            {problem}
          </p>
        )}
      </div>
    </fieldset>
  );
}
