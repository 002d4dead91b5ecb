import { type Law, lawFunction } from "../../src/laws/index.ts";
import { seededRandom } from "../../src/numeric/index.ts";
import { type Observations, observe, tableOf } from "../../src/runs/index.ts";

/** An isoFLOP sweep of a planted law: seven sizes on each of eight budgets, with log-normal noise. */
export function plantedSweep(
  law: Law,
  parameters: Readonly<Record<string, number>>,
  {
    noise = 0.003,
    seed = 0,
    budgets = [1e18, 3e18, 1e19, 3e19, 1e20, 3e20, 1e21, 3e21],
  }: { noise?: number; seed?: number; budgets?: readonly number[] } = {},
): Observations {
  const random = seededRandom(seed);
  const value = lawFunction(law, parameters);
  const rows = budgets.flatMap((flops) =>
    [0.25, 0.4, 0.63, 1, 1.6, 2.5, 4].map((factor) => {
      const params = Math.round(factor * Math.sqrt(flops / 120));
      const tokens = flops / (6 * params);
      return {
        params_total: params,
        tokens,
        loss: value({ params, tokens }) * Math.exp(noise * random.normal()),
      };
    }),
  );
  return observe(tableOf(rows, { origin: "planted" }), { inputs: ["params", "tokens"], output: "loss" });
}
