// What the scatter's axes show.
import { signal } from "@preact/signals";
import { visible } from "../lib/escape";

export type Axes = readonly [across: string, up: string];

const USUAL_AXES: Axes = ["component_1", "component_2"];

/** Those chosen last; another capture may lack the feature. */
export const axes = signal<Axes>(USUAL_AXES);

const COMPONENTS = [
  ["component_1", "Principal component 1"],
  ["component_2", "Principal component 2"],
  ["score", "Score"],
] as const;

type Features = readonly { name: string }[];

/** The chosen axes, as far as the report at hand has them. */
export function axesAmong(features: Features): Axes {
  const isKnown = (axis: string) =>
    [...COMPONENTS.map(([name]) => name), ...features.map(({ name }) => name)].includes(axis);
  return axes.value.every(isKnown) ? axes.value : USUAL_AXES;
}

interface Props {
  features: Features;
  label: string;
  value: string;
  onChoose: (axis: string) => void;
}

function Axis({ features, label, value, onChoose }: Props) {
  return (
    <label class="axis">
      {label}
      <select value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
        {COMPONENTS.map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
        {features.map(({ name }) => (
          <option key={name} value={name}>
            {visible(name, 60)}
          </option>
        ))}
      </select>
    </label>
  );
}

export function AxisChoice({ features }: { features: Features }) {
  const [across, up] = axesAmong(features);
  return (
    <div class="axes">
      <Axis
        features={features}
        label="Across"
        value={across}
        onChoose={(axis) => {
          axes.value = [axis, up];
        }}
      />
      <Axis
        features={features}
        label="Up"
        value={up}
        onChoose={(axis) => {
          axes.value = [across, axis];
        }}
      />
    </div>
  );
}
