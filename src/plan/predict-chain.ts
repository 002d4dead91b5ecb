import {
  drawnInterval,
  fromScale,
  type Interval,
  onScale,
  percentileInterval,
  scatterAt,
} from "../fit/index.ts";
import { lawFunction, quantityInfo } from "../laws/index.ts";
import { type Random, seededRandom } from "../numeric/index.ts";
import {
  type Basis,
  type BasisNote,
  type Extrapolation,
  extrapolations,
  type OpenBasis,
  openBasis,
} from "./basis.ts";
import { predict } from "./predict.ts";

/** One law of a chain: what it gave. */
export interface ChainStep {
  readonly basis: BasisNote;
  readonly formula: string;
  readonly output: string;
  readonly value: number;
  /** With what is uncertain in this law and in all before it. */
  readonly interval: Interval | null;
  /** How wide the end of the chain would be if this law alone were uncertain: whose interval to narrow first. */
  readonly alone: Interval | null;
  readonly extrapolation: readonly Extrapolation[] | null;
}

/** What several laws, one after the other, say of one point: params, tokens → loss → accuracy → pass@k. */
export interface ChainPrediction {
  readonly format: "isoflop.chain/1";
  readonly at: Readonly<Record<string, number>>;
  readonly steps: readonly ChainStep[];
  readonly output: string;
  readonly value: number;
  /** Of the laws' mean, through the whole chain; null where no law of it has draws. */
  readonly interval: Interval | null;
  /** Of a single new run, whose scatter about each law is added on the way; null where nobody knows how runs scatter. */
  readonly newRun: Interval | null;
  readonly seed: number;
  readonly warnings: readonly string[];
  readonly remarks: readonly string[];
}

/** What {@link predictChain} may be told. */
export interface ChainOptions {
  readonly level?: number;
  /** Of the pairing of draws of different fits, and of the scatter. */
  readonly seed?: number;
}

/** Joint draws of a chain whose laws were fitted apart. */
const combined = 2000;

/**
 * Predicts through a chain of laws: the output of each is an input of the next, and one interval goes through all of them.
 *
 * Every draw of the chain takes one draw of each fit, paired at random, since fits to different data err independently; a law
 * with published coefficients has none and is taken as certain, which a warning says. The ends are percentiles of the last
 * output; where one law alone has draws, they are that fit's own (BCa too).
 *
 * @param at every input that no law of the chain gives
 * @throws when two laws don't meet, or an input is missing or given twice
 * @example predictChain([fit, { law: olmoTask, set: "bhagia2024-mmlu-refit" }], { params: 7e9, tokens: 2e12 }).value
 */
export function predictChain(
  links: readonly Basis[],
  at: Readonly<Record<string, number>>,
  { level = 0.9, seed = 0 }: ChainOptions = {},
): ChainPrediction {
  const open = links.map(openBasis);
  checkChain(open, at);
  const fitted = open.map(({ parameters }) => parameters);
  const values = run(open, fitted, at);
  // each law by itself refuses what its quantities can't be
  for (const [i, { law }] of open.entries())
    predict(links[i]!, inputsOf(law.inputs, at, values, open), { level });
  const drawn = drawTogether(open, seededRandom(seed));
  const outputs = drawn.map((parameters) => run(open, parameters, at));
  const degrees = open.reduce(
    (least, { draws }) => Math.min(least, draws?.bootstrap.degrees ?? Number.POSITIVE_INFINITY),
    Number.POSITIVE_INFINITY,
  );
  const uncertain = open.flatMap(({ draws }, i) => (draws ? [i] : []));
  const intervalAt = (step: number): Interval | null => {
    const before = uncertain.filter((i) => i <= step);
    if (before.length === 0) return null;
    if (before.length === 1) return alone(before[0]!, step);
    return percentileInterval(
      outputs.map((steps) => steps[step]!),
      level,
      degrees,
    );
  };
  const alone = (link: number, step: number): Interval | null => {
    const { draws } = open[link]!;
    if (!draws) return null;
    const quantity = (own: Readonly<Record<string, number>>): number =>
      run(open, fitted.with(link, own), at)[step]!;
    return drawnInterval(draws.bootstrap, draws.of(quantity), level);
  };
  const last = open.length - 1;
  const certain = open.filter(({ draws, law }) => !draws && Object.keys(law.parameters).length > 0);
  return {
    format: "isoflop.chain/1",
    at,
    steps: open.map(({ law, note, range }, i) => ({
      basis: note,
      formula: law.formula,
      output: law.output,
      value: values[i]!,
      interval: intervalAt(i),
      alone: alone(i, last),
      extrapolation: extrapolations(range, inputsOf(law.inputs, at, values, open)),
    })),
    output: open[last]!.law.output,
    value: values[last]!,
    interval: intervalAt(last),
    newRun: newRunThrough(open, drawn.length > 0 ? drawn : [fitted], at, { level, degrees, seed }),
    seed,
    warnings: [
      ...new Set(open.flatMap(({ warnings }) => warnings)),
      ...(uncertain.length > 0 && certain.length > 0
        ? [
            `${certain.map(({ law }) => law.name).join(" and ")} ${certain.length === 1 ? "is" : "are"} taken as certain, having no draws: the interval is too narrow by what ${certain.length === 1 ? "it" : "they"} would add.`,
          ]
        : []),
      ...open.flatMap(({ law }, i) => {
        const before = open[i - 1]?.law;
        return before?.output === "loss" && before.kind === "loss" && law.kind === "task"
          ? [
              `${law.name} takes the loss it was fitted to: see that ${before.name} gives it, of the same text and in the same unit (nats per token or bits per byte).`,
            ]
          : [];
      }),
    ],
    remarks: [
      ...new Set(open.flatMap(({ remarks }) => remarks)),
      ...(uncertain.length > 1
        ? ["The fits are taken to err independently: draws of one are paired with any of another."]
        : []),
    ],
  };
}

