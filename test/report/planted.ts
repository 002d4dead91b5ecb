import { type Fit, fit } from "../../src/fit/index.ts";
import { findLaw, findSet, lawFunction } from "../../src/laws/index.ts";
import { seededRandom } from "../../src/numeric/index.ts";
import { plan } from "../../src/plan/index.ts";
import type { ReportMaterials } from "../../src/report/index.ts";
import { type Observations, observe, type Table } from "../../src/runs/index.ts";
import { diagnose } from "../../src/trust/index.ts";

const chinchilla = findLaw("chinchilla");

/** Thirty runs of chinchilla on five budgets with 0.2 % noise, under column names of one's own. */
export function plantedRuns(
  names: { params?: string; tokens?: string; loss?: string; origin?: string } = {},
): Observations {
  const { params = "params_total", tokens = "tokens", loss = "val_loss", origin = "runs.csv" } = names;
  const law = lawFunction(chinchilla, findSet(chinchilla, "besiroglu2024-refit").parameters);
  const random = seededRandom(11);
  const sizes = [1e18, 1e19, 1e20, 1e21, 3e21].flatMap((flops) =>
    [0.25, 0.5, 0.8, 1.3, 2, 4].map((factor) => {
      const N = factor * Math.sqrt(flops / 120);
      return { N, D: flops / (6 * N) };
    }),
  );
  const table: Table = {
    origin,
    columns: {
      [params]: Float64Array.from(sizes, ({ N }) => N),
      [tokens]: Float64Array.from(sizes, ({ D }) => D),
      [loss]: Float64Array.from(
        sizes,
        ({ N, D }) => law({ params: N, tokens: D }) * Math.exp(0.002 * random.normal()),
      ),
    },
    rows: sizes.length,
    lineNumbers: Int32Array.from(sizes, (_, i) => i + 2),
    ids: null,
    notes: [],
  };
  return observe(
    table,
    { inputs: ["params", "tokens"], output: "loss" },
    { map: { params, tokens, loss }, convention: { params: "total" } },
  );
}

export function plantedFit(observed: Observations): Fit {
  return fit(chinchilla, observed, { bootstrap: 40 });
}

/** All that a report can be made of. */
export function plantedMaterials(
  observed: Observations = plantedRuns(),
): ReportMaterials & { readonly fit: Fit } {
  const made = plantedFit(observed);
  return {
    fit: made,
    plan: plan(made, 1e23),
    diagnosis: diagnose(made, observed, { flops: 1e23, bootstrap: 40 }),
    observations: observed,
  };
}
