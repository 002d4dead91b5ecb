import { dot, type SmoothFunction } from "../numeric/index.ts";

/** Where a minimiser with a careless tolerance gave up. */
export interface EarlyStop {
  readonly x: Float64Array;
  readonly iterations: number;
}

/**
 * L-BFGS with the stopping rules that scipy's L-BFGS-B has unless told otherwise: what one run of the field's usual
 * script would have said.
 *
 * It stops when the value fell by less than 2.2e-9 · max(|f|, 1), or the largest slope is below 1e-5. Both are meant
 * for values of about one: a sum of Huber losses with δ = 1e-3 is a thousandth, its mean a millionth, so both stop
 * short of the minimum and report success. Liu and Nocedal 1989, ten pairs of memory; the step by bisection until it
 * meets the weak conditions of Wolfe.
 *
 * @param scale of the objective: 1 for the sum, 1 / rows for the mean
 */
export function stopEarly(
  target: SmoothFunction,
  start: Float64Array,
  { scale = 1, maxSteps = 15_000 }: { scale?: number; maxSteps?: number } = {},
): EarlyStop {
  const n = target.size;
  const evaluate = (x: Float64Array): { value: number; gradient: Float64Array } => {
    const value = scale * target.evaluate(x);
    return { value, gradient: target.gradient.map((g) => scale * g) };
  };
  let x: Float64Array = start;
  let { value, gradient } = evaluate(x);
  const memory: { s: Float64Array; y: Float64Array; rho: number }[] = [];
  for (let iterations = 0; ; iterations++) {
    if (iterations === maxSteps || gradient.every((g) => Math.abs(g) <= 1e-5)) return { x, iterations };
    const step = direction(memory, gradient, n);
    const slope = dot(step, gradient, n);
    if (!(slope < 0)) return { x, iterations };
    let [low, high, length] = [
      0,
      Number.POSITIVE_INFINITY,
      iterations === 0 ? Math.min(1, 1 / norm(gradient)) : 1,
    ];
    let next = { x, value, gradient };
    for (let attempt = 0; attempt < 40; attempt++) {
      const at = x.map((v, j) => v + length * step[j]!);
      const found = evaluate(at);
      if (!(found.value <= value + 1e-4 * length * slope)) high = length;
      else {
        next = { x: at, ...found };
        if (dot(step, found.gradient, n) >= 0.9 * slope) break;
        low = length;
      }
      length = high === Number.POSITIVE_INFINITY ? 2 * low : (low + high) / 2;
    }
    const gain = value - next.value;
    const s = next.x.map((v, j) => v - x[j]!);
    const y = next.gradient.map((v, j) => v - gradient[j]!);
    const curvature = dot(s, y, n);
    if (curvature > 1e-300) memory.push({ s, y, rho: 1 / curvature });
    if (memory.length > 10) memory.shift();
    const size = Math.max(Math.abs(value), Math.abs(next.value), 1);
    ({ x, value, gradient } = next);
    if (gain <= 2.2e-9 * size) return { x, iterations: iterations + 1 };
  }
}

/** −H⁻¹g by the two loops of Nocedal 1980. */
function direction(
  memory: readonly { readonly s: Float64Array; readonly y: Float64Array; readonly rho: number }[],
  gradient: Float64Array,
  n: number,
): Float64Array {
  const step = gradient.map((g) => -g);
  const shares: number[] = [];
  for (const { s, y, rho } of [...memory].reverse()) {
    const share = rho * dot(s, step, n);
    shares.push(share);
    for (let j = 0; j < n; j++) step[j]! -= share * y[j]!;
  }
  const last = memory.at(-1);
  if (last) {
    const factor = 1 / (last.rho * dot(last.y, last.y, n));
    for (let j = 0; j < n; j++) step[j]! *= factor;
  }
  for (const { s, y, rho } of memory) {
    const rest = shares.pop()! - rho * dot(y, step, n);
    for (let j = 0; j < n; j++) step[j]! += rest * s[j]!;
  }
  return step;
}

const norm = (x: Float64Array): number => Math.sqrt(dot(x, x, x.length));
