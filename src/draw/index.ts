/** Figures drawn: as options of Observable Plot, as an element of a page, as an SVG or PNG file. */
export { panelPlot } from "./panel-plot.ts";
export { type PngOptions, pngBytes } from "./png.ts";
export { type DrawnDocument, type DrawnElement, type SvgOptions, svgElement, svgText } from "./svg.ts";
