import {
  chinchilla,
  computeOptimum,
  deepseekOptimalScale,
  deepseekOptimalTokens,
  kaplanOptimalParams,
  type Law,
  lawFunction,
  llama3OptimalTokens,
  minicpmOptimalParams,
  minicpmOptimalTokens,
  overtraining,
  porianOptimalParams,
  porianOptimalTokens,
  type Source,
} from "../laws/index.ts";

/** A published answer to "how large a model, on how much data?", as a function of the budget. */
export interface RivalSource {
  /** A key such as `hoffmann2022-approach1`. */
  readonly key: string;
  readonly name: string;
  readonly source: Source;
  /** What its N counts. */
  readonly params: "total" | "nonEmbedding" | "active" | "unstated";
  /** What its C counts. */
  readonly flops: string;
  /** The budgets that it rests on; null where they are not stated. */
  readonly range: readonly [low: number, high: number] | null;
  /** Why it differs from the others. */
  readonly why: string;
  readonly at: (flops: number) => {
    readonly params: number;
    readonly tokens: number;
    readonly loss: number | null;
  };
}

const sixND = "6·N·D";
/** Of the runs behind figure 4, as Besiroglu et al. 2024 read them; the paper's own profiles reach from 6e18 to 3e21. */
const hoffmannBudgets = [1.3972e18, 1.2956e22] as const;
const hoffmann: Source = { ...chinchilla.source, where: "table 3" };

/** A law of loss by N and D, where its loss is lowest on the budget. */
function surface(law: Law, set: string): RivalSource["at"] {
  const { parameters } = law.sets[set]!;
  return (flops) => {
    const best = computeOptimum(law, parameters, flops);
    if (!best)
      throw new Error(`cannot plan ${flops} FLOPs by ${set}: it has no optimum there; give a larger budget`);
    return { params: best.params, tokens: best.tokens, loss: best.loss };
  };
}

/** k·C^p of a recipe law with published digits. */
function line(law: Law<"flops", string>, set: string): (flops: number) => number {
  const value = lawFunction(law, law.sets[set]!.parameters);
  return (flops) => value({ flops });
}

/** Straight lines in logarithms through a table's rows: N = k·C^a, D = q·C^b. */
function lines(k: number, a: number, q: number, b: number): RivalSource["at"] {
  return (flops) => ({ params: k * flops ** a, tokens: q * flops ** b, loss: null });
}

const kaplanParams = line(kaplanOptimalParams, "kaplan2020");
const llamaTokens = line(llama3OptimalTokens, "llama3-figure");
const scale = line(deepseekOptimalScale, "deepseek2024");
const deepseekTokens = line(deepseekOptimalTokens, "deepseek2024");
const porian = (set: string): RivalSource["at"] => {
  const [params, tokens] = [line(porianOptimalParams, set), line(porianOptimalTokens, set)];
  return (flops) => ({ params: params(flops), tokens: tokens(flops), loss: null });
};
const [minicpmParams, minicpmTokens] = [
  line(minicpmOptimalParams, "minicpm2024"),
  line(minicpmOptimalTokens, "minicpm2024"),
];
const budgetsOf = (law: Law, set: string): RivalSource["range"] => law.sets[set]!.range?.flops ?? null;

const besiroglu: Source = {
  authors: "Besiroglu et al.",
  year: 2024,
  title: "Chinchilla Scaling: A replication attempt",
  url: "https://arxiv.org/abs/2404.10102",
  where: "section 3",
};

