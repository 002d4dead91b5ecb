import { type Fit, fit } from "../../src/fit/index.ts";
import { chinchilla, lawFunction } from "../../src/laws/index.ts";
import { seededRandom } from "../../src/numeric/index.ts";
import { observe, tableOf } from "../../src/runs/index.ts";

/** What the runs of {@link plantedFit} follow. */
export const planted = { E: 1.8, A: 480, alpha: 0.35, B: 2100, beta: 0.37 } as const;

/** A fit of chinchilla to 120 runs of the planted law with 0.3 % noise, with its joint draws; the same for a seed. */
export function plantedFit({ bootstrap = 60, seed = 7 }: { bootstrap?: number; seed?: number } = {}): Fit {
  const random = seededRandom(seed);
  const loss = lawFunction(chinchilla, planted);
  const rows = Array.from({ length: 120 }, () => {
    const params = 3e7 * 300 ** random.uniform();
    const tokens = params * 5 * 40 ** random.uniform();
    return {
      params_total: params,
      tokens,
      loss: loss({ params, tokens }) * Math.exp(0.003 * random.normal()),
    };
  });
  const runs = observe(tableOf(rows, { origin: "planted" }), {
    inputs: ["params", "tokens"],
    output: "loss",
  });
  return fit(chinchilla, runs, { bootstrap });
}
