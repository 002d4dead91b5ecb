import {
  median,
  minimizeNewton,
  quadraticForm,
  type SmoothFunction,
  studentQuantile,
} from "../numeric/index.ts";
import type { Observations } from "../runs/index.ts";
import { variableCovariance } from "./covariance.ts";
import { drawsOf } from "./draws.ts";
import { drawnInterval } from "./interval.ts";
import { createKernel, type Kernel } from "./kernel.ts";
import type { Fit } from "./noun.ts";
import type { FitQuantity } from "./quantity.ts";
import { unnoticed } from "./warnings.ts";

export type IntervalMethod = "bootstrap" | "profile" | "delta";

/** An interval that may be open: null where there is no end, and then why. */
export interface MethodInterval {
  readonly method: IntervalMethod;
  readonly low: number | null;
  readonly high: number | null;
  /** Why an end, or all of it, is missing. */
  readonly message: string | null;
}

/** One quantity by several methods. */
export interface QuantityIntervals {
  readonly quantity: string;
  readonly value: number;
  readonly level: number;
  readonly intervals: readonly MethodInterval[];
}

/**
 * The intervals of a quantity side by side.
 *
 * - `bootstrap`: from the fit's joint draws
 * - `delta`: the quantity as a straight line in the variables, ĝ ± t·√(∇gᵀV∇g), on logs where it is positive
 * - `profile`: every value that some parameters give with an objective at most `threshold` above the lowest. The
 *   threshold is ½·c·t²: for least squares c = s², the exact F interval of Bates and Watts 1988, section 6.1. A robust loss is no
 *   likelihood, so that its rise has to be scaled: c = ∇gᵀV∇g / ∇gᵀB⁻¹∇g, the variance by the sandwich over the one that
 *   the curvature B alone would give (Rotnitzky and Jewell 1990, https://doi.org/10.1093/biomet/77.3.485). It sees bends that a
 *   straight line does not, and may be open to one side.
 *
 * @param observed the data of the fit
 * @param weights the fit's, if it had some
 * @example intervalsOf(made, runs, optimumQuantity(chinchilla, 1e24, "params"))
 */
export function intervalsOf(
  made: Fit,
  observed: Observations,
  quantity: FitQuantity,
  {
    methods = ["bootstrap", "profile", "delta"],
    level = 0.9,
    weights = null,
  }: { methods?: readonly IntervalMethod[]; level?: number; weights?: Float64Array | null } = {},
): QuantityIntervals {
  const entries = Object.entries(made.parameters);
  const parameters = Object.fromEntries(entries.map(([name, { value }]) => [name, value]));
  // what has run to the end of its range is held there: the others still have their intervals
  const lost = unnoticed(made.law, made.identifiability.effects);
  const fixed = Object.fromEntries(
    entries
      .filter(([name, { fixed }]) => fixed || lost.includes(name))
      .map(([name, { value }]) => [name, value]),
  );
  const value = quantity.of(parameters);
  const target = observed.columns[made.law.output]!;
  const straight = methods.some((method) => method !== "bootstrap")
    ? straightLine(
        createKernel(made.law, observed.columns, target, made.objective, { fixed, weights }),
        made,
        quantity,
        parameters,
      )
    : null;
  const by: Record<IntervalMethod, () => Omit<MethodInterval, "method">> = {
    bootstrap: () => {
      const draws = drawsOf(parameters, made.bootstrap);
      if (!draws) return none("The fit has no draws: ask for a bootstrap.");
      const interval = drawnInterval(draws.bootstrap, draws.of(quantity.of), level);
      return interval ? { low: interval.low, high: interval.high, message: null } : none("Too few draws.");
    },
    delta: () => (straight ? deltaInterval(straight, level) : none(unknown)),
    profile: () => (straight ? profileInterval(straight, level) : none(unknown)),
  };
  return {
    quantity: quantity.name,
    value,
    level,
    intervals: methods.map((method) => ({ method, ...by[method]() })),
  };
}

const unknown = "The fit does not tell its parameters apart, so that it has no covariance to scale by.";
const unnoticedBy = "No residual notices it: it has run to the end of its range, or is fixed.";
const none = (message: string): Omit<MethodInterval, "method"> => ({ low: null, high: null, message });

/** A quantity near the optimum: its slope by the variables, and what the covariance makes of it. */
interface StraightLine {
  readonly kernel: Kernel;
  readonly optimum: Float64Array;
  /** The quantity, or its logarithm, at these variables. */
  readonly at: (variables: Float64Array) => number;
  readonly back: (value: number) => number;
  readonly name: string;
  readonly estimate: number;
  /** ∇gᵀV∇g. */
  readonly variance: number;
  /** ∇gᵀB⁻¹∇g. */
  readonly inverseCurvature: number;
  /** Rows less parameters. */
  readonly degrees: number;
  /** The kernel's value that is one unit of the objective. */
  readonly unit: number;
}

