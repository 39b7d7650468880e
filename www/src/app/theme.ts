// Light or dark: as the system has it, or as the reader says. Kept for this visit only.
import { computed, effect, signal } from "@preact/signals";

export type ThemeChoice = "auto" | "light" | "dark";

export const themeChoice = signal<ThemeChoice>("auto");

const systemDark = matchMedia("(prefers-color-scheme: dark)");
const isSystemDark = signal(systemDark.matches);
systemDark.addEventListener("change", (event) => {
  isSystemDark.value = event.matches;
});

export const isDark = computed(() =>
  themeChoice.value === "auto" ? isSystemDark.value : themeChoice.value === "dark",
);

effect(() => {
  document.documentElement.dataset.theme = themeChoice.value;
});
