import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { apply, features, report, settings, settingsTable } from "../app/store";
import type { Alike, FeatureInfo, SettingSpec, Settings } from "../lib/catalogue";
import { expected, fits, needsReading } from "../lib/settings";
import { CloseIcon } from "./icons";
import { SettingsKept } from "./settings-kept";

const isOpen = signal(false);

export function openSettings(): void {
  isOpen.value = true;
}

/** The form made from the core's settings table. */
export function SettingsDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = isOpen.value;
  useEffect(() => {
    if (open && !dialog.current?.open) dialog.current?.showModal();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      class="settings"
      aria-labelledby="settings-title"
      onClose={() => {
        isOpen.value = false;
      }}
    >
      {/* Anew when the core has told what settings there are. */}
      {open && <Form key={settingsTable.value.length} close={() => dialog.current?.close()} />}
    </dialog>
  );
}

function Form({ close }: { close: () => void }) {
  const table = settingsTable.value;
  const [values, setValues] = useState<Settings>(settings.value);
  const [isTried, setTried] = useState(false);
  const of = (spec: SettingSpec) => values[spec.name] ?? spec.default;
  // Another unit has other features: a choice of the old ones means nothing there.
  const set = (name: string, value: string) =>
    setValues(({ features: chosen, ...old }) => ({
      ...old,
      ...(name === "unit" || chosen === undefined ? {} : { features: chosen }),
      [name]: value,
    }));
  const wrong = table.filter((spec) => !fits(spec, of(spec)));
  const reads = report.value !== null && needsReading(table, settings.value, values);
  // Not the form's own submitting: a sandbox without forms, which servers are told to send, does not let it happen.
  const submit = () => {
    setTried(true);
    if (wrong.length > 0) {
      document.getElementById(`setting-${wrong[0]?.name}`)?.focus();
      return;
    }
    close();
    apply(values);
  };
  const group = (title: string, note: string, specs: SettingSpec[]) => (
    <fieldset>
      <legend>{title}</legend>
      <p class="hint">{note}</p>
      {specs.map((spec) => (
        <Field
          key={spec.name}
          spec={spec}
          unit={values.unit ?? "flow"}
          value={of(spec)}
          isWrong={isTried && !fits(spec, of(spec))}
          set={(value) => set(spec.name, value)}
        />
      ))}
    </fieldset>
  );
  const isUnit = (spec: SettingSpec) => spec.name === "unit";
  const reading = table.filter((spec) => spec.stage === "read" && !isUnit(spec));
  return (
    <form
      noValidate
      onKeyDown={(event) => {
        if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
        event.preventDefault();
        submit();
      }}
    >
      <div class="settings-head">
        <h2 id="settings-title">Settings</h2>
        <button type="button" class="small quiet" aria-label="Close without applying" onClick={close}>
          <CloseIcon />
        </button>
      </div>
      <div class="settings-body">
        <SettingsKept values={values} isSound={wrong.length === 0} set={setValues} />
        {group("What is compared", "Only a change from or to packets reads the capture again.", table.filter(isUnit))}
        {group(
          "Detection",
          "These apply to the capture at hand without reading it again.",
          table.filter((spec) => spec.stage === "detect"),
        )}
        {group(
          "Rules",
          "From what on a rule says something. These apply without reading the capture again.",
          table.filter((spec) => spec.stage === "rules"),
        )}
        {group("Reading", "A change here reads the capture again.", reading)}
      </div>
      <div class="settings-foot">
        <button type="button" onClick={() => setValues({})}>
          Reset all
        </button>
        <span class="grow" />
        <button type="button" onClick={close}>
          Cancel
        </button>
        <button type="button" class="primary" onClick={submit}>
          {report.value === null ? "Use" : reads ? "Apply and read again" : "Apply"}
        </button>
      </div>
    </form>
  );
}

interface FieldProps {
  spec: SettingSpec;
  unit: string;
  value: string;
  isWrong: boolean;
  set: (value: string) => void;
}

