import {
  type CoefficientSet,
  defineLaw,
  type FrontierFit,
  fitEnvelope,
  fitIsoflop,
  formatFlops,
  type IsoflopOptions,
  type Law,
  lawFunction,
  observe,
  type Table,
  tableOf,
  where,
} from "../../src/index.ts";

/** One configuration of Porian et al. 2024, with the exponent a of N* ∝ C^a that they print. */
export interface Step {
  readonly name: string;
  readonly filter: string;
  readonly published: number;
  /** Their 95 % interval, where they print one. */
  readonly interval: readonly [number, number] | null;
}

const step = (
  name: string,
  [hparams, warmup, decay, counting]: readonly [string, string, string, string],
  published: number,
  interval: Step["interval"] = null,
): Step => ({
  name,
  filter: `hparams=${hparams},warmup=${warmup},decay=${decay},param_count=${counting}`,
  published,
  interval,
});

const kaplan = ["base", "long", "kaplan", "kaplan"] as const;
const lastLayer = ["base", "long", "kaplan", "standard"] as const;
const warmup = ["base", "short", "kaplan", "standard"] as const;
const cosine = ["base", "short", "chinchilla", "standard"] as const;
const tuned = ["tuned", "short", "const", "standard"] as const;

/** The walk on both corpora; every step keeps what the ones before it changed. */
export const walks: Readonly<Record<"rw" | "owt2", readonly Step[]>> = {
  rw: [
    step("Kaplan's set-up, again", kaplan, 0.8353, [0.824, 0.846]),
    step("+ FLOPs and parameters of the last layer", lastLayer, 0.7065, [0.691, 0.717]),
    step("+ a warm-up as long as the model is large", warmup, 0.602, [0.591, 0.617]),
    step("+ a cosine that ends with the run", cosine, 0.5715, [0.56, 0.589]),
    step("+ tuned batch, learning rate and β₂, no decay", tuned, 0.4969, [0.491, 0.505]),
  ],
  owt2: [
    step("Kaplan's set-up, again", kaplan, 0.8635),
    step("+ FLOPs and parameters of the last layer", lastLayer, 0.6985),
    step("+ a warm-up as long as the model is large", warmup, 0.6032),
    step("+ a cosine that ends with the run", cosine, 0.5743),
    step("+ tuned batch, learning rate and β₂, no decay", tuned, 0.5185),
  ],
};

/** What is beside the walk, on RefinedWeb. */
export const asides: readonly Step[] = [
  step("attention's FLOPs counted too, long warm-up", ["base", "long", "kaplan", "attention"], 0.7171),
  step("attention's FLOPs counted too, short warm-up", ["base", "short", "kaplan", "attention"], 0.6223),
  step("attention's FLOPs counted too, cosine", ["base", "short", "chinchilla", "attention"], 0.5772),
  step("attention's FLOPs counted too, tuned", ["tuned", "short", "const", "attention"], 0.5053),
  step("tuned, but with Kaplan's counting and warm-up", ["tuned", "long", "const", "kaplan"], 0.7115),
];

/** A step's exponent, four times over. */
export interface Walked {
  readonly step: Step;
  /** From the authors' optima, weighted by 1/σ² as they do. */
  readonly optima: number;
  /** From their runs: Akima's curve, a parabola through seven sizes, the best run. */
  readonly akima: FrontierFit;
  readonly parabola: number;
  readonly argmin: number;
}

const wanted = { inputs: ["params", "tokens", "flops"], output: "loss" };

export function walk(
  corpus: keyof typeof walks,
  steps: readonly Step[],
  { runs, optima }: { readonly runs: Table; readonly optima: Table },
): Walked[] {
  return steps.map((step) => {
    const filter = `dataset=${corpus},${step.filter}`;
    const ofRuns = observe(where(runs, filter).table, wanted);
    const by = (options: IsoflopOptions): FrontierFit => fitIsoflop(ofRuns, options);
    const map = { params: "n_star", tokens: "t_star", flops: "budget_flops" };
    const theirs = observe(where(optima, filter).table, wanted, { map, skipBadRows: true });
    const weights = (theirs.labels.n_star_std as Float64Array).map((std) => 1 / std ** 2);
    return {
      step,
      optima: exponentOf(fitIsoflop(theirs, { method: "given", weights })),
      akima: by({ method: "akima" }),
      parabola: exponentOf(by({ window: 3, scale: "log" })),
      argmin: exponentOf(by({ method: "argmin" })),
    };
  });
}

