/** Where a rule of quadrature looks on [0, 1], and what each place weighs. */
export interface Quadrature {
  readonly nodes: readonly number[];
  readonly weights: readonly number[];
}

const known = new Map<number, Quadrature>();

/**
 * Gauss and Legendre's nodes and weights on [0, 1]: exact for polynomials of degree 2·count - 1.
 *
 * The nodes are the zeros of P_n, found by Newton's method from their asymptotes; a weight is
 * 1 / ((1 - x²)·P_n'(x)²). Abramowitz and Stegun 1964, 25.4.29 and 22.16.6.
 *
 * @example gaussLegendre(2).nodes // [0.2113, 0.7887]
 */
export function gaussLegendre(count: number): Quadrature {
  const found = known.get(count);
  if (found) return found;
  if (!(Number.isInteger(count) && count >= 1 && count <= 1000))
    throw new Error(`cannot integrate by Gauss's rule: expected 1 to 1000 nodes, got ${count}`);
  const nodes = new Array<number>(count);
  const weights = new Array<number>(count);
  for (let i = 0; i < count; i++) {
    // from the largest zero down; from so near, four steps reach the last digit
    let x = Math.cos((Math.PI * (i + 0.75)) / (count + 0.5));
    for (let step = 0; step < 8; step++) {
      const { value, slope } = legendre(count, x);
      x -= value / slope;
    }
    const { slope } = legendre(count, x);
    nodes[count - 1 - i] = (1 + x) / 2;
    weights[count - 1 - i] = 1 / ((1 - x * x) * slope * slope);
  }
  const rule = { nodes, weights };
  known.set(count, rule);
  return rule;
}

function legendre(n: number, x: number): { value: number; slope: number } {
  let before = 1;
  let value = x;
  for (let k = 2; k <= n; k++) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
  return { value, slope: (n * (before - x * value)) / (1 - x * x) };
}