function Field({ spec, unit, value, isWrong, set }: FieldProps) {
  const id = `setting-${spec.name}`;
  const { kind } = spec;
  const described = `${id}-about`;
  const isChanged = value !== spec.default;
  return (
    <div class="field">
      <div class="field-head">
        {kind.type === "features" || kind.type === "switch" ? (
          <span class="label">{spec.label}</span>
        ) : (
          <label for={id}>{spec.label}</label>
        )}
        {isChanged && (
          <button type="button" class="small quiet" onClick={() => set(spec.default)}>
            Reset<span class="visually-hidden"> {spec.label}</span>
          </button>
        )}
      </div>
      {kind.type === "choice" && (
        <select id={id} value={value} aria-describedby={described} onChange={(event) => set(event.currentTarget.value)}>
          {kind.options.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </select>
      )}
      {(kind.type === "integer" || kind.type === "number" || kind.type === "suppressions") && (
        <input
          id={id}
          type="text"
          inputMode={kind.type === "suppressions" ? "text" : "decimal"}
          autocomplete="off"
          spellcheck={false}
          value={value}
          aria-describedby={described}
          aria-invalid={isWrong}
          onInput={(event) => set(event.currentTarget.value.trim())}
        />
      )}
      {kind.type === "switch" && (
        <label class="check">
          <input
            id={id}
            type="checkbox"
            checked={value === "on"}
            aria-describedby={described}
            onChange={(event) => set(event.currentTarget.checked ? "on" : "off")}
          />
          {spec.label}
        </label>
      )}
      {kind.type === "features" && <FeatureChoice id={id} described={described} unit={unit} value={value} set={set} />}
      <p id={described} class={isWrong ? "field-problem" : "hint"}>
        {isWrong && "Not possible. "}
        {spec.meaning} {kind.type === "features" ? "" : `Takes ${expected(spec)}; default ${spec.default}.`}
      </p>
    </div>
  );
}

interface FeatureChoiceProps {
  id: string;
  described: string;
  unit: string;
  value: string;
  set: (value: string) => void;
}

/** What other tools call a feature, with how theirs differs. */
function elsewhere({ cicflowmeter, nfstream }: FeatureInfo): string {
  const told = (tool: string, alike: Alike | null) =>
    alike === null ? [] : [`${tool}: ${alike.name}${alike.differs === "" ? "" : ` (${alike.differs})`}`];
  return [...told("CICFlowMeter", cicflowmeter), ...told("NFStream", nfstream)].join("; ");
}

/** The default choice, all of the catalogue, or a choice out of it. */
function FeatureChoice({ id, described, unit, value, set }: FeatureChoiceProps) {
  const catalogue = features(unit);
  const mode = value === "default" || value === "all" ? value : "some";
  const chosen = new Set(
    mode === "some" ? value.split(",") : catalogue.filter((f) => mode === "all" || f.is_default).map((f) => f.name),
  );
  const toggle = (name: string, isOn: boolean) => {
    const next = catalogue.map((f) => f.name).filter((n) => (n === name ? isOn : chosen.has(n)));
    if (next.length > 0) set(next.join(","));
  };
  return (
    <>
      <select
        id={id}
        aria-label="Features"
        aria-describedby={described}
        value={mode}
        onChange={(event) => {
          const to = event.currentTarget.value;
          set(to === "some" ? [...chosen].join(",") : to);
        }}
      >
        <option value="default">default</option>
        <option value="all">all</option>
        <option value="some">chosen below</option>
      </select>
      <details class="more">
        <summary>
          {chosen.size} of {catalogue.length} features
        </summary>
        <ul class="feature-list">
          {catalogue.map((feature) => (
            <li key={feature.name}>
              <label class="check">
                <input
                  type="checkbox"
                  checked={chosen.has(feature.name)}
                  onChange={(event) => toggle(feature.name, event.currentTarget.checked)}
                />
                <span>
                  <b>{feature.name}</b>
                  {feature.unit !== "" && ` (${feature.unit})`}
                  <span class="under">{feature.definition}</span>
                  {elsewhere(feature) !== "" && <span class="under">{elsewhere(feature)}</span>}
                </span>
              </label>
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}
