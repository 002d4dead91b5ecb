import type { Figure, LineMark, PointsMark, RuleMark } from "../../src/figures/index.ts";

/** The lines and points of a figure's only panel. */
export function linesAndPoints({ panels }: Figure): (LineMark | PointsMark | RuleMark)[] {
  if (panels.length !== 1) throw new Error(`expected one panel, got ${panels.length}`);
  return panels[0]!.marks.filter(
    (mark) => mark.kind === "line" || mark.kind === "points" || mark.kind === "rule",
  );
}
