import { dot, inverseSymmetric, quadraticForm } from "../numeric/index.ts";

/** A quantity of the parameters that runs are to pin: its slope in the law's variables, and how much it counts. */
export interface DesignAim {
  readonly slope: Float64Array;
  readonly weight: number;
}

/** What is believed of a law: how runs would tell its variables, and what is known of these already. */
export interface DesignBelief {
  /** Of each candidate: ∂prediction/∂variable over the scatter of such a run. */
  readonly slopes: readonly Float64Array[];
  /** The information that there is already, n × n: data's, or a prior's. */
  readonly information: Float64Array;
  /** null for all parameters together (D-optimal); one for a quantity (c-optimal), several for their mean (V-optimal). */
  readonly aims: readonly DesignAim[] | null;
}

/** What may be chosen from, and for how much. */
export interface DesignQuestion {
  /** Several beliefs count alike: a design for one set of coefficients can be poor for another. */
  readonly beliefs: readonly DesignBelief[];
  /** Of each candidate. */
  readonly flops: ArrayLike<number>;
  /** For all runs together. */
  readonly budget: number;
  /** So many runs at the most. */
  readonly most: number;
  /** How often one candidate may be chosen: repeats, with other seeds. */
  readonly repeats?: number;
}

export interface ChosenRuns {
  /** Candidates by number, those that tell most for their FLOPs first. */
  readonly picks: readonly number[];
  /** The standard deviation of what is aimed at: the geometric mean of the beliefs'. */
  readonly before: number;
  readonly after: number;
}

/** Pairs of more runs are too many to try all. */
const fewEnough = 8;
/** Greedy choices weigh what a run tells by its FLOPs to these powers; the best of the sets wins. */
const thrifts = [1, 0.75, 0.5, 0.25, 0] as const;
/** An exchange that gains less, in ln of the standard deviation, is none. */
const least = 1e-5;

/**
 * The set of runs within a budget that leaves what is aimed at least uncertain: greedy, then exchanges.
 *
 * With M = M₀ + Σ gᵢgᵢᵀ the information of runs of slopes gᵢ, it minimises the mean over beliefs of ½ ln Σ w cᵀM⁻¹c (c-optimal
 * for one quantity c, Elfving 1952, https://doi.org/10.1214/aoms/1177729442; V-optimal for several) or −ln det M / 2n
 * (D-optimal, Kiefer and Wolfowitz 1960). Runs are whole and cost what they cost, so it is no continuous design: runs are
 * added by what they tell per FLOP^t, t = 1, ½, 0, and then exchanged one by one while that helps, few of them also in pairs (Fedorov 1972; Cook
 * and Nachtsheim 1980, Technometrics 22). Near the best set, and not proven to be it.
 * It is as good as the beliefs: slopes hold at coefficients that were only guessed (locally optimal, Chernoff 1953).
 *
 * @example chooseRuns({ beliefs, flops, budget: 1e21, most: 8 }).picks
 */
export function chooseRuns(question: DesignQuestion): ChosenRuns {
  const sets = thrifts.map((thrift) => refilled(question, exchanged(question, greedy(question, thrift))));
  const best = sets.reduce((x, y) => (value(question, y) < value(question, x) - 1e-9 ? y : x));
  return {
    picks: ordered(question, best),
    before: designSpread(question.beliefs, []),
    after: designSpread(question.beliefs, best),
  };
}

/** The standard deviation that is left after these candidates were run: the geometric mean over beliefs. */
export function designSpread(beliefs: readonly DesignBelief[], picks: readonly number[]): number {
  return Math.exp(value({ beliefs }, picks));
}

/** One belief after some runs. */
interface State {
  readonly belief: DesignBelief;
  readonly covariance: Float64Array;
  /** Covariance · slope of each aim. */
  readonly shared: readonly Float64Array[];
  /** Σ w cᵀΣc; unused for D. */
  readonly variance: number;
  /** ln of the standard deviation. */
  readonly logSpread: number;
}

function stateOf(belief: DesignBelief, picks: readonly number[]): State | null {
  const n = belief.slopes[0]!.length;
  const information = Float64Array.from(belief.information);
  for (const pick of picks) addOuter(information, belief.slopes[pick]!, n);
  const covariance = inverseSymmetric(information, n);
  if (!covariance) return null;
  const { aims } = belief;
  if (aims === null) {
    const logSpread = logDeterminant(covariance, n) / (2 * n);
    return { belief, covariance, shared: [], variance: 1, logSpread };
  }
  const shared = aims.map(({ slope }) =>
    Float64Array.from({ length: n }, (_, j) => dot(covariance.subarray(j * n, (j + 1) * n), slope, n)),
  );
  const variance = aims.reduce((sum, { slope, weight }, k) => sum + weight * dot(shared[k]!, slope, n), 0);
  return { belief, covariance, shared, variance, logSpread: Math.log(variance) / 2 };
}

function statesOf(beliefs: readonly DesignBelief[], picks: readonly number[]): State[] | null {
  const states = beliefs.map((belief) => stateOf(belief, picks));
  return states.every((state) => state !== null) ? (states as State[]) : null;
}

