import type { Axis, Mark, Panel } from "./figure.ts";

/** The ends of a panel's two axes: as they are given, else the span of the marks with some air. */
export function domainsOf({ x, y, marks }: Panel): {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
} {
  const places = marks.map(placesOf);
  return {
    x:
      x.domain ??
      spanOf(
        x,
        places.flatMap(({ xs }) => xs),
      ),
    y:
      y.domain ??
      spanOf(
        y,
        places.flatMap(({ ys }) => ys),
      ),
  };
}

/** Every x and every y of a mark. */
export function placesOf(mark: Mark): { readonly xs: readonly number[]; readonly ys: readonly number[] } {
  if (mark.kind === "segments" || mark.kind === "boxes") {
    const all = mark.kind === "boxes" ? mark.boxes : mark.segments;
    return { xs: all.flatMap(([x1, , x2]) => [x1, x2]), ys: all.flatMap(([, y1, , y2]) => [y1, y2]) };
  }
  if (mark.kind === "band")
    return { xs: mark.points.map(([px]) => px), ys: mark.points.flatMap(([, low, high]) => [low, high]) };
  return { xs: mark.points.map(([px]) => px), ys: mark.points.map(([, py]) => py) };
}

/** The span of the values with some air, on the axis's scale. */
function spanOf({ scale }: Pick<Axis, "scale">, values: readonly number[]): [number, number] {
  if (values.length === 0) return scale === "log" ? [1, 10] : [0, 1];
  const [low, high] = values.reduce(
    ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
    [Infinity, -Infinity],
  );
  if (scale === "log") {
    const air = low === high ? 2 : (high / low) ** 0.02;
    return [low / air, high * air];
  }
  const air = low === high ? Math.max(1e-9, Math.abs(low) * 0.1) : (high - low) * 0.03;
  return [low - air, high + air];
}

/** Where values stand between the two ends: the first at 0, the last at 1. */
export function placeOn(
  { scale }: Pick<Axis, "scale">,
  [from, to]: readonly [number, number],
): (value: number) => number {
  const on = scale === "log" ? Math.log : (value: number) => value;
  return (value) => (on(value) - on(from)) / (on(to) - on(from));
}
