import {
  allocation,
  basinFigure,
  curvesOfRows,
  drawPairs,
  type Figure,
  heldOutFigure,
  isoflopCurves,
  lawShape,
  lifetimeCost,
  lossByCompute,
  lossSurface,
  residualFigure,
  tokenLadder,
  tornado,
  trainingCurves,
} from "../../src/figures/index.ts";
import { type Fit, fit, fitIsoflop } from "../../src/fit/index.ts";
import { chinchilla, findSet, lawFromFormula, lawFunction } from "../../src/laws/index.ts";
import { seededRandom } from "../../src/numeric/index.ts";
import { plan } from "../../src/plan/index.ts";
import { type Observations, observe, tableOf } from "../../src/runs/index.ts";
import { basinMap, diagnose, holdOut, rollingFolds } from "../../src/trust/index.ts";

// The gallery: every figure once, of runs that were made up from a published law, so that nobody's data are copied.

/** A law of more terms than the runs can tell apart, so that its search ends in several places. */
const threeTerms = lawFromFormula("E + (A / N^(alpha/beta) + B / D)^beta + G / N^gamma", {
  inputs: "params=N,tokens=D",
});

export const planted: Readonly<Record<string, number>> = findSet(
  chinchilla,
  "besiroglu2024-refit",
).parameters;
const wanted = { inputs: ["params", "tokens"], output: "loss" };

/** Losses of the planted law with noise of half a percent. */
export function plantedRuns({
  noise = 0.004,
  seed = 7,
}: {
  noise?: number;
  seed?: number;
} = {}): Observations {
  const value = lawFunction(chinchilla, planted);
  const random = seededRandom(seed);
  const rows = [3e18, 1e19, 3e19, 1e20, 3e20, 1e21].flatMap((flops) =>
    [0.15, 0.25, 0.4, 0.65, 1, 1.6, 2.6, 4.2, 6.5].map((factor) => {
      const params = factor * 0.42 * Math.sqrt(flops / 6 / 4);
      const tokens = flops / (6 * params);
      return { params, tokens, loss: value({ params, tokens }) * Math.exp(noise * random.normal()) };
    }),
  );
  return observe(tableOf(rows, { origin: "planted.csv" }), wanted);
}

/** Checkpoints along the way of seven models, with noise that is smaller. */
export function plantedCurves(): Observations {
  const value = lawFunction(chinchilla, planted);
  const random = seededRandom(11);
  const rows = [1, 2, 4, 8, 16, 32, 64].flatMap((times) => {
    const params = times * 2e7;
    return Array.from({ length: 60 }, (_, i) => {
      const tokens = 20 * params * 10 ** (-2.2 + (2.2 * i) / 59);
      // above the law until the learning rate has decayed
      const undecayed = 1 + 0.05 * (1 - i / 59) ** 0.7;
      const loss = value({ params, tokens }) * undecayed * Math.exp(0.003 * random.normal());
      return { params, tokens, loss };
    });
  });
  return observe(tableOf(rows, { origin: "planted-curves.csv" }), wanted);
}

/** Each figure of the gallery by its name, with what it shows in a sentence. */
export function gallery(
  models: Parameters<typeof tokenLadder>[0],
): Record<string, { shows: string; figure: Figure }> {
  const runs = plantedRuns();
  const made: Fit = fit(chinchilla, runs, { bootstrap: 200 });
  const parameters = Object.fromEntries(
    Object.entries(made.parameters).map(([name, { value }]) => [name, value]),
  );
  const decision = plan(made, 1e22);
  const diagnosis = diagnose(made, runs, { flops: 1e22 });
  const { folds } = rollingFolds(runs);
  return {
    compute: {
      shows: "Every run, the lowest loss so far, and the best that the fitted law allows.",
      figure: lossByCompute(runs, made),
    },
    isoflop: {
      shows: "Loss by size on each budget, with the law's curves and their lowest points.",
      figure: isoflopCurves(runs, made),
    },
    parabolas: {
      shows: "The same by approach 2: parabolas through the runs of each budget.",
      figure: isoflopCurves(runs, fitIsoflop(runs)),
    },
    allocation: {
      shows: "The best size and data for a budget, with intervals, beside published laws.",
      figure: allocation(made),
    },
    surface: {
      shows: "The loss over size and data, a budget's line, its optimum and its flat region.",
      figure: lossSurface(chinchilla, decision, { observed: runs }),
    },
    curves: {
      shows: "Losses while training, with the law of each size.",
      figure: trainingCurves(curvesOfRows(plantedCurves()), made),
    },
    residuals: {
      shows: "What the law misses: by size, by data, in the order of the rows, and against normal quantiles.",
      figure: residualFigure(made, runs),
    },
    basins: {
      shows: "Where the starts of the search ended, and what would be decided there.",
      figure: basinFigure(basinMap(fit(threeTerms, runs), runs, { flops: 1e22 })),
    },
    draws: {
      shows: "The bootstrap's draws in pairs: which parameters are known only together.",
      figure: drawPairs(made),
    },
    tornado: {
      shows: "How far each other choice moves the decision, beside its interval.",
      figure: tornado(diagnosis.sensitivity!),
    },
    heldout: {
      shows: "What the law says of runs larger than those it was fitted to, against what came.",
      figure: heldOutFigure("chinchilla", holdOut(chinchilla, runs, folds), folds, runs),
    },
    ladder: {
      shows: "Tokens per parameter of known models.",
      figure: tokenLadder(models, { mine: { name: "the plan above", ...decision.optimum } }),
    },
    cost: {
      shows: "Training and serving by model size, at one loss.",
      figure: lifetimeCost(chinchilla, parameters, { loss: 2.1, served: 2e12 }),
    },
    law: {
      shows: "A published law: loss by size at three amounts of data.",
      figure: lawShape(chinchilla, "hoffmann2022-unrounded"),
    },
  };
}