/** The published allocations, by year; each says why it differs. */
export const rivalSources: readonly RivalSource[] = [
  {
    key: "kaplan2020",
    name: "Kaplan et al. 2020",
    source: kaplanOptimalParams.source,
    params: "nonEmbedding",
    flops: "6·N·D without embeddings, C_min: at a batch far below the critical one",
    range: budgetsOf(kaplanOptimalParams, "kaplan2020"),
    why: "Counts neither embeddings nor the head, at sizes where they are most of the model (Pearce and Song 2024), warms up too long for small models and tunes them too little (Porian et al. 2024): exponent 0.73. N from table 6, D = C / 6N; table 6's own D is of a run at the critical batch, which costs twice C_min.",
    at: (flops) => {
      const params = kaplanParams(flops);
      return { params, tokens: flops / (6 * params), loss: null };
    },
  },
  {
    key: "hoffmann2022-approach1",
    name: "Hoffmann et al. 2022, approach 1",
    source: { ...hoffmann, where: "table 3, a line in logarithms through its nine rows" },
    params: "total",
    flops: sixND,
    range: hoffmannBudgets,
    why: "The envelope of training curves: each run's lowest loss at a budget, with a schedule matched to its length.",
    at: lines(0.09915893, 0.49809869, 1.69608436, 0.50185426),
  },
  {
    key: "hoffmann2022-approach2",
    name: "Hoffmann et al. 2022, approach 2",
    source: { ...hoffmann, where: "table A3, a line in logarithms through its nine rows" },
    params: "total",
    flops: sixND,
    range: hoffmannBudgets,
    why: "Parabolas through isoFLOP profiles: a little off where the valley is lopsided, and by as much as its grid is off centre.",
    at: lines(0.14487705, 0.48994161, 1.15276363, 0.51002023),
  },
  {
    key: "hoffmann2022-approach3",
    name: "Hoffmann et al. 2022, approach 3, table",
    source: {
      ...hoffmann,
      where: "table A3, a line in logarithms through eight rows; the one of 175B has a misprinted budget",
    },
    params: "total",
    flops: sixND,
    range: hoffmannBudgets,
    why: "The surface fitted to all runs by an optimiser that stopped early (Besiroglu et al. 2024): far more tokens than the other two approaches.",
    at: lines(0.53511667, 0.45862778, 0.31554566, 0.54096377),
  },
  {
    key: "hoffmann2022-unrounded",
    name: "Hoffmann et al. 2022, eq. 10 unrounded",
    source: {
      ...chinchilla.source,
      where: "the coefficients behind eq. 10, as Besiroglu et al. 2024 give them",
    },
    params: "total",
    flops: sixND,
    range: hoffmannBudgets,
    why: "The same surface with all its digits: approach 3 as its authors used it.",
    at: surface(chinchilla, "hoffmann2022-unrounded"),
  },
  {
    key: "hoffmann2022-rounded",
    name: "Hoffmann et al. 2022, eq. 10 as printed",
    source: chinchilla.source,
    params: "total",
    flops: sixND,
    range: hoffmannBudgets,
    why: "Exponents of two digits: rounding alone moves N* by half at Chinchilla's budget.",
    at: surface(chinchilla, "hoffmann2022-rounded"),
  },
  {
    key: "twenty-to-one",
    name: "20 tokens for each parameter",
    source: { ...hoffmann, where: "table 3: Chinchilla's own ratio, as a rule of thumb" },
    params: "total",
    flops: sixND,
    range: null,
    why: "One point of approach 1 (67B on 1.5T tokens; Chinchilla's 70B on 1.4T), taken for every budget.",
    at: (flops) => {
      const params = Math.sqrt(flops / 120);
      return { params, tokens: 20 * params, loss: null };
    },
  },
  {
    key: "muennighoff2023",
    name: "Muennighoff et al. 2023",
    source: {
      authors: "Muennighoff et al.",
      year: 2023,
      title: "Scaling Data-Constrained Language Models",
      url: "https://arxiv.org/abs/2305.16264",
      where: "appendix on C4 coefficients",
    },
    params: "unstated",
    flops: sixND,
    range: null,
    why: "54 of Hoffmann's C4 runs with α held equal to β, so that the ratio is the same at every budget.",
    at: surface(chinchilla, "muennighoff2023"),
  },
  {
    key: "deepseek2024",
    name: "DeepSeek LLM 2024",
    source: deepseekOptimalScale.source,
    params: "nonEmbedding",
    flops: "M·D, M the non-embedding FLOPs of a token with attention",
    range: budgetsOf(deepseekOptimalScale, "deepseek2024"),
    why: "Scales the FLOPs of a token, attention counted, and finds that better data call for larger models (exponent 0.450 to 0.578 by corpus); N is M / 6 here.",
    at: (flops) => ({ params: scale(flops) / 6, tokens: deepseekTokens(flops), loss: null }),
  },
  {
    key: "gadre2024",
    name: "Gadre et al. 2024",
    source: overtraining.source,
    params: "total",
    flops: sixND,
    range: budgetsOf(overtraining, "gadre2024-redpajama-refit"),
    why: "One exponent for parameters and tokens, from five runs up to 640 tokens for each parameter, made to predict over-trained models.",
    at: surface(overtraining, "gadre2024-redpajama-refit"),
  },
  {
    key: "minicpm2024",
    name: "MiniCPM 2024",
    source: minicpmOptimalParams.source,
    params: "nonEmbedding",
    flops: sixND,
    range: budgetsOf(minicpmOptimalParams, "minicpm2024"),
    why: "Runs that branch off one constant learning rate and decay, so that every D is measured; the ratio is an average over five corpora that differ ninefold.",
    at: (flops) => ({ params: minicpmParams(flops), tokens: minicpmTokens(flops), loss: null }),
  },
  {
    key: "besiroglu2024",
    name: "Besiroglu et al. 2024, as printed",
    source: besiroglu,
    params: "total",
    flops: sixND,
    range: budgetsOf(chinchilla, "besiroglu2024"),
    why: "Hoffmann's runs read off figure 4 and fitted again: agrees with approaches 1 and 2; its digits stop short of the optimum.",
    at: surface(chinchilla, "besiroglu2024"),
  },
  {
    key: "besiroglu2024-refit",
    name: "Besiroglu et al. 2024, to the optimum",
    source: { ...besiroglu, where: "its 240 points, the optimum of the sum of Huber losses found here" },
    params: "total",
    flops: sixND,
    range: budgetsOf(chinchilla, "besiroglu2024-refit"),
    why: "The same data and objective, all the way down.",
    at: surface(chinchilla, "besiroglu2024-refit"),
  },
  {
    key: "porian2024-refinedweb",
    name: "Porian et al. 2024, RefinedWeb",
    source: porianOptimalParams.source,
    params: "unstated",
    flops: "6·N·D, the head counted and the embedding not",
    range: budgetsOf(porianOptimalParams, "porian2024-refinedweb-refit"),
    why: "Kaplan's set-up with the head's FLOPs, a short warm-up and settings tuned for each size: exponent 0.50, on small budgets.",
    at: porian("porian2024-refinedweb-refit"),
  },
  {
    key: "porian2024-openwebtext2",
    name: "Porian et al. 2024, OpenWebText2",
    source: porianOptimalParams.source,
    params: "unstated",
    flops: "6·N·D, the head counted and the embedding not",
    range: budgetsOf(porianOptimalParams, "porian2024-openwebtext2-refit"),
    why: "The same on Kaplan's corpus: what the data alone change.",
    at: porian("porian2024-openwebtext2-refit"),
  },
  {
    key: "llama3-2024",
    name: "Llama 3 2024",
    source: llama3OptimalTokens.source,
    params: "unstated",
    flops: "unstated; N is C / 6D here, 383B for the flagship that the paper plans at 402B",
    range: budgetsOf(llama3OptimalTokens, "llama3-figure"),
    why: "IsoFLOP parabolas on their own data mix, which ask for more tokens as the budget grows (exponent of N 0.46).",
    at: (flops) => {
      const tokens = llamaTokens(flops);
      return { params: flops / (6 * tokens), tokens, loss: null };
    },
  },
];
