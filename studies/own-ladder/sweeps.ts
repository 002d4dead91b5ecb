import {
  type Architecture,
  countParameters,
  flopsPerToken,
  formatFlops,
  gptShape,
  type RunSpec,
} from "../../src/index.ts";

// What was trained, in full: `run.mjs --train` trains it again, and a test holds the shipped runs to it.

type Size = readonly [width: number, layers: number];

/** The sizes and the largest budget of each, in 1e11 FLOPs; a model far from the best is not worth the time. */
const ladderSizes: readonly (readonly [...Size, most: number, least?: number])[] = [
  [12, 2, 16],
  [16, 2, 32],
  [24, 2, 64],
  [32, 2, 128],
  [48, 2, 128],
  [64, 2, 128],
  [80, 2, 128],
  [96, 3, 128],
  [128, 3, 128],
  [128, 4, 128],
  [160, 4, 128, 64],
];
const budgets = [1, 2, 4, 8, 16, 32, 64, 128];
const oneLayer: readonly Size[] = [
  [16, 1],
  [24, 1],
  [32, 1],
  [48, 1],
];

const shapeOf = ([width, layers]: Size, more: { readonly gated?: boolean } = {}): Architecture =>
  gptShape({ width, layers, headSize: width % 16 === 0 ? 16 : width % 8 === 0 ? 8 : 6, ...more });

/** The exact count: matrices, attention, head. */
const costOf = (shape: Architecture): number => flopsPerToken(shape, { convention: "exact" });

const whole = (tokens: number, batch = 512): number => batch * Math.round(tokens / batch);

function specOf(
  id: string,
  shape: Architecture,
  tokens: number,
  {
    seed = 0,
    learningRate = null,
    batchTokens = 512,
    settings = {},
  }: Partial<Pick<RunSpec, "seed" | "learningRate" | "batchTokens" | "settings">> = {},
): RunSpec {
  const { total, nonEmbedding } = countParameters(shape);
  return {
    format: "isoflop.runspec/1",
    id,
    shape,
    parameters: { total, nonEmbedding },
    tokens,
    batchTokens,
    learningRate,
    seed,
    trainer: "gpt",
    settings,
  };
}

/** Runs of one budget: a size a run, those of fewer than 300 steps left out. */
function row(
  budget: number,
  sizes: readonly Size[],
  { seed = 0, gated = false }: { readonly seed?: number; readonly gated?: boolean } = {},
): RunSpec[] {
  return sizes.flatMap((size) => {
    const shape = shapeOf(size, { gated });
    const steps = Math.round((budget * 1e11) / costOf(shape) / 512);
    const name = `c${formatFlops(budget * 1e11)}-d${size[0]}-l${size[1]}${gated ? "-gated" : ""}-s${seed}`;
    return steps < 300 ? [] : [specOf(name, shape, 512 * steps, { seed })];
  });
}

const seedsOf = (budget: number): readonly number[] => (budget <= 8 ? [0, 1, 2] : [0]);

const rateSizes: readonly (readonly [Size, tokens: number])[] = [
  [[16, 1], 1e6],
  [[32, 1], 1e6],
  [[16, 2], 1e6],
  [[32, 2], 1e6],
  [[64, 2], 1e6],
  [[96, 3], 6e5],
];

const batches: readonly (readonly [batch: number, millions: number])[] = [
  [128, 0.75],
  [256, 0.75],
  [512, 1],
  [1024, 1.5],
  [2048, 2],
  [4096, 3],
  [8192, 4],
  [16384, 6],
];

const repeated = [
  { size: [32, 2] as Size, unique: [0.125, 0.25, 0.5, 1], tokens: [0.5, 1, 2, 4] },
  { size: [64, 2] as Size, unique: [0.25, 0.5], tokens: [0.5, 1, 2] },
];

export type SweepName = "ladder" | "one-layer" | "gated" | "learning-rates" | "repeats" | "batches";

/** The study's sweeps, by the name of their file in runs/. */
export const sweeps: Readonly<Record<SweepName, readonly RunSpec[]>> = {
  ladder: budgets.flatMap((budget) =>
    seedsOf(budget).flatMap((seed) =>
      row(
        budget,
        ladderSizes
          .filter(([, , most, least = 0]) => budget >= least && budget <= most)
          .map(([width, layers]) => [width, layers]),
        { seed },
      ),
    ),
  ),
  "one-layer": [1, 2, 4, 8].flatMap((budget) =>
    (budget < 8 ? [0, 1, 2] : [0]).flatMap((seed) => row(budget, oneLayer, { seed })),
  ),
  gated: [2, 4, 8].flatMap((budget) =>
    row(
      budget,
      [
        [24, 2],
        [32, 2],
        [48, 2],
        [64, 2],
      ],
      { gated: true },
    ),
  ),
  "learning-rates": rateSizes.flatMap(([[width, layers], tokens]) =>
    [0.25, 0.5, 1, 2, 4].map((times) =>
      specOf(`d${width}-l${layers}-lr${times}`, shapeOf([width, layers]), whole(tokens), {
        learningRate: (0.21 / width) * times,
      }),
    ),
  ),
  repeats: repeated.flatMap(({ size, unique, tokens }) =>
    tokens.flatMap((D) =>
      unique
        .filter((U) => U <= D)
        .map((U) =>
          specOf(`d${size[0]}-l${size[1]}-u${U}M-D${D}M`, shapeOf(size), whole(D * 1e6), {
            settings: { uniqueTokens: whole(U * 1e6) + 1 },
          }),
        ),
    ),
  ),
  batches: batches.flatMap(([batch, millions]) =>
    [0.125, 0.25, 0.5, 1, 2].map((times) =>
      specOf(`b${batch}-lr${times}`, shapeOf([16, 2]), whole(millions * 1e6, batch), {
        batchTokens: batch,
        learningRate: (0.21 / 16) * times * Math.sqrt(batch / 512),
        // at a rate that stays, any point of a curve is comparable with any other
        settings: {
          schedule: "constant",
          curveFrom: 16,
          warmupSteps: Math.max(10, Math.round((50 * 512) / batch)),
        },
      }),
    ),
  ),
};
