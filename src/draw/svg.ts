import * as Plot from "@observablehq/plot";
import { colourIn, type Figure, type LayoutOptions, layoutFigure, themes } from "../figures/index.ts";
import { darkRules } from "./dark-rules.ts";
import { panelPlot } from "./panel-plot.ts";

export interface SvgOptions extends LayoutOptions {
  /** `auto` is light where nobody asks for anything else, and dark where the reader's system is. */
  readonly theme?: "light" | "dark" | "auto";
}

const families = "Inter, Helvetica, Arial, DejaVu Sans, sans-serif";
const namespace = "http://www.w3.org/2000/svg" as const;

/** What drawing asks of an element; those of every browser have it, and those of a document on a server. */
export interface DrawnElement {
  textContent: string | null;
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  append(child: never): void;
  remove(): void;
  querySelector(selectors: string): DrawnElement | null;
  querySelectorAll(selectors: string): Iterable<DrawnElement>;
}

/** What drawing asks of a document. */
export interface DrawnDocument<Element extends DrawnElement> {
  createElementNS(namespace: "http://www.w3.org/2000/svg", name: string): Element;
}

/**
 * A figure as an element of a document: the browser's own, or any other that knows SVG.
 *
 * @example element.append(svgElement(figure, { document, theme: "dark" }))
 */
export function svgElement<Element extends DrawnElement>(
  figure: Figure,
  { document, theme = "auto", ...size }: SvgOptions & { document: DrawnDocument<Element> },
): Element {
  const layout = layoutFigure(figure, size);
  const colours = themes[theme === "dark" ? "dark" : "light"];
  const make = (name: string, attributes: Readonly<Record<string, string | number>>): Element => {
    const element = document.createElementNS(namespace, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    return element;
  };
  const { width, height } = layout;
  const svg = make("svg", {
    xmlns: namespace,
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    "font-family": families,
    role: "img",
    "aria-label": figure.alt,
  });
  const add = (child: Element): void => svg.append(child as never);
  if (theme === "auto") {
    const style = make("style", {});
    style.textContent = darkRules(figure);
    add(style);
  }
  add(make("rect", { width, height, fill: colours.background }));
  for (const { text, x, y, size, bold, anchor, colour } of layout.texts) {
    const element = make("text", {
      x,
      y,
      dy: "0.35em",
      "font-size": size,
      "text-anchor": anchor,
      fill: colourIn(colours, colour),
      ...(bold ? { "font-weight": 600 } : {}),
    });
    element.textContent = text;
    add(element);
  }
  for (const panel of layout.panels) {
    const drawn = Plot.plot({ ...panelPlot(panel, colours), document }) as unknown as Element;
    // Plot's own style is for pages that have no other; everything it sets is said by attributes here
    drawn.querySelector("style")?.remove();
    for (const name of ["class", "xmlns", "xmlns:xlink", "font-family", "fill", "font-size"])
      drawn.removeAttribute(name);
    for (const [key, value] of Object.entries(panel.outer)) drawn.setAttribute(key, String(value));
    drawn.setAttribute("aria-hidden", "true");
    for (const part of drawn.querySelectorAll("[aria-label], [aria-description]")) {
      part.removeAttribute("aria-label");
      part.removeAttribute("aria-description");
    }
    add(drawn);
  }
  return svg;
}

/**
 * A figure as the text of an SVG file, the same bytes for the same figure.
 *
 * @example await writeFile("isoflop.svg", await svgText(figure))
 */
export async function svgText(figure: Figure, options: SvgOptions = {}): Promise<string> {
  const { parseHTML } = await import("linkedom");
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const svg = svgElement(figure, { ...options, document });
  return `${rounded(wellFormed(svg.outerHTML))}\n`;
}

/** Angle brackets in attributes, which pages allow and SVG files don't: a run may be called anything. */
function wellFormed(text: string): string {
  return text.replace(
    /="([^"]*)"/g,
    (_, value: string) => `="${value.replaceAll("<", "&lt;").replaceAll(">", "&gt;")}"`,
  );
}

/** Numbers of places cut to hundredths of a pixel: seventeen digits are no sharper, and thrice as long. */
function rounded(text: string): string {
  return text.replace(
    / (d|transform|x|y|x1|x2|y1|y2|cx|cy|r|width|height|viewBox|points)="([^"]*)"/g,
    (_, name, value: string) =>
      ` ${name}="${value.replace(/-?\d+\.\d+(e-?\d+)?/g, (number) => String(Number(Number(number).toFixed(2))))}"`,
  );
}
