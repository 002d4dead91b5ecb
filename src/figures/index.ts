/** Pictures as data: marks and scales, the figures of the field, where everything stands, and a terminal that draws them. */
export { type AllocationOptions, allocation } from "./allocation.ts";
export { basinFigure } from "./basins.ts";
export { colourIn, shadeIn, type Theme, themes } from "./colours.ts";
export { drawPairs } from "./draws.ts";
export type {
  Axis,
  BandMark,
  BoxesMark,
  Colour,
  Figure,
  LineMark,
  Mark,
  Panel,
  Point,
  PointsMark,
  RuleMark,
  SegmentsMark,
  TextMark,
  Tick,
} from "./figure.ts";
export { asWritten, formatIn } from "./format.ts";
export { frontierFigure } from "./frontier.ts";
export { heldOutFigure } from "./held-out.ts";
export { isoflopCurves } from "./isoflop-curves.ts";
export { lawShape } from "./law-shape.ts";
export {
  type Box,
  type Layout,
  type LayoutOptions,
  layoutFigure,
  type PlacedAxis,
  type PlacedPanel,
  type PlacedText,
} from "./layout.ts";
export { type LifetimeCostQuestion, lifetimeCost } from "./lifetime-cost.ts";
export { lossByCompute } from "./loss-by-compute.ts";
export { lossSurface } from "./loss-surface.ts";
export { type FigureMaker, type FigureMaterials, figureMakers } from "./makers.ts";
export { residualFigure } from "./residuals.ts";
export { figureSchema } from "./schema.ts";
export { type TerminalOptions, terminalFigure } from "./terminal.ts";
export { type LadderModel, tokenLadder } from "./token-ladder.ts";
export { tornado } from "./tornado.ts";
export { curvesOfRows, curvesOfRuns, type TrainingCurve, trainingCurves } from "./training-curves.ts";
