import { chinchilla, dataConstrained } from "../../../src/laws/index.ts";
import { seededRandom } from "../../../src/numeric/index.ts";
import {
  aimsOf,
  type Basis,
  columnsAt,
  type DesignBelief,
  designSpread,
  findWorldModel,
  placeModels,
  planConstrained,
  planDataLimit,
  planOptimalSweep,
  slopesAt,
} from "../../../src/plan/index.ts";
import { billions, type Comparison, split } from "./comparison.ts";

/** Hoffmann et al. 2022, eq. 10 as printed: what most calculators have built in. */
const printed = { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 };
/** Gopher's. */
const flops = 5.76e23;

const ours: Basis = { law: chinchilla, set: "besiroglu2024-refit" };
const asPrinted: Basis = { law: chinchilla, set: "hoffmann2022-rounded" };

const nanogpt = "https://github.com/karpathy/nanoGPT/blob/master/scaling_laws.ipynb";
const kyoTakano = "https://github.com/kyo-takano/chinchilla";
const twentyRule = "https://numbervibe.com/calculators/machine-learning/chinchilla-scaling-calculator";
const deVries = "https://www.harmdevries.com/post/model-size-vs-compute-overhead/";

/** N on 6·N·D = C with D = 20·N. */
export const twenty = (budget: number): { params: number; tokens: number } => {
  const params = Math.sqrt(budget / 120);
  return { params, tokens: 20 * params };
};

/** The lowest of 16 sizes a decade from 10M up. */
export const onGrid = (budget: number): { params: number; tokens: number } => {
  const sizes = Array.from({ length: 80 }, (_, i) => 10 ** (7 + i / 16));
  const loss = (n: number): number =>
    printed.E + printed.A / n ** printed.alpha + printed.B / (budget / (6 * n)) ** printed.beta;
  const params = sizes.reduce((best, n) => (loss(n) < loss(best) ? n : best));
  return { params, tokens: budget / (6 * params) };
};

/** N of D* = 0.519·N^1.214 that the budget pays. */
const godey = (budget: number): { params: number; tokens: number } => {
  const params = (budget / 6 / 0.519) ** (1 / 2.214);
  return { params, tokens: budget / (6 * params) };
};

/** N = G·(C/6)^a, D = (C/6)^b / G, G = (αA / βB)^(1/(α + β)), a = β / (α + β). */
export function allocateCompute(
  budget: number,
  { A, B, alpha, beta }: Record<"A" | "B" | "alpha" | "beta", number>,
): { params: number; tokens: number } {
  const G = ((alpha * A) / (beta * B)) ** (1 / (alpha + beta));
  const a = beta / (alpha + beta);
  return { params: G * (budget / 6) ** a, tokens: (budget / 6) ** (1 - a) / G };
}
const refit = chinchilla.sets["besiroglu2024-refit"]!.parameters as typeof printed;

/** A line through the logs of Hoffmann et al. 2022, table A3, approach 2: parameters and tokens. */
export function lineThroughTable(params: number): number {
  const table = [
    [400e6, 7.7e9],
    [1e9, 20e9],
    [10e9, 219.5e9],
    [67e9, 1.7e12],
    [175e9, 4.3e12],
    [280e9, 7.1e12],
    [520e9, 13.4e12],
    [1e12, 26.5e12],
    [10e12, 292e12],
  ].map((row) => row.map(Math.log10) as [number, number]);
  const mean = (at: 0 | 1): number => table.reduce((sum, row) => sum + row[at], 0) / table.length;
  const [x, y] = [mean(0), mean(1)];
  const slope =
    table.reduce((sum, row) => sum + (row[0] - x) * (row[1] - y), 0) /
    table.reduce((sum, row) => sum + (row[0] - x) ** 2, 0);
  return 10 ** (y + slope * (Math.log10(params) - x));
}

/** k_N·k_D − 1 at the optimum's loss: A·N^−α / (B·D^−β) is β / α there, whatever the budget. */
export function overhead(share: number): number {
  const { alpha, beta } = printed;
  const tokens = (1 - (share ** -alpha - 1) * (beta / alpha)) ** (-1 / beta);
  return share * tokens - 1;
}
const more = (share: number): string => `${Math.round(100 * share)} % more`;

function smaller(basis: Basis, share: number): string {
  const best = planConstrained(basis, { flops }).point;
  const { point } = planConstrained(basis, { loss: best.loss, params: share * best.params });
  return more(point.flops / best.flops - 1);
}

const limited: Basis = { law: dataConstrained, set: "muennighoff2023" };
const uniqueTokens = 1e11;

