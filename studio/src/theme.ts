import { useSyncExternalStore } from "react";

export type ThemeName = "light" | "dark";

const listeners = new Set<() => void>();
const system = matchMedia("(prefers-color-scheme: dark)");

const stored = (): ThemeName | null => {
  const said = localStorage.getItem("isoflop.theme");
  return said === "light" || said === "dark" ? said : null;
};

const now = (): ThemeName => stored() ?? (system.matches ? "dark" : "light");

export function applyTheme(): void {
  document.documentElement.dataset.theme = now();
  for (const listener of listeners) listener();
}

system.addEventListener("change", applyTheme);

export function setTheme(theme: ThemeName): void {
  localStorage.setItem("isoflop.theme", theme);
  applyTheme();
}

export function useTheme(): ThemeName {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, now);
}
