import { bindFormula, findRoot, formatFlops, formulaFunction, parseFormula } from "../numeric/index.ts";
import { type PowerTerm, powerSum } from "./closed-form.ts";
import { formulaOf, type Law, lawFunction } from "./law.ts";

/** The split of a budget between parameters and tokens that a law likes best. */
export interface ComputeOptimum {
  readonly flops: number;
  readonly params: number;
  readonly tokens: number;
  readonly loss: number;
}

/** What {@link budgetLine} and {@link computeOptimum} may be told. */
export interface BudgetOptions {
  /** Values of inputs that the budget doesn't set, such as `uniqueTokens`. */
  readonly held?: Readonly<Record<string, number>>;
  /**
   * What a token costs a model of N parameters, smooth and rising in N; a law's `flops` are then these. Default 6·N, the
   * 6ND convention.
   */
  readonly flopsPerToken?: (params: number) => number;
}

/** Quantities that follow from parameters and tokens, so that a law may ask for them instead. */
const derived: Readonly<
  Record<string, { value: (N: number, D: number, C: number) => number; slope: (costSlope: number) => number }>
> = {
  // slope: d ln(quantity) / d ln N along a budget, where D = C / cost(N) and costSlope = d ln cost / d ln N
  params: { value: (N) => N, slope: () => 1 },
  tokens: { value: (_, D) => D, slope: (costSlope) => -costSlope },
  flops: { value: (_, __, C) => C, slope: () => 0 },
  tokensPerParam: { value: (N, D) => D / N, slope: (costSlope) => -costSlope - 1 },
};

const sixN = (params: number): number => 6 * params;

/**
 * What a token costs, from a formula in the letters of the law's inputs, such as `6 * N / 43` for a mixture of experts.
 *
 * @param held values of the law's other inputs, which the formula may name too
 * @throws when the formula names anything else
 */
export function tokenCost(
  law: Law,
  formula: string,
  held: Readonly<Record<string, number>> = {},
): (params: number) => number {
  const parsed = parseFormula(formula);
  const N = law.inputs.params ?? "N";
  const at: Record<string, number> = {};
  for (const [quantity, letter] of Object.entries(law.inputs))
    if (held[quantity] !== undefined) at[letter] = held[quantity];
  const unknown = parsed.free.find((letter) => letter !== N && at[letter] === undefined);
  if (unknown !== undefined)
    throw new Error(
      `cannot read "${formula}" as the FLOPs of a token: it may name ${[N, ...Object.keys(at)].join(", ")}, got "${unknown}"`,
    );
  const value = formulaFunction(parsed);
  return (params) => value({ ...at, [N]: params });
}

/** A quantity that follows from parameters and tokens under C = 6ND; null for one that doesn't. */
export function quantityAt(quantity: string, params: number, tokens: number): number | null {
  return derived[quantity]?.value(params, tokens, sixN(params) * tokens) ?? null;
}

/** Loss on a budget, as a function of ln N, with its slope. */
export interface BudgetLine {
  loss(logParams: number): number;
  slope(logParams: number): number;
}

/** True where a law's loss follows from parameters and tokens, besides the quantities that `held` gives. */
export function isPlannable(law: Law, held: Readonly<Record<string, number>> = {}): boolean {
  const inputs = Object.keys(law.inputs);
  if (law.noBudget !== undefined) return false;
  const free = inputs.filter((quantity) => held[quantity] === undefined);
  return (
    law.output === "loss" && free.length > 0 && free.every((quantity) => derived[quantity] !== undefined)
  );
}

/**
 * A law's loss along a budget, D = C / flopsPerToken(N).
 *
 * The slope is exact under 6ND; under another convention that of ln flopsPerToken is a central difference of 1e-4.
 */
