import type { CellResult, Spread } from "./cells.ts";

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;

/** The results as a table in Markdown, a row a cell. */
export function tableLines(results: readonly CellResult[]): string[] {
  const head = [
    "cell",
    "isoFLOP, 35 runs",
    "ratios, 30 runs",
    "chosen, as much compute",
    "chosen, a quarter of it",
    "compute for the grid's interval",
    "bias: isoFLOP / chosen",
  ];
  const rows = results.map(({ cell, isoflop, ratios, chosen, same }) => [
    cell.name,
    percent(isoflop.sd),
    percent(ratios.sd),
    `${percent(chosen[0]!.sd)} (${chosen[0]!.runs} runs)`,
    percent(chosen[2]!.sd),
    same === null ? "more" : `${chosen.at(-1)!.sd <= isoflop.sd ? "at most " : ""}${percent(same)}`,
    `${signed(isoflop)} / ${signed(chosen[0]!)}`,
  ]);
  return [head, head.map(() => "-"), ...rows].map((cells) =>
    cells.every((cell) => cell === "-") ? `|${cells.join("|")}|` : `| ${cells.join(" | ")} |`,
  );
}

const signed = ({ bias }: Spread): string => `${bias < 0 ? "−" : "+"}${Math.abs(100 * bias).toFixed(1)} %`;
