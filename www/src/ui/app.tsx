import { useEffect } from "preact/hooks";
import { isDragging, setFilePicker, setFolderPicker, takePicked, takePickedFolder } from "../app/input";
import { notice, problem, report, running } from "../app/store";
import { visible } from "../lib/escape";
import * as format from "../lib/format";
import { Header } from "./header";
import { Saving } from "./packets";
import { Places } from "./places";
import { Problem } from "./problem";
import { Result } from "./result";
import { Running } from "./running";
import { SettingsDialog } from "./settings";
import { Start } from "./start";

export function App() {
  return (
    <>
      <Header />
      {running.value === null && <Places />}
      <main id="main" tabIndex={-1}>
        {problem.value !== null && <Problem />}
        {running.value !== null ? <Running /> : report.value !== null ? <Result /> : <Start />}
      </main>
      <input
        ref={setFilePicker}
        class="file-picker"
        type="file"
        multiple
        hidden
        aria-hidden="true"
        tabIndex={-1}
        onChange={(event) => takePicked(event.currentTarget)}
      />
      <input
        ref={setFolderPicker}
        class="folder-picker"
        type="file"
        hidden
        aria-hidden="true"
        tabIndex={-1}
        onChange={(event) => takePickedFolder(event.currentTarget)}
      />
      <SettingsDialog />
      <Saving />
      <Notice />
      <Spoken />
      {isDragging.value && (
        <div class="drop-cover" aria-hidden="true">
          <p>Drop to analyse. Nothing leaves this page.</p>
        </div>
      )}
    </>
  );
}

/** Milliseconds a note stays. */
const NOTICE_STAYS = 6000;

function Notice() {
  const text = notice.value;
  useEffect(() => {
    if (text === "") return;
    const timer = setTimeout(() => {
      notice.value = "";
    }, NOTICE_STAYS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <p class={text === "" ? "notice notice-empty" : "notice"} role="status">
      {text}
    </p>
  );
}

/** What a screen reader hears of a run: every tenth of the way, then the verdict. */
function Spoken() {
  return (
    <p class="visually-hidden" role="status" aria-live="polite">
      {spoken()}
    </p>
  );
}

function spoken(): string {
  const run = running.value;
  if (run !== null) {
    const name = visible(run.names[0] ?? "");
    const { progress } = run;
    if (run.found !== undefined || progress?.step === "looking") return `Looking for captures in ${name}.`;
    if (progress === null) return `Starting on ${name}.`;
    if (progress.step === "detecting") return "Everything is read. Looking for anomalies.";
    const tenths = progress.total > 0 ? Math.floor((progress.bytes / progress.total) * 10) * 10 : 0;
    const found = run.glimpse === undefined ? "" : ` ${format.counted(run.glimpse.count, "first finding")}.`;
    return `Reading ${name}: ${tenths} per cent.${found}`;
  }
  return report.value?.summary.verdict ?? "";
}
