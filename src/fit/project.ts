import { formulaOf, inside, type Law } from "../laws/index.ts";
import { bindFormula, linearLeastSquares, linearParameters, median } from "../numeric/index.ts";
import { type Objective, onScale } from "./objective.ts";
import { createScaledRows, toScale } from "./scaled-rows.ts";

/** The search in fewer dimensions that a law allows when it is linear in some of its parameters. */
export interface Projection {
  /** The parameters that are searched; the linear ones follow from them. */
  readonly searched: readonly string[];
  /** Goes down from these values of the searched parameters, at most so many steps, and adds the linear ones. */
  descend(from: readonly number[], steps: number): Record<string, number>;
}

/**
 * Variable projection, for the first steps of a descent: null where the law has no linear parameter.
 *
 * Given the others, the linear parameters are a weighted least-squares problem with one answer, and a step moves the
 * others alone (Golub and Pereyra 1973; the Gauss–Newton step is Kaufman's, 1975). So the long curved valley between
 * A and α, in which a step in all parameters at once is short, is never left. A row weighs what Huber's loss makes
 * of its last residual, with its knee at the mean residual as long as that is larger than δ. A step counts only if
 * it lowers the objective itself.
 */
export function createProjection(
  law: Law,
  columns: Readonly<Record<string, Float64Array>>,
  target: Float64Array,
  objective: Objective,
  fixed: Readonly<Record<string, number>>,
): Projection | null {
  const formula = formulaOf(law);
  const free = Object.keys(law.parameters).filter((name) => fixed[name] === undefined);
  const linear = linearParameters(formula, free);
  const searched = free.filter((name) => !linear.includes(name));
  if (linear.length === 0) return null;

  const rows = target.length;
  const byLetter: Record<string, Float64Array> = {};
  for (const [quantity, letter] of Object.entries(law.inputs)) byLetter[letter] = columns[quantity]!;
  for (const [name, value] of Object.entries(fixed)) byLetter[name] = new Float64Array(rows).fill(value);
  const program = bindFormula(formula, byLetter, [...linear, ...searched], { order: 1 });

  const value = new Float64Array(rows);
  const slopes = program.gradient.map(() => new Float64Array(rows));
  const linearSlopes = slopes.slice(0, linear.length);
  const rest = new Float64Array(rows);
  const run = (at: Float64Array): void => {
    for (let start = 0; start < rows; start += program.blockRows) {
      const count = program.run(at, start);
      value.set(program.value.subarray(0, count), start);
      for (let j = 0; j < slopes.length; j++) {
        const slope = program.gradient[j];
        if (slope) slopes[j]!.set(slope.subarray(0, count), start);
      }
    }
    subtract(target, value, rest);
  };

  // a residual on the scale is about φ'(y) · (f − y), so rows weigh φ'(y)² and the problem stays linear
  const scaled = createScaledRows(rows);
  const truth = target.map((y) => onScale(objective.scale, y));
  toScale[objective.scale](target, scaled, rows);
  const plain = scaled.slope.map((slope) => slope * slope);
  let weights = plain;
  let nextWeights = new Float64Array(rows);
  const judge = (): number => {
    toScale[objective.scale](value, scaled, rows);
    const knee = Math.max(objective.delta ?? 0, meanDistance(scaled.onto, truth));
    return weigh(
      scaled.onto,
      truth,
      plain,
      objective,
      objective.loss === "squared" ? Number.POSITIVE_INFINITY : knee,
      nextWeights,
    );
  };

  const domains = linear.map((name) => law.parameters[name]!.in);
  const positive = domains.map((domain) => domain !== "real");
  const anySign = slopes.map(() => false);
  const size = median(target.map(Math.abs));
  /** The best linear parameters at these searched ones; leaves the value there. */
  const solve = (others: readonly number[]): Float64Array => {
    const at = new Float64Array(slopes.length);
    at.set(others, linear.length);
    run(at);
    const solved = linearLeastSquares(linearSlopes, rest, weights, positive);
    for (let j = 0; j < linear.length; j++) {
      const best = solved[j]!;
      if (inside(domains[j]!, best)) at[j] = best;
      else {
        // the best is no such term at all: a tenth of the whole, or it would stand on the plateau of its logarithm
        const small = (0.1 * size) / median(linearSlopes[j]!.map(Math.abs));
        at[j] = inside(domains[j]!, small) ? small : law.parameters[linear[j]!]!.start[0]!;
      }
    }
    for (let j = 0; j < linear.length; j++) addScaled(value, at[j]!, linearSlopes[j]!);
    return at;
  };

  return {
    searched,
    descend(from, steps) {
      weights = plain;
      let at = solve(from);
      let lowest = judge();
      for (let done = 0; done < steps; done++) {
        [weights, nextWeights] = [nextWeights, weights === plain ? new Float64Array(rows) : weights];
        run(at);
        const step = linearLeastSquares(slopes, rest, weights, anySign);
        let moved = false;
        for (let share = 1; share > 0.1 && !moved; share /= 3) {
          const others = searched.map((name, j) => {
            const now = at[linear.length + j]!;
            const then = now + share * step[linear.length + j]!;
            return inside(law.parameters[name]!.in, then) ? then : now / 2;
          });
          const trial = solve(others);
          const next = judge();
          if (!(next < lowest)) continue;
          [at, lowest, moved] = [trial, next, true];
        }
        if (!moved) break;
      }
      return Object.fromEntries([...linear, ...searched].map((name, j) => [name, at[j]!]));
    },
  };
}

function subtract(x: Float64Array, y: Float64Array, into: Float64Array): void {
  for (let i = 0; i < into.length; i++) into[i] = x[i]! - y[i]!;
}

function addScaled(into: Float64Array, factor: number, x: Float64Array): void {
  for (let i = 0; i < into.length; i++) into[i]! += factor * x[i]!;
}

function meanDistance(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += Math.abs(x[i]! - y[i]!);
  return sum / x.length;
}

/** The objective; leaves in `into` what each row weighs: its plain weight, less beyond the knee. */
function weigh(
  onto: Float64Array,
  truth: Float64Array,
  plain: Float64Array,
  { over, under, delta, loss }: Objective,
  knee: number,
  into: Float64Array,
): number {
  const turn = loss === "squared" ? Number.POSITIVE_INFINITY : (delta ?? 0);
  let total = 0;
  for (let i = 0; i < onto.length; i++) {
    const residual = onto[i]! - truth[i]!;
    const size = Math.abs(residual);
    const side = residual > 0 ? over : under;
    const cut = Math.min(size, turn);
    total += side * (turn > 0 ? cut * (size - cut / 2) : size);
    into[i] = plain[i]! * side * Math.min(1, knee / size);
  }
  return total;
}
