/** A straight line by least squares, with what the scatter around it says of its numbers. */
export interface Line {
  readonly intercept: number;
  readonly slope: number;
  /** s² (XᵀWX)⁻¹ with n − 2 in s²; null where two points leave nothing to judge by. */
  readonly se: { readonly intercept: number; readonly slope: number } | null;
}

/**
 * y = intercept + slope · x by weighted least squares.
 *
 * @param weights one a point, all the same where null; only their ratios matter
 * @returns null where the points have no two different x
 * @example fitLine([0, 1, 2], [1, 3, 5]) // intercept 1, slope 2
 */
export function fitLine(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  weights: ArrayLike<number> | null = null,
): Line | null {
  const w = (i: number): number => weights?.[i] ?? 1;
  let [total, sumX, sumY, points] = [0, 0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    total += w(i);
    sumX += w(i) * x[i];
    sumY += w(i) * y[i];
    if (w(i) > 0) points++;
  }
  const [mx, my] = [sumX / total, sumY / total];
  let [xx, xy, size] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    xx += w(i) * (x[i] - mx) ** 2;
    xy += w(i) * (x[i] - mx) * (y[i] - my);
    size = Math.max(size, w(i) * x[i] * x[i]);
  }
  if (!(xx > 1e-24 * size)) return null;
  const slope = xy / xx;
  const intercept = my - slope * mx;
  let rest = 0;
  for (let i = 0; i < x.length; i++) rest += w(i) * (y[i] - intercept - slope * x[i]) ** 2;
  const variance = rest / (points - 2);
  const se = {
    intercept: Math.sqrt(variance * (1 / total + (mx * mx) / xx)),
    slope: Math.sqrt(variance / xx),
  };
  return { intercept, slope, se: points > 2 ? se : null };
}

/** A parabola by least squares: c + curvature · (x − vertex)². */
export interface Parabola {
  readonly curvature: number;
  /** Where it turns; not finite where the points lie on a straight line. */
  readonly vertex: number;
  /** Its value there. */
  readonly value: number;
}

/**
 * The parabola through points by weighted least squares, from polynomials that are orthogonal on the points (Forsythe
 * 1957, J. SIAM 5(2)), so that a narrow range far from zero costs no digits.
 *
 * @returns null where the points have no three different x
 * @example fitParabola([0, 1, 2], [1, 0, 1]) // curvature 1, vertex 1, value 0
 */
export function fitParabola(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  weights: ArrayLike<number> | null = null,
): Parabola | null {
  const n = x.length;
  const w = (i: number): number => weights?.[i] ?? 1;
  const sum = (term: (i: number) => number): number => {
    let total = 0;
    for (let i = 0; i < n; i++) total += w(i) * term(i);
    return total;
  };
  const total = sum(() => 1);
  const centre = sum((i) => x[i]) / total;
  const u = Float64Array.from({ length: n }, (_, i) => x[i] - centre);
  const square = sum((i) => u[i] * u[i]);
  if (!(square > 0)) return null;
  const lean = sum((i) => u[i] ** 3) / square;
  const bend = Float64Array.from(u, (v) => v * v - lean * v - square / total);
  const bends = sum((i) => bend[i] * bend[i]);
  if (!(bends > (1e-20 * (square * square)) / total)) return null;
  const curvature = sum((i) => y[i] * bend[i]) / bends;
  const slope = sum((i) => y[i] * u[i]) / square;
  const level = sum((i) => y[i]) / total;
  // y = level + slope · u + curvature · (u² − lean · u − square / total)
  const from = (curvature * lean - slope) / (2 * curvature);
  return {
    curvature,
    vertex: centre + from,
    value: level - (curvature * square) / total - curvature * from * from,
  };
}