function exponentOf({ exponents, message }: FrontierFit): number {
  if (!exponents) throw new Error(`no exponent: ${message}`);
  return exponents.a;
}

// Pearce and Song 2024: total parameters are N + γ·N^(1/3), N without embeddings; γ from Hoffmann's table A9.
const gamma = 47491;
const throughKaplan: Law<"params" | "tokens", "loss"> = defineLaw({
  name: "chinchilla-non-embedding",
  formula: `T = N + ${gamma} * N^(1 / 3); E + A / T^alpha + B / D^beta`,
  inputs: { params: "N", tokens: "D" },
  output: "loss",
});

/** Whose law is looked at, and the slope that Pearce and Song find for it (abstract and section 4). */
export const glasses: readonly {
  readonly name: string;
  readonly parameters: CoefficientSet["parameters"];
  readonly published: number;
}[] = [
  {
    name: "Besiroglu's refit",
    parameters: { E: 1.8172, A: 482.01, alpha: 0.3478, B: 2085.43, beta: 0.3658 },
    published: 0.78,
  },
  {
    name: "Hoffmann's",
    parameters: { E: 1.6934, A: 406.4, alpha: 0.3392, B: 410.7, beta: 0.2849 },
    published: 0.74,
  },
];

/**
 * Chinchilla's law through Kaplan's glasses: twenty models of 800 to 1.6e9 non-embedding parameters, trained without noise
 * and without flaw, and approach 1 on their curves, counting parameters and FLOPs without embeddings.
 */
export function throughGlasses(
  parameters: CoefficientSet["parameters"],
  method: "hull" | "running-minimum" = "running-minimum",
): FrontierFit {
  const loss = lawFunction(throughKaplan, parameters);
  const sizes = Array.from({ length: 20 }, (_, i) => 10 ** (2.9 + (6.3 * i) / 19));
  const budgets = Array.from({ length: 800 }, (_, i) => 10 ** (12.95 + (7.75 * i) / 799));
  const records = sizes.flatMap((params) =>
    budgets.map((flops) => {
      const tokens = flops / (6 * params);
      return { params_non_embedding: params, tokens, flops, loss: loss({ params, tokens }) };
    }),
  );
  return fitEnvelope(tableOf(records, { origin: "Chinchilla's law" }), { method });
}

/** The tables of the page. */
export function tableLines(
  walked: Readonly<Record<"rw" | "owt2" | "asides", readonly Walked[]>>,
  seen: readonly { readonly name: string; readonly published: number; readonly fit: FrontierFit }[],
): string[] {
  const head = [
    "| a | published | from their optima | Akima | 7-point parabola | best run | budgets |",
    "|-|-:|-:|-:|-:|-:|-:|",
  ];
  const row = ({ step: { name, published, interval }, optima, akima, parabola, argmin }: Walked): string => {
    const printed = interval ? `${digits(published)} (${interval.join(", ")})` : digits(published);
    const total = akima.optima.length + akima.refused.length;
    const used = `${akima.optima.length} of ${total}`;
    return `| ${name} | ${printed} | ${[optima, exponentOf(akima), parabola, argmin].map(digits).join(" | ")} | ${used} |`;
  };
  const refused = Object.values(walked)
    .flat()
    .flatMap(({ akima }) => akima.refused);
  const reasons = [...new Set(refused.map(({ flops, reason }) => `${formatFlops(flops)} FLOPs: ${reason}`))];
  return [
    "### RefinedWeb",
    "",
    ...head,
    ...walked.rw.map(row),
    "",
    "### OpenWebText2",
    "",
    ...head,
    ...walked.owt2.map(row),
    "",
    "### Beside the walk, RefinedWeb",
    "",
    ...head,
    ...walked.asides.map(row),
    "",
    `Budgets that show no minimum by Akima's curve: ${reasons.join("; ")}.`,
    "",
    "### Pearce and Song's explanation",
    "",
    "| law, in total parameters | published | approach 1 on its own curves |",
    "|-|-:|-:|",
    ...seen.map(({ name, published, fit }) => `| ${name} | ${published} | ${exponentOf(fit).toFixed(3)} |`),
  ];
}

