/** Pictures as data: marks and scales, the figures of the field, and a terminal that draws them. */
export type { Axis, Figure, Mark } from "./figure.ts";
export { asWritten, formatIn } from "./format.ts";
export { frontierFigure } from "./frontier.ts";
export { isoflopCurves } from "./isoflop-curves.ts";
export { lawShape } from "./law-shape.ts";
export { figureSchema } from "./schema.ts";
export { type TerminalOptions, terminalFigure } from "./terminal.ts";
