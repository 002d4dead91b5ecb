import * as Plot from "@observablehq/plot";
import {
  colourIn,
  type LineMark,
  type Mark,
  type PlacedAxis,
  type PlacedPanel,
  type RuleMark,
  shadeIn,
  type Theme,
} from "../figures/index.ts";

/**
 * A panel of a figure as options of Observable Plot: the one mapping by which files, reports and the studio draw.
 *
 * Its axes, ticks and labels stand where the layout put them; Plot sets scales and draws the marks.
 *
 * @example Plot.plot({ ...panelPlot(layoutFigure(figure).panels[0], themes.light), document })
 */
export function panelPlot({ panel, outer, frame, x, y, texts }: PlacedPanel, theme: Theme): Plot.PlotOptions {
  const margins = {
    marginLeft: frame.x - outer.x,
    marginTop: frame.y - outer.y,
    marginRight: outer.x + outer.width - frame.x - frame.width,
    marginBottom: outer.y + outer.height - frame.y - frame.height,
  };
  const small = outer.width < 300;
  const axis = { tickSize: 0, tickPadding: 6, label: null, color: theme.muted, fontSize: small ? 10 : 11 };
  return {
    ...margins,
    width: outer.width,
    height: outer.height,
    x: scaleOf(x),
    y: scaleOf(y),
    marks: [
      Plot.gridX(valuesOf(x), { stroke: theme.grid, strokeOpacity: 1 }),
      Plot.gridY(valuesOf(y), { stroke: theme.grid, strokeOpacity: 1 }),
      ...panel.marks.flatMap((mark) => marksOf(mark, theme)),
      Plot.axisX(valuesOf(x), { ...axis, text: writerOf(x) }),
      Plot.axisY(valuesOf(y), { ...axis, text: writerOf(y) }),
      // over everything else, on a rim of the ground's colour
      ...texts.map((text) =>
        Plot.text([text.text], {
          frameAnchor: "top-left",
          dx: text.x - frame.x,
          dy: text.y - frame.y,
          textAnchor: text.anchor,
          lineAnchor: "middle",
          fontSize: text.size,
          fontWeight: text.bold ? 600 : undefined,
          fill: colourIn(theme, text.colour),
          stroke: theme.background,
          strokeWidth: text.inPlace ? 6 : 3.5,
          strokeLinejoin: "round",
        }),
      ),
    ],
  };
}

function scaleOf({ axis, domain }: PlacedAxis): Plot.ScaleOptions {
  return { type: axis.scale, domain: [...domain] };
}

const valuesOf = ({ ticks }: PlacedAxis): number[] => ticks.map(({ value }) => value);

function writerOf({ ticks }: PlacedAxis): (value: unknown) => string {
  const texts = new Map<unknown, string>(ticks.map(({ value, text }) => [value, text]));
  return (value) => texts.get(value) ?? "";
}

function marksOf(mark: Mark, theme: Theme): Plot.Markish[] {
  const colour = colourIn(theme, mark.colour);
  switch (mark.kind) {
    case "points":
      return [dots(mark, colour, theme)];
    case "line":
    case "rule":
      return [
        Plot.line(mark.points, {
          stroke: colour,
          ...weightOf(mark),
          strokeDasharray: mark.dashed ? "5 4" : undefined,
        }),
      ];
    case "segments":
      return [
        Plot.link(mark.segments, {
          x1: "0",
          y1: "1",
          x2: "2",
          y2: "3",
          stroke: colour,
          strokeWidth: mark.faint ? 1 : 1.6,
          strokeOpacity: mark.faint ? 0.6 : undefined,
        }),
      ];
    case "band":
      return [
        Plot.areaY(mark.points, {
          x: "0",
          y1: "1",
          y2: "2",
          fill: colour,
          fillOpacity: mark.faint ? 0.1 : 0.17,
        }),
      ];
    case "boxes":
      return boxes(mark, colour, theme);
    case "text":
      return []; // the layout has placed them
  }
}

function weightOf(mark: LineMark | RuleMark): {
  strokeWidth: number;
  strokeOpacity?: number;
  strokeLinecap?: string;
} {
  if (mark.kind === "line" && mark.thick)
    return { strokeWidth: 9, strokeOpacity: 0.4, strokeLinecap: "round" };
  return mark.faint ? { strokeWidth: 1.1, strokeOpacity: 0.6 } : { strokeWidth: 2 };
}

function dots(mark: Extract<Mark, { kind: "points" }>, colour: string, { background }: Theme): Plot.Markish {
  const { points, symbol = "dot", sizes, faint = false } = mark;
  const plain = faint ? 1.8 : symbol === "diamond" ? 4.4 : 3.1;
  const r = points.map((_, i) => plain * Math.sqrt(sizes?.[i] ?? sizes?.[0] ?? 1));
  const open = symbol === "ring" || symbol === "cross";
  const same = r.every((radius) => radius === r[0]);
  return Plot.dot(points, {
    x: "0",
    y: "1",
    r: same ? r[0] : { value: r, scale: null },
    symbol: symbol === "diamond" ? "diamond" : symbol === "cross" ? "times" : "circle",
    ...(open
      ? { stroke: colour, strokeWidth: 1.5, strokeOpacity: faint ? 0.6 : undefined }
      : {
          fill: colour,
          fillOpacity: faint ? 0.45 : 0.9,
          ...(faint ? {} : { stroke: background, strokeWidth: 0.7 }),
        }),
  });
}

function boxes(mark: Extract<Mark, { kind: "boxes" }>, colour: string, theme: Theme): Plot.Markish[] {
  const drawn = (list: readonly (readonly number[])[], fill: string): Plot.Markish =>
    Plot.rect(list, {
      x1: "0",
      y1: "1",
      x2: "2",
      y2: "3",
      fill,
      fillOpacity: mark.shades || !mark.faint ? undefined : 0.22,
      // neighbours of one map meet without a seam
      ...(mark.shades ? { stroke: fill, strokeWidth: 0.4 } : {}),
    });
  const { shades } = mark;
  if (!shades) return [drawn(mark.boxes, colour)];
  return [...new Set(shades)].map((share) =>
    drawn(
      mark.boxes.filter((_, i) => shades[i] === share),
      shadeIn(theme, share),
    ),
  );
}
