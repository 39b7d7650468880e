import { clock } from "../app/clock";
import { openPicker } from "../app/input";
import { appVersion, close, namesOf, report, running, settings, source } from "../app/store";
import { themeChoice } from "../app/theme";
import { visible } from "../lib/escape";
import { Choice } from "./choice";
import { Downloads } from "./downloads";
import { CloseIcon, FileIcon, Logo, SettingsIcon } from "./icons";
import { openSettings } from "./settings";

const CLOCKS = [
  ["utc", "UTC"],
  ["local", "Local"],
  ["relative", "From start"],
] as const;

const THEMES = [
  ["auto", "Auto"],
  ["light", "Light"],
  ["dark", "Dark"],
] as const;

/** Goes to the content and leaves the address, which holds the view, as it is. */
function skip(event: Event): void {
  event.preventDefault();
  const main = document.getElementById("main");
  main?.scrollIntoView();
  main?.focus();
}

export function Header() {
  const names = namesOf(source.value);
  const changed = Object.keys(settings.value).length;
  const isBusy = running.value !== null;
  return (
    <header class="top">
      {/* biome-ignore lint/a11y/useValidAnchor: it goes to a place in the page, and only leaves the address alone */}
      <a class="skip" href="#main" onClick={skip}>
        Skip to content
      </a>
      <p class="brand" title={`Wiresift ${appVersion.value}`}>
        <Logo />
        <span class="brand-name">Wiresift</span>
      </p>
      {names.length > 0 && (
        <div class="current">
          <p title={visible(names.join(", "), 1000)}>
            {visible(names[0] ?? "", 80)}
            {names.length > 1 && ` and ${names.length - 1} more`}
          </p>
          {!isBusy && (
            <button type="button" class="small quiet" aria-label="Close this capture" onClick={close}>
              <CloseIcon />
            </button>
          )}
        </div>
      )}
      <div class="top-actions">
        {!isBusy && (
          <button type="button" class={report.value === null ? "" : "primary"} onClick={openPicker}>
            <FileIcon />
            Open
          </button>
        )}
        {report.value !== null && <Downloads />}
        <button type="button" onClick={openSettings} disabled={isBusy}>
          <SettingsIcon />
          Settings
          {changed > 0 && (
            <span class="badge">
              {changed}
              <span class="visually-hidden"> changed</span>
            </span>
          )}
        </button>
        {report.value?.summary.first_ts != null && <Choice name="Times" class="clock" of={clock} options={CLOCKS} />}
        <Choice name="Theme" class="theme" of={themeChoice} options={THEMES} />
      </div>
    </header>
  );
}