function value({ beliefs }: Pick<DesignQuestion, "beliefs">, picks: readonly number[]): number {
  const states = statesOf(beliefs, picks);
  if (!states) return Number.POSITIVE_INFINITY;
  return states.reduce((sum, { logSpread }) => sum + logSpread, 0) / states.length;
}

/** How far one more run would lower ln of the standard deviation (Sherman and Morrison 1950), the mean over beliefs. */
function gainOf(states: readonly State[], candidate: number): number {
  let sum = 0;
  for (const { belief, covariance, shared, variance } of states) {
    const g = belief.slopes[candidate]!;
    const n = g.length;
    const told = 1 + quadraticForm(covariance, g, n);
    if (belief.aims === null) sum += Math.log(told) / (2 * n);
    else {
      let off = 0;
      for (let k = 0; k < shared.length; k++)
        off += (belief.aims[k]!.weight * dot(shared[k]!, g, n) ** 2) / told;
      sum -= Math.log(Math.max(1e-12, 1 - off / variance)) / 2;
    }
  }
  return sum / states.length;
}

function greedy(question: DesignQuestion, thrift: number, start: readonly number[] = []): number[] {
  const { beliefs, flops, budget, most, repeats = 1 } = question;
  const picks = [...start];
  const used = new Int32Array(flops.length);
  for (const pick of picks) used[pick]!++;
  for (let left = picks.reduce((sum, j) => sum - flops[j]!, budget); picks.length < most; ) {
    const states = statesOf(beliefs, picks);
    if (!states) return picks;
    let [best, score] = [-1, 0];
    for (let j = 0; j < flops.length; j++) {
      if (used[j]! >= repeats || flops[j]! > left) continue;
      const told = gainOf(states, j) / flops[j]! ** thrift;
      if (told > score) [best, score] = [j, told];
    }
    if (best < 0) return picks;
    picks.push(best);
    used[best]!++;
    left -= flops[best]!;
  }
  return picks;
}

/** Each run in turn against the candidate that tells most in its place, while that helps; then more, where there is room. */
function exchanged(question: DesignQuestion, start: readonly number[]): readonly number[] {
  const { beliefs, flops, budget, most, repeats = 1 } = question;
  let picks = [...start];
  for (let round = 0; round < 40; round++) {
    let improved = false;
    for (let at = 0; at <= picks.length && at < most; at++) {
      const others = picks.filter((_, i) => i !== at);
      const states = statesOf(beliefs, others);
      if (!states) continue;
      const room = budget - others.reduce((sum, j) => sum + flops[j]!, 0);
      const now = at < picks.length ? gainOf(states, picks[at]!) : 0;
      let [best, most] = [-1, now + least];
      for (let j = 0; j < flops.length; j++) {
        if (flops[j]! > room || others.filter((pick) => pick === j).length >= repeats) continue;
        const told = gainOf(states, j);
        if (told > most) [best, most] = [j, told];
      }
      if (best < 0) continue;
      picks = [...others, best];
      improved = true;
    }
    if (!improved) break;
  }
  return picks;
}

/** One or two runs out and greedily refilled, while that helps: one large run against several small ones, or the reverse. */
function refilled(question: DesignQuestion, start: readonly number[]): readonly number[] {
  let picks = start;
  for (let round = 0; round < 10 && picks.length <= fewEnough; round++) {
    const now = value(question, picks);
    let better: readonly number[] | null = null;
    for (let i = 0; i < picks.length && !better; i++)
      for (let j = i; j < picks.length && !better; j++) {
        const kept = picks.filter((_, at) => at !== i && at !== j);
        better =
          thrifts
            .map((thrift) => greedy(question, thrift, kept))
            .find((set) => value(question, set) < now - least) ?? null;
      }
    if (!better) break;
    picks = exchanged(question, better);
  }
  return picks;
}

/** The same runs, those first that tell most for their FLOPs beside what came before. */
function ordered({ beliefs, flops }: DesignQuestion, picks: readonly number[]): number[] {
  const left = [...picks];
  const order: number[] = [];
  while (left.length > 0) {
    const states = statesOf(beliefs, order);
    const told = left.map((j) => (states ? gainOf(states, j) / flops[j]! : 0));
    const [next] = left.splice(told.indexOf(Math.max(...told)), 1);
    order.push(next!);
  }
  return order;
}

function addOuter(matrix: Float64Array, g: Float64Array, n: number): void {
  for (let j = 0; j < n; j++) for (let k = 0; k < n; k++) matrix[j * n + k]! += g[j]! * g[k]!;
}

/** ln det of a symmetric positive matrix, by Gaussian elimination. */
function logDeterminant(matrix: Float64Array, n: number): number {
  const rows = Float64Array.from(matrix);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const pivot = rows[i * n + i]!;
    sum += Math.log(Math.max(pivot, Number.MIN_VALUE));
    for (let j = i + 1; j < n; j++) {
      const factor = rows[j * n + i]! / pivot;
      for (let k = i; k < n; k++) rows[j * n + k]! -= factor * rows[i * n + k]!;
    }
  }
  return sum;
}
