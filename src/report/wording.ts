import { formatIn } from "../figures/index.ts";
import { quantityInfo } from "../laws/index.ts";
import type { BasisNote, Extrapolation } from "../plan/index.ts";
import type { TableColumn } from "./noun.ts";

/** A value as the field writes that quantity: 73.2B, 5.76e23, 1.972. */
export function valueText(quantity: string, value: number): string {
  return formatIn(quantityInfo(quantity)?.unit ?? "", value);
}

export function spanText(quantity: string, [low, high]: readonly [number, number]): string {
  return `${valueText(quantity, low)} to ${valueText(quantity, high)}`;
}

/** A number without a unit, to so many digits. */
export function digitsText(value: number, digits: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e6)
    ? value
        .toExponential(digits - 1)
        .replace(/\.?0+e/, "e")
        .replace("e+", "e")
    : String(Number(value.toPrecision(digits)));
}

export function percentText(share: number, digits = 2): string {
  return `${digitsText(100 * share, digits)} %`;
}

export function levelText(level: number): string {
  return percentText(level, 3);
}

/** Which parameters N counts. */
export function conventionText(params: string | null): string {
  if (params === null) return "not stated";
  if (params === "unstated") return "unstated: the data do not say which parameters N counts";
  return `${params === "nonEmbedding" ? "non-embedding" : params} parameters`;
}

/** How C is counted. */
export function budgetText(convention: string): string {
  if (convention === "6ND") return "C = 6·N·D";
  return /^[\w-]+$/.test(convention) ? `C by the convention "${convention}"` : `C = (${convention})·D`;
}

/** What a plan rests on. */
export function basisText(basis: BasisNote): string {
  if (basis.kind === "fit") return `the fit of ${basis.law} to ${basis.rows} rows of ${basis.origin}`;
  if (basis.kind === "frontier")
    return `approach ${basis.approach} (${basis.method}) on ${basis.rows} rows of ${basis.origin}`;
  if (basis.kind === "published") return `${basis.law} with the published coefficients ${basis.set}`;
  return `${basis.law} with coefficients given by hand`;
}

const farthest: Readonly<Record<string, readonly [above: string, below: string]>> = {
  flops: ["the largest budget", "the smallest budget"],
  params: ["the largest model", "the smallest model"],
  tokens: ["the longest run", "the shortest run"],
  tokensPerParam: ["the most tokens per parameter", "the fewest tokens per parameter"],
};

/** How far outside the data something lies; the states of knowledge are told apart. */
export function extrapolationText(found: readonly Extrapolation[] | null): string {
  if (found === null) return "the range of the data behind it is not known";
  if (found.length === 0) return "inside the range of the data";
  return found
    .map(({ quantity, factor, side, nearest }) => {
      const [above, below] = farthest[quantity] ?? [`the highest ${quantity}`, `the lowest ${quantity}`];
      return `${digitsText(factor, 2)} times ${side} ${side === "above" ? above : below} in the data (${valueText(quantity, nearest)})`;
    })
    .join("; ");
}

/** Column titles, those that begin with ">" to the right. */
export function heads(...titles: readonly string[]): TableColumn[] {
  return titles.map((title) =>
    title.startsWith(">") ? { title: title.slice(1), align: "right" } : { title, align: "left" },
  );
}

/** A table without the columns that would be empty. */
export function columnsShown(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
): { columns: TableColumn[]; rows: string[][] } {
  const shown = titles.flatMap((_, c) => (rows.some((row) => row[c] !== "") ? [c] : []));
  return {
    columns: heads(...shown.map((c) => titles[c]!)),
    rows: rows.map((row) => shown.map((c) => row[c]!)),
  };
}

/** A sentence: a capital, and a full stop. */
export function sentence(text: string): string {
  const said = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return /[.!?]$/.test(said) ? said : `${said}.`;
}

export function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