function straightLine(
  kernel: Kernel,
  { objective, status }: Fit,
  quantity: FitQuantity,
  parameters: Readonly<Record<string, number>>,
): StraightLine | null {
  if (status === "not-identified" || status === "non-finite") return null;
  const optimum = kernel.toVariables(parameters);
  const covariance = variableCovariance(kernel, objective, optimum);
  if (!covariance) return null;
  let unit = 1;
  if (objective.loss === "absolute") {
    // a corner has no derivatives: round it by a thousandth of a residual, where the kernel's value is that many times |r|
    unit = kernel.smoothing = 1e-3 * (median(kernel.residuals(optimum).map(Math.abs)) || 1);
  }
  const at = (variables: Float64Array): number => {
    const value = quantity.of(kernel.toParameters(variables));
    return quantity.positive ? Math.log(value) : value;
  };
  const slope = slopeOf(at, optimum);
  return {
    kernel,
    optimum,
    at,
    back: quantity.positive ? Math.exp : (value) => value,
    name: quantity.name,
    estimate: at(optimum),
    variance: quadraticForm(covariance.matrix, slope, kernel.size),
    inverseCurvature: quadraticForm(covariance.inverseCurvature, slope, kernel.size),
    degrees: Math.max(1, kernel.rows - kernel.size),
    unit,
  };
}

/** Central differences: good to nine digits of a smooth function. */
function slopeOf(f: (x: Float64Array) => number, x: Float64Array): Float64Array {
  const at = x.slice();
  return x.map((centre, j) => {
    const step = 1e-5 * Math.max(1, Math.abs(centre));
    at[j] = centre + step;
    const above = f(at);
    at[j] = centre - step;
    const below = f(at);
    at[j] = centre;
    return (above - below) / (2 * step);
  });
}

function deltaInterval(
  { estimate, variance, degrees, back }: StraightLine,
  level: number,
): Omit<MethodInterval, "method"> {
  const reach = studentQuantile((1 + level) / 2, degrees) * Math.sqrt(variance);
  if (!(reach > 0) || !Number.isFinite(reach)) return none(unnoticedBy);
  return { low: back(estimate - reach), high: back(estimate + reach), message: null };
}

/** How stiffly a profile's point is drawn to its target, beside the objective's own curvature. */
const stiffness = 100;

/** The farthest target, in half-widths of the delta interval. */
const farthest = 2 ** 8;

/**
 * The values of g whose profile min {f(u) : g(u) = v} lies below f̂ + threshold.
 *
 * The constraint is not imposed but pulled at: a minimum u of f(u) + ½κ(g(u) − v)² satisfies ∇f = −κ(g − v)∇g, which is
 * Lagrange's condition of the profile at g(u). So every such minimum lies on the profile exactly, at a g of its own
 * somewhat short of v, whatever κ is, and the end of the interval is the g of the target whose f meets the threshold.
 */
function profileInterval(line: StraightLine, level: number): Omit<MethodInterval, "method"> {
  const { kernel, optimum, estimate, variance, inverseCurvature, degrees, back, unit } = line;
  const t = studentQuantile((1 + level) / 2, degrees);
  const threshold = (unit * (t * t * variance)) / inverseCurvature / 2;
  const lowest = kernel.evaluate(optimum);
  const reach = t * Math.sqrt(variance);
  if (!(threshold > 0) || !Number.isFinite(threshold) || !(reach > 0)) return none(unnoticedBy);
  const pulled = pulledBy(line, (stiffness * unit) / inverseCurvature);

  const end = (direction: -1 | 1): number | null => {
    let [inside, outside] = [0, 0];
    let from = optimum;
    let g = estimate;
    const rise = (distance: number): number => {
      const found = minimizeNewton(pulled(estimate + direction * distance * reach), from, {
        lower: kernel.lower,
        upper: kernel.upper,
        tolerance: 1e-10,
        maxSteps: 200,
      });
      const value = kernel.evaluate(found.x);
      if (!Number.isFinite(value)) return Number.POSITIVE_INFINITY;
      from = found.x;
      g = line.at(found.x);
      return value - lowest - threshold;
    };
    for (let distance = 1; ; distance *= 2) {
      if (distance > farthest) return null;
      if (rise(distance) > 0) {
        outside = distance;
        break;
      }
      inside = distance;
    }
    // halving: the loss has kinks, and each step starts where the last one ended
    for (let step = 0; step < 30 && outside - inside > 1e-7 * outside; step++) {
      const middle = (inside + outside) / 2;
      if (rise(middle) > 0) outside = middle;
      else inside = middle;
    }
    return back(g);
  };
  const [low, high] = [end(-1), end(1)];
  const open = [...(low === null ? ["low"] : []), ...(high === null ? ["high"] : [])];
  const message =
    open.length === 0
      ? null
      : `No ${open.join(" or ")} end: however ${open.length === 2 ? "far" : open[0]} ${line.name} is set, the other parameters make up for it.`;
  return { low, high, message };
}

/** f(u) + ½κ(g(u) − v)², for any target v; g's derivatives by differences, its second ones only to find the way. */
function pulledBy({ kernel, at }: StraightLine, stiff: number): (target: number) => SmoothFunction {
  const n = kernel.size;
  return (target) => ({
    size: n,
    gradient: kernel.gradient,
    hessian: kernel.hessian,
    metric: kernel.metric,
    evaluate(x) {
      const value = kernel.evaluate(x);
      const off = at(x) - target;
      const slope = slopeOf(at, x);
      for (let j = 0; j < n; j++) {
        kernel.gradient[j]! += stiff * off * slope[j]!;
        for (let k = 0; k < n; k++) {
          const pull = stiff * slope[j]! * slope[k]!;
          kernel.hessian[j * n + k]! += pull;
          kernel.metric[j * n + k]! += pull;
        }
      }
      return value + (stiff * off * off) / 2;
    },
  });
}
