import { formulaOf, type Law } from "../laws/index.ts";
import { bindSums, createGraph, type Graph, type Node } from "../numeric/index.ts";
import type { Objective } from "./objective.ts";

/** The objective at a point with its derivatives by the law's parameters, for {@link createKernel}. */
export interface ObjectiveSums {
  /** A weight per row, to be written in place. */
  readonly weights: Float64Array;
  /** What each row's prediction is held against, on the objective's scale; to be written in place. */
  readonly truth: Float64Array;
  /** Fills the arrays and gives Σ w·ρ(φ(f) − truth). */
  run(parameters: Float64Array, delta: number, into: Derivatives): number;
}

/** Gradient, Hessian and metric Σ m ∇f∇fᵀ, n and n × n. */
interface Derivatives {
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
  readonly metric: Float64Array;
}

// names that no formula can have
const [truth, weight, delta] = ["#truth", "#weight", "#delta"];
const squaredDelta = 1e300; // a parabola all the way: δ² would be infinite, |r|/δ is 0 either way

/**
 * The objective written in the same graph as the law, so that one pass over the rows gives all sums.
 *
 * With r = φ(f) − t, s = min(1, δ/|r|) and c = s|r|, the part of |r| on the parabola:
 * ρ = c·(|r| − c/2) · g = Σ w·sr·φ'·∇f · H = Σ w(φ'²([|r| ≤ δ] + sr·φ''/φ'²)·∇f∇fᵀ + sr·φ'·∇²f) · M = Σ w·φ'²·s·∇f∇fᵀ.
 */
export function createSums(
  law: Law,
  columns: Readonly<Record<string, Float64Array>>,
  names: readonly string[],
  fixed: Readonly<Record<string, number>>,
  objective: Objective,
): ObjectiveSums {
  const rows = columns[Object.keys(law.inputs)[0]!]!.length;
  const n = names.length;
  const stages = new Map<string, Node["stage"]>([
    [truth, "row"],
    [weight, "row"],
    [delta, "parameter"],
    ...names.map((name) => [name, "parameter"] as const),
  ]);
  const graph = createGraph((name) => stages.get(name) ?? "input");
  const f = graph.read(formulaOf(law));
  const { add, sub, mul, div, call, number, name } = graph;
  const { onto, slope, curl } = scales[objective.scale](graph, f);

  const residual = sub(onto, name(truth));
  const size = call("abs", residual);
  const share = div(name(delta), call("max", size, name(delta))); // min(1, δ/|r|)
  const cut = mul(size, share);
  const psi = mul(residual, share);
  const { over, under } = objective;
  const side =
    over === under
      ? number(over)
      : add(number(over), mul(number(under - over), call("atMost", residual, number(0))));
  const w = mul(side, name(weight));
  const loss = mul(w, mul(cut, sub(size, mul(number(0.5), cut))));
  const first = mul(mul(w, psi), slope);
  const by = mul(w, mul(slope, slope));
  const second = mul(by, add(call("atMost", size, name(delta)), mul(psi, curl)));
  const outer = mul(by, share);

  const slopes = names.map((by) => graph.derivative(f, by));
  const outputs: Node[] = [loss, ...slopes.map((fj) => mul(first, fj))];
  /** Where in the sums a pair's two entries are; M is zero where only the second derivative isn't. */
  const pairs: { readonly j: number; readonly k: number; readonly at: number }[] = [];
  for (let j = 0; j < n; j++)
    for (let k = 0; k <= j; k++) {
      const both = mul(slopes[j]!, slopes[k]!);
      const bend = graph.derivative(slopes[j]!, names[k]!);
      pairs.push({ j, k, at: outputs.length });
      outputs.push(add(mul(second, both), mul(first, bend)), mul(outer, both));
    }

  const given: Record<string, Float64Array> = {
    [truth]: new Float64Array(rows),
    [weight]: new Float64Array(rows).fill(1),
  };
  for (const [quantity, letter] of Object.entries(law.inputs)) given[letter] = columns[quantity]!;
  for (const [parameter, value] of Object.entries(fixed))
    given[parameter] = new Float64Array(rows).fill(value);
  const sums = bindSums(graph, outputs, given, [truth, weight], [...names, delta]);
  const at = new Float64Array(n + 1);
  return {
    weights: sums.live[weight]!,
    truth: sums.live[truth]!,
    run(parameters, smoothing, { gradient, hessian, metric }) {
      at.set(parameters);
      at[n] = Math.min(smoothing, squaredDelta);
      const found = sums.run(at);
      for (let j = 0; j < n; j++) gradient[j] = found[1 + j]!;
      for (let p = 0; p < pairs.length; p++) {
        const { j, k, at: place } = pairs[p]!;
        hessian[j * n + k] = hessian[k * n + j] = found[place]!;
        metric[j * n + k] = metric[k * n + j] = found[place + 1]!;
      }
      return found[0]!;
    },
  };
}

/** φ(f), φ'(f) and φ''(f) / φ'(f)². */
const scales: Readonly<
  Record<Objective["scale"], (graph: Graph, f: Node) => { onto: Node; slope: Node; curl: Node }>
> = {
  raw: ({ number }, f) => ({ onto: f, slope: number(1), curl: number(0) }),
  log: ({ number, div, call }, f) => ({
    onto: call("log", f),
    slope: div(number(1), f),
    curl: number(-1),
  }),
  log1p: ({ number, add, div, call }, f) => ({
    onto: call("log1p", f),
    slope: div(number(1), add(number(1), f)),
    curl: number(-1),
  }),
  "log-log": ({ number, add, mul, div, call }, f) => {
    const log = call("log", f);
    return {
      onto: call("log", mul(number(-1), log)),
      slope: div(number(1), mul(f, log)),
      curl: mul(number(-1), add(number(1), log)),
    };
  },
};