/** Muennighoff et al. 2023 without repetition: 1.87 + 521/N^0.353 + 1488/D^0.353, as their notebook has it. */
export const notebook: Record<"A" | "B" | "alpha" | "beta", number> = {
  A: Math.exp(6.255414),
  B: Math.exp(7.3049974),
  alpha: 0.3526596,
  beta: 0.3526596,
};

/** What is believed before, and how far runs leave ln N* at the target uncertain: the measure of both designs. */
function spreadOf(points: readonly { params: number; tokens: number }[], target: number): string {
  const design = { law: chinchilla, parameters: refit };
  const n = 5;
  const belief: DesignBelief = {
    slopes: slopesAt(design, columnsAt(chinchilla, points, {})).map((row) => row.map((x) => x / 0.01)),
    information: Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 / Math.LN10 ** 2 : 0)),
    aims: aimsOf(design, "params", { flops: target, from: target, options: {} }),
  };
  const sd = designSpread([belief], Array.from(points.keys()));
  // to the nearest five: what is worth comparing does not hang on one run
  return `± ${5 * Math.round(20 * sd)} %`;
}

/** The README's example: 100 runs at random of 1e15 to 1e16 FLOPs and 10 to 100 tokens a parameter, then five optima. */
function seedAndScale(): { params: number; tokens: number }[] {
  const { uniform } = seededRandom(0);
  const between = (low: number, high: number): number => low * (high / low) ** uniform();
  const seeds = Array.from({ length: 100 }, () => {
    const [budget, ratio] = [between(1e15, 1e16), between(10, 100)];
    const params = Math.sqrt(budget / (6 * ratio));
    return { params, tokens: ratio * params };
  });
  return [...seeds, ...[1, 2, 3, 4, 5].map((i) => allocateCompute(1e16 * 2 ** i, refit))];
}

const target = 1e20;
function chosenRuns(): { params: number; tokens: number }[] {
  const { specs } = planOptimalSweep({ target, bases: [ours] });
  return specs.map(({ parameters, tokens }) => ({
    params: parameters.total ?? parameters.unstated!,
    tokens,
  }));
}

export const splits: readonly Comparison[] = [
  {
    who: "NumberVibe, the rule of 20",
    url: twentyRule,
    theirs: () => split(twenty(flops)),
    ours: () => split(planConstrained(ours, { flops }).point),
  },
  {
    who: "nanoGPT, scaling_laws",
    url: nanogpt,
    theirs: () => split(onGrid(flops)),
    ours: () => split(planConstrained(asPrinted, { flops }).point),
  },
  {
    who: "Godey, calculator",
    url: "https://nathangodey.github.io/posts/scaling",
    theirs: () => split(godey(flops)),
    ours: () => split(planConstrained(asPrinted, { flops }).point),
  },
  {
    who: "chinchilla (Python), allocate_compute",
    url: kyoTakano,
    theirs: () => split(allocateCompute(flops, refit)),
    ours: () => split(planConstrained(ours, { flops }).point),
  },
  {
    who: "nanoGPT, line through table A3",
    url: nanogpt,
    theirs: () => billions(lineThroughTable(124e6)),
    ours: () => billions(planConstrained(ours, { params: 124e6 }).point.tokens),
  },
  {
    who: "the rule of 20",
    url: twentyRule,
    theirs: () => `× ${(15e12 / 8e9 / 20).toFixed(1)}`,
    ours: () => {
      const { placements } = placeModels(ours, { models: [findWorldModel("Llama 3 8B")] });
      return `× ${placements[0]!.overTraining.value.toFixed(1)}`;
    },
  },
  {
    who: "de Vries, Go smol or go home",
    url: deVries,
    theirs: () => more(overhead(1 / 2)),
    ours: () => smaller(ours, 1 / 2),
  },
  {
    who: "de Vries, a quarter",
    url: deVries,
    theirs: () => more(overhead(1 / 4)),
    ours: () => smaller(ours, 1 / 4),
  },
  {
    who: "datablations, parametric_fit",
    url: "https://github.com/huggingface/datablations/blob/main/utils/parametric_fit.ipynb",
    theirs: () => split(allocateCompute(flops, notebook)),
    ours: () => split(planDataLimit(limited, { flops, uniqueTokens: 1e13 }).optimum),
  },
  {
    who: "the rule of four epochs",
    url: "https://arxiv.org/abs/2305.16264",
    theirs: () => `${billions(flops / (6 * 4 * uniqueTokens))}, 4 epochs`,
    ours: () => {
      const { optimum } = planDataLimit(limited, { flops, uniqueTokens });
      return `${billions(optimum.params)}, ${Math.round(optimum.epochs)} epochs`;
    },
  },
  {
    who: "chinchilla (Python), seed and scale",
    url: kyoTakano,
    theirs: () => spreadOf(seedAndScale(), target),
    ours: () => spreadOf(chosenRuns(), target),
  },
];