function checkChain(open: readonly OpenBasis[], at: Readonly<Record<string, number>>): void {
  if (open.length === 0)
    throw new Error("cannot predict through a chain: expected one law or more, got none");
  const given = new Set(Object.keys(at));
  const made = new Set<string>();
  const used = new Set<string>();
  for (const [i, { law }] of open.entries()) {
    const before = open[i - 1]?.law;
    const inputs = Object.keys(law.inputs);
    if (before && !inputs.includes(before.output))
      throw new Error(
        `cannot chain ${before.name} to ${law.name}: ${before.name} gives ${before.output}, but ${law.name} takes ${inputs.join(", ")}`,
      );
    const missing = inputs.find((quantity) => !given.has(quantity) && !made.has(quantity));
    if (missing !== undefined)
      throw new Error(
        `cannot predict through ${open.map(({ law }) => law.name).join(", ")}: ${law.name} also needs ${missing}; give it with --at ${missing}=…`,
      );
    for (const quantity of inputs) used.add(quantity);
    made.add(law.output);
  }
  for (const quantity of given) {
    if (made.has(quantity))
      throw new Error(
        `cannot predict with ${quantity} ${at[quantity]}: the chain works it out; leave it out`,
      );
    if (!used.has(quantity))
      throw new Error(
        `cannot predict with ${quantity} ${at[quantity]}: no law of the chain has such an input; they take ${[...used].filter((name) => !made.has(name)).join(", ")}`,
      );
  }
}

/** A law's inputs: what was given, and what the laws before it made. */
function inputsOf(
  inputs: Readonly<Record<string, string>>,
  at: Readonly<Record<string, number>>,
  values: readonly number[],
  open: readonly OpenBasis[],
): Record<string, number> {
  const known: Record<string, number> = { ...at };
  for (const [i, value] of values.entries()) known[open[i]!.law.output] = value;
  return Object.fromEntries(Object.keys(inputs).map((quantity) => [quantity, known[quantity]!]));
}

type Parameters = Readonly<Record<string, number>>;

/** The outputs of all laws at parameters for each; `disturb` may move each output before the next law takes it. */
function run(
  open: readonly OpenBasis[],
  parameters: readonly Parameters[],
  at: Parameters,
  disturb: (link: number, value: number, known: Parameters) => number = (_, value) => value,
): number[] {
  const known: Record<string, number> = { ...at };
  return open.map(({ law }, i) => {
    const value = disturb(i, lawFunction(law, parameters[i]!)(known), known);
    known[law.output] = value;
    return value;
  });
}

/** One draw of each law that has any, paired at random; empty where none has. */
function drawTogether(open: readonly OpenBasis[], random: Random): Parameters[][] {
  if (open.every(({ draws }) => !draws)) return [];
  const columns = open.map(({ draws, parameters }): Parameters[] => {
    if (!draws) return Array.from({ length: combined }, () => parameters);
    // whole decks one after the other, each shuffled, so that every draw counts as often as any other
    const cards: Parameters[] = [];
    while (cards.length < combined) cards.push(...shuffled(draws.all, random));
    return cards.slice(0, combined);
  });
  return Array.from({ length: combined }, (_, i) => columns.map((column) => column[i]!));
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const deck = [...items];
  for (let i = deck.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [deck[i], deck[j]] = [deck[j]!, deck[i]!];
  }
  return deck;
}

/** The interval of a new run: on the way, each law's output is moved by a residual of its runs. */
function newRunThrough(
  open: readonly OpenBasis[],
  drawn: readonly (readonly Parameters[])[],
  at: Parameters,
  { level, degrees, seed }: { level: number; degrees: number; seed: number },
): Interval | null {
  if (open.every(({ scatter }) => !scatter) || open.every(({ draws }) => !draws)) return null;
  const random = seededRandom(seed + 1);
  const disturb = (link: number, value: number, known: Parameters): number => {
    const { scatter, law } = open[link]!;
    const on = scatter ? onScale(scatter.scale, value) : value;
    const residuals = scatter && scatterAt(scatter, known);
    if (!scatter || !residuals || residuals.length < 2) return value;
    const size = residuals[random.integer(residuals.length)]!;
    // few residuals say nothing of a skew: then they count with either sign, as for a single law
    const skewed = (residuals.length * (1 - level)) / 2 >= 5;
    const moved = fromScale(scatter.scale, on - (skewed || random.uniform() < 0.5 ? size : -size));
    return quantityInfo(law.output)?.domain === "unit" ? Math.min(1 - 1e-12, Math.max(1e-12, moved)) : moved;
  };
  const runs = drawn.flatMap((parameters) => [
    run(open, parameters, at, disturb).at(-1)!,
    run(open, parameters, at, disturb).at(-1)!,
  ]);
  return percentileInterval(runs, level, degrees);
}