export function budgetLine(
  law: Law,
  parameters: Readonly<Record<string, number>>,
  flops: number,
  { held = {}, flopsPerToken = sixN }: BudgetOptions = {},
): BudgetLine {
  if (law.noBudget !== undefined && flopsPerToken === sixN)
    throw new Error(`cannot plan a budget with ${law.name}: ${law.noBudget}`);
  const moving = Object.entries(law.inputs).filter(([quantity]) => held[quantity] === undefined);
  if (!Object.keys(law.inputs).some((quantity) => derived[quantity]))
    throw new Error(
      `cannot plan with ${law.name}: it takes ${Object.keys(law.inputs).join(", ")}, none of which follows from a budget; ask it by isoflop predict`,
    );
  for (const [quantity] of moving)
    if (!derived[quantity])
      throw new Error(
        `cannot plan with ${law.name}: it also needs ${quantity}, which a budget doesn't set; give it with --at ${quantity}=…`,
      );
  const constants: Record<string, Float64Array> = {};
  for (const [name, value] of Object.entries(parameters)) constants[name] = Float64Array.of(value);
  for (const [quantity, letter] of Object.entries(law.inputs))
    if (held[quantity] !== undefined) constants[letter] = Float64Array.of(held[quantity]);
  // the formula again, with the inputs as the variables: the slope along the budget is as exact as the value
  const letters = moving.map(([, letter]) => letter);
  const program = bindFormula(formulaOf(law), constants, letters, { order: 1 });
  const at = new Float64Array(letters.length);
  const run = (logParams: number): void => {
    const N = Math.exp(logParams);
    const cost = flopsPerToken(N);
    const D = cost > 0 ? flops / cost : Number.NaN;
    moving.forEach(([quantity], i) => {
      at[i] = derived[quantity]!.value(N, D, flops);
    });
    program.run(at, 0);
  };
  return {
    loss(logParams) {
      run(logParams);
      return program.value[0]!;
    },
    slope(logParams) {
      run(logParams);
      const costSlope = flopsPerToken === sixN ? 1 : logSlope(flopsPerToken, logParams);
      let sum = 0;
      moving.forEach(([quantity], i) => {
        const by = program.gradient[i];
        if (by) sum += derived[quantity]!.slope(costSlope) * at[i]! * by[0]!;
      });
      return sum;
    },
  };
}

function logSlope(f: (x: number) => number, logX: number): number {
  const step = 1e-4;
  return Math.log(f(Math.exp(logX + step)) / f(Math.exp(logX - step))) / (2 * step);
}

/**
 * The compute-optimal point: min over N of L(N, C / flopsPerToken(N)).
 *
 * {@link closedFormOptimum} where it applies, else the lowest loss on a scan over ln N and the root of the slope around it.
 *
 * @returns null when the loss has no minimum between one parameter and one token: it falls all the way to one end
 * @example computeOptimum(chinchilla, parameters, 1e21, { flopsPerToken: (N) => 6 * (N - 50_000 * 768) })
 */
export function computeOptimum(
  law: Law,
  parameters: Readonly<Record<string, number>>,
  flops: number,
  options: BudgetOptions = {},
): ComputeOptimum | null {
  const { flopsPerToken = sixN } = options;
  const high = Math.log(largestParams(flops, flopsPerToken));
  const closed = flopsPerToken === sixN ? closedFormOptimum(law, parameters, flops, options) : null;
  if (closed) return closed;
  const line = budgetLine(law, parameters, flops, options);
  const scan = 96; // a factor of at most two in N per step, far less than a valley is wide
  let best = -1;
  let lowest = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= scan; i++) {
    const loss = line.loss((high * i) / scan);
    if (loss < lowest) [lowest, best] = [loss, i];
  }
  if (best <= 0 || best >= scan) return null;
  const root = findRoot(line.slope, (high * (best - 1)) / scan, (high * (best + 1)) / scan);
  if (root === null) return null;
  const params = Math.exp(root);
  return { flops, params, tokens: flops / flopsPerToken(params), loss: line.loss(root) };
}

