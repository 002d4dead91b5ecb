import type { CellResult, Count } from "./cells.ts";
import { levels } from "./cells.ts";

/**
 * The results as a table in Markdown, a row a cell: coverage in per cent at 80 / 90 / 95 %, the lowest and highest of the
 * parameters (a among them), and of what is asked at each budget.
 */
export function tableLines(results: readonly CellResult[]): string[] {
  const head = [
    "cell",
    "parameters and a",
    "N*",
    "mean loss",
    "new run",
    "new run in range",
    "fits that doubt",
  ];
  const rows = results.flatMap((result) => {
    const { cell, counts, replications, trusted } = result;
    const of = (quantity: string): string => {
      const count = counts.find((known) => known.quantity === quantity);
      return count ? levels.map((_, i) => percent(count, i)).join(" / ") : "–";
    };
    const own = counts.filter(({ quantity }) => !quantity.includes(" "));
    const spread = levels
      .map((_, i) => own.map((count) => percent(count, i)).sort((x, y) => Number(x) - Number(y)))
      .map((sorted) => `${sorted[0]}–${sorted.at(-1)}`)
      .join(" / ");
    return cell.beyond.map((factor, i) => [
      i === 0 ? cell.name : `… at ${factor} ×`,
      own.length === 0 ? "–" : spread,
      of(`N* at ${factor} × budget`),
      of(`loss at ${factor} × budget`),
      of(`new run at ${factor} × budget`),
      of("new run in range"),
      `${((100 * (replications - trusted.replications)) / replications).toFixed(0)} %`,
    ]);
  });
  return [head, head.map(() => "-"), ...rows].map((cells) =>
    cells.every((cell) => cell === "-") ? `|${cells.join("|")}|` : `| ${cells.join(" | ")} |`,
  );
}

function percent({ covered, given }: Count, level: number): string {
  return given === 0 ? "–" : ((100 * covered[level]!) / given).toFixed(0);
}
