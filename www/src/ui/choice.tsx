// A choice of a few words whose name is heard and not seen.
import type { Signal } from "@preact/signals";

interface ChoiceProps<T extends string> {
  name: string;
  class: string;
  of: Signal<T>;
  options: readonly (readonly [value: T, label: string])[];
}

export function Choice<T extends string>({ name, class: className, of, options }: ChoiceProps<T>) {
  return (
    <label class={className}>
      <span class="visually-hidden">{name}</span>
      <select
        value={of.value}
        onChange={(event) => {
          of.value = event.currentTarget.value as T;
        }}
      >
        {options.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}
