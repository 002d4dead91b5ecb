import { chinchilla, lawFunction } from "../../src/laws/index.ts";
import { seededRandom } from "../../src/numeric/index.ts";

/** What the rows below are made with, and what a fit has to find again. */
export const planted: Readonly<Record<string, number>> = { E: 1.8, A: 480, B: 2100, alpha: 0.35, beta: 0.37 };

/** Runs on six budgets with noise of 0.2 %: rows as the law says, and as many that it does not as are asked for. */
export function plantedCsv({ sizes = 8, outliers = 0 }: { sizes?: number; outliers?: number } = {}): string {
  const value = lawFunction(chinchilla, planted);
  const random = seededRandom(7);
  const rows: string[] = [];
  for (const flops of [1e18, 1e19, 1e20, 1e21, 1e22, 1e23])
    for (let i = 0; i < sizes; i++) {
      const params = Math.round(Math.sqrt(flops / 120) * 8 ** ((2 * i) / (sizes - 1) - 1));
      const tokens = flops / (6 * params);
      const loss = value({ params, tokens }) * Math.exp(0.002 * random.normal());
      rows.push(`${params},${Math.round(tokens)},${loss.toFixed(5)}`);
    }
  const wrong = Array.from(
    { length: outliers },
    (_, i) => `${400_000_000 + i},${9_000_000_000},${4.2 + i / 10}`,
  );
  return `${["params,tokens,loss", ...wrong, ...rows].join("\n")}\n`;
}