/** The model that a budget can train on one token; throws where it can't train one parameter. */
function largestParams(flops: number, flopsPerToken: (params: number) => number): number {
  const least = flopsPerToken(1);
  if (!(flops > (least > 0 ? least : 0)) || !Number.isFinite(flops))
    throw new Error(
      `cannot plan ${formatFlops(flops)} FLOPs: expected a budget above ${least > 0 ? least : 0}, one token on one parameter`,
    );
  if (flopsPerToken === sixN) return flops / 6;
  const over = (logParams: number): number => Math.log(flopsPerToken(Math.exp(logParams)) / flops);
  for (let far = 1; far < 700; far *= 2)
    if (over(far) > 0) return Math.exp(findRoot(over, far / 2, far) ?? far);
  throw new Error(
    `cannot plan ${formatFlops(flops)} FLOPs: however many parameters, flopsPerToken stays below them; it has to grow with N`,
  );
}

/**
 * The compute-optimal point in closed form, for a law that is a constant and two powers of N along a budget C = 6ND.
 *
 * p·N^u + q·N^-v with p, q, u, v > 0 is lowest at N* = (v·q / (u·p))^(1/(u + v)). For E + A/N^α + B/D^β that is
 * N* = G·(C/6)^(β/(α+β)), G = (αA/βB)^(1/(α+β)): Hoffmann et al. 2022, eq. 4, https://arxiv.org/abs/2203.15556
 *
 * Whether a law is such a sum is read from its formula's tree, steps and derived inputs (`tokensPerParam`) included.
 *
 * @returns null for any other law, and where N* lies beyond one parameter or one token
 */
export function closedFormOptimum(
  law: Law,
  parameters: Readonly<Record<string, number>>,
  flops: number,
  { held = {} }: Pick<BudgetOptions, "held"> = {},
): ComputeOptimum | null {
  const letters: Record<string, PowerTerm> = {};
  for (const [name, value] of Object.entries(parameters)) letters[name] = { coefficient: value, power: 0 };
  for (const [quantity, letter] of Object.entries(law.inputs)) {
    const fixed = held[quantity];
    const rule = derived[quantity];
    if (fixed !== undefined) letters[letter] = { coefficient: fixed, power: 0 };
    else if (rule) letters[letter] = { coefficient: rule.value(1, flops / 6, flops), power: rule.slope(1) };
  }
  const powers = powerSum(law, letters)?.filter(({ power }) => power !== 0);
  const [rising, falling] = [powers?.find(({ power }) => power > 0), powers?.find(({ power }) => power < 0)];
  if (powers?.length !== 2 || !rising || !falling || !(rising.coefficient > 0) || !(falling.coefficient > 0))
    return null;
  const [u, v] = [rising.power, -falling.power];
  const params = ((v * falling.coefficient) / (u * rising.coefficient)) ** (1 / (u + v));
  const tokens = flops / (6 * params);
  if (!(params > 1 && tokens > 1)) return null;
  const inputs = Object.fromEntries(
    Object.keys(law.inputs).map((quantity) => [
      quantity,
      held[quantity] ?? derived[quantity].value(params, tokens, flops),
    ]),
  );
  return { flops, params, tokens, loss: lawFunction(law, parameters)(inputs) };
}

/**
 * The exponents a and b of N* ∝ C^a and D* ∝ C^b at a budget; under 6ND they sum to 1.
 *
 * For a sum of two powers a = β/(α + β) at every budget; where a law's own a changes with the budget this is the
 * local one, by a central difference of 2 % in C.
 */
export function optimumExponents(
  law: Law,
  parameters: Readonly<Record<string, number>>,
  flops: number,
  options: BudgetOptions = {},
): { a: number; b: number } | null {
  const step = 0.01;
  const above = computeOptimum(law, parameters, flops * Math.exp(step), options);
  const below = computeOptimum(law, parameters, flops * Math.exp(-step), options);
  if (!above || !below) return null;
  const a = Math.log(above.params / below.params) / (2 * step);
  return { a, b: options.flopsPerToken ? Math.log(above.tokens / below.tokens) / (2 * step) : 1 - a };
}
