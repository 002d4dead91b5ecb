import type { Colour } from "./figure.ts";

/** The colours of a picture on light or on dark ground. */
export interface Theme {
  readonly background: string;
  readonly ink: string;
  readonly muted: string;
  readonly grid: string;
  /** For series without an order: the hues of Okabe and Ito, https://jfly.uni-koeln.de/color/, until text in them can be read. */
  readonly palette: readonly string[];
  /** For series with an order, from low to high: pieces of viridis (van der Walt and Smith 2015) that stand out. */
  readonly ramp: readonly string[];
  /** The grounds of a map, from low to high; quiet, so that lines and words stand out on them. */
  readonly map: readonly string[];
}

/** Every colour has a contrast of at least 4.5 to the ground, as WCAG 2 asks of text; `muted` too. */
export const themes: Readonly<Record<"light" | "dark", Theme>> = {
  light: {
    background: "#ffffff",
    ink: "#16191d",
    muted: "#5a626c",
    grid: "#e4e7eb",
    palette: ["#0068a8", "#b84600", "#00735a", "#a03a7e", "#7d6000", "#3a78b8", "#5f4bb6"],
    ramp: ["#440154", "#472d7b", "#3b528b", "#2c728e", "#1b7a73", "#2a7d3f", "#677500"],
    map: ["#d7ecef", "#e3f2ec", "#eff6e6", "#f8f8e4", "#fbf3df", "#faeadb", "#f6dfd8"],
  },
  dark: {
    background: "#11151b",
    ink: "#eceff3",
    muted: "#a3acb8",
    grid: "#29313b",
    palette: ["#56b4e9", "#ff9350", "#2fc795", "#e08fc0", "#e3c546", "#9cc3ee", "#b5a6ff"],
    ramp: ["#c084d6", "#8a90f0", "#55b0e0", "#3fc3c4", "#49cf94", "#8fd65a", "#fde725"],
    map: ["#10333b", "#133831", "#1c3a26", "#33391f", "#44361f", "#4a2f22", "#4b2829"],
  },
};

/** A mark's colour in a theme. */
export function colourIn({ palette, ramp, ...theme }: Theme, colour: Colour = 0): string {
  if (typeof colour === "number") return palette[colour % palette.length]!;
  if (typeof colour === "string") return theme[colour];
  return along(ramp, colour.ramp);
}

/** The ground of a map at a share from 0 to 1. */
export function shadeIn({ map }: Theme, share: number): string {
  return along(map, share);
}

function along(stops: readonly string[], share: number): string {
  const at = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const below = Math.min(stops.length - 2, Math.floor(at));
  const [from, to] = [channels(stops[below]!), channels(stops[below + 1]!)];
  const mixed = from.map((value, i) => Math.round(value + (to[i]! - value) * (at - below)));
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

function channels(hex: string): number[] {
  return [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16));
}