function digits(a: number): string {
  return a.toFixed(4);
}

/** The walk as a picture: the published exponents with their intervals, and ours from the runs. */
export function walkSvg(
  { rw, owt2 }: Readonly<Record<"rw" | "owt2", readonly Walked[]>>,
  seen: readonly { readonly name: string; readonly fit: FrontierFit }[],
): string {
  const [width, height, left, top, bottom] = [760, 400, 60, 40, 70];
  const y = (a: number): number => top + ((0.9 - a) / 0.45) * (height - top - bottom);
  const x = (i: number): number => left + 50 + i * 112;
  const labels = ["Kaplan's set-up", "last layer", "warm-up", "decay", "tuned", "Pearce, Song"];
  const at = (value: number): string => value.toFixed(1);
  const path = (values: readonly number[], style: string): string =>
    `<polyline fill="none" ${style} points="${values.map((a, i) => `${at(x(i))},${at(y(a))}`).join(" ")}"/>`;
  const dots = (values: readonly number[], style: string, shift = 0): string[] =>
    values.map((a, i) => `<circle cx="${at(x(i) + shift)}" cy="${at(y(a))}" r="4" ${style}/>`);
  const [blue, brown] = ["#1f6fb4", "#b4651f"];
  const published = (steps: readonly Walked[]): number[] => steps.map(({ step }) => step.published);
  const ours = (steps: readonly Walked[]): number[] => steps.map(({ akima }) => exponentOf(akima));
  const text = (px: number, py: number, words: string, more = ""): string =>
    `<text x="${at(px)}" y="${at(py)}" ${more}>${words}</text>`;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#333">`,
    "<title>The exponent a at every step of the walk</title>",
    `<rect width="${width}" height="${height}" fill="white"/>`,
    text(
      left,
      20,
      "From Kaplan’s exponent to Hoffmann’s: a in N* ∝ C^a",
      'font-size="14" font-weight="bold"',
    ),
    ...[0.5, 0.6, 0.7, 0.8, 0.9].flatMap((a) => [
      `<line x1="${left}" x2="${width - 20}" y1="${at(y(a))}" y2="${at(y(a))}" stroke="${a === 0.5 ? "#888" : "#ddd"}"/>`,
      text(left - 8, y(a) + 4, a.toFixed(1), 'text-anchor="end"'),
    ]),
    ...labels.map((label, i) => text(x(i), height - bottom + 24, label, 'text-anchor="middle"')),
    path(published(rw), `stroke="${blue}"`),
    path(published(owt2), `stroke="${brown}"`),
    ...rw.flatMap(({ step: { interval } }, i) =>
      interval
        ? [
            `<line x1="${at(x(i))}" x2="${at(x(i))}" y1="${at(y(interval[0]))}" y2="${at(y(interval[1]))}" stroke="${blue}" stroke-width="3" stroke-opacity="0.4"/>`,
          ]
        : [],
    ),
    ...dots(published(rw), `fill="${blue}"`),
    ...dots(published(owt2), `fill="${brown}"`),
    ...dots(ours(rw), `fill="white" stroke="${blue}"`, 9),
    ...dots(ours(owt2), `fill="white" stroke="${brown}"`, 9),
    ...seen.flatMap(({ name, fit }) => [
      `<circle cx="${at(x(5))}" cy="${at(y(exponentOf(fit)))}" r="4" fill="#555"/>`,
      text(x(5) - 9, y(exponentOf(fit)) + 4, name, 'font-size="10" text-anchor="end"'),
    ]),
    text(
      left,
      height - 22,
      `<tspan fill="${blue}">● RefinedWeb, published with 95 % intervals</tspan>  <tspan fill="${brown}">● OpenWebText2</tspan>  hollow: ours from the runs, by Akima’s curve`,
    ),
    text(
      left,
      height - 6,
      "Data: Porian et al. 2024, arXiv:2406.19146. Right: Chinchilla’s law without embeddings, after Pearce and Song 2024.",
      'font-size="10" fill="#777"',
    ),
    "</svg>",
  ].join("\n")}\n`;
}
