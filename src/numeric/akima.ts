/**
 * The curve through points that Akima drew to look as if by hand: cubic between neighbours, with a slope at each point
 * from the four segments around it, so that a wild point bends the curve only next to it.
 *
 * t_i = (|m_{i+1} − m_i| m_{i−1} + |m_{i−1} − m_{i−2}| m_i) / (|m_{i+1} − m_i| + |m_{i−1} − m_{i−2}|), where m_i is the slope
 * of the segment right of point i; two segments are added at each end, continuing its parabola. Where both weights
 * vanish, t_i = (m_{i−1} + m_i) / 2.
 *
 * Akima 1970, "A new method of interpolation and smooth curve fitting based on local procedures", J. ACM 17(4),
 * https://doi.org/10.1145/321607.321609. As scipy's `Akima1DInterpolator`, whose test for a vanishing weight is ours.
 *
 * @param x rising, three or more
 * @returns the curve; beyond the ends, its last cubic
 * @example akima([0, 1, 2], [0, 1, 4])(1.5) // 2.25
 */
export function akima(x: ArrayLike<number>, y: ArrayLike<number>): (at: number) => number {
  const n = x.length;
  if (n < 3) throw new Error(`cannot draw Akima's curve: it needs at least 3 points, got ${n}`);
  for (let i = 1; i < n; i++)
    if (!(x[i] > x[i - 1]))
      throw new Error(`cannot draw Akima's curve: x must rise, got ${x[i - 1]}, ${x[i]}`);
  // slopes[i + 2] belongs to the segment from point i to i + 1
  const slopes = new Float64Array(n + 3);
  for (let i = 0; i < n - 1; i++) slopes[i + 2] = (y[i + 1] - y[i]) / (x[i + 1] - x[i]);
  for (const i of [1, 0]) slopes[i] = 2 * slopes[i + 1] - slopes[i + 2];
  for (const i of [n + 1, n + 2]) slopes[i] = 2 * slopes[i - 1] - slopes[i - 2];
  const before = Float64Array.from({ length: n }, (_, i) => Math.abs(slopes[i + 3] - slopes[i + 2]));
  const after = Float64Array.from({ length: n }, (_, i) => Math.abs(slopes[i + 1] - slopes[i]));
  const largest = before.reduce((most, weight, i) => Math.max(most, weight + after[i]), 0);
  const tangents = before.map((weight, i) => {
    const sum = weight + after[i];
    const [left, right] = [slopes[i + 1], slopes[i + 2]];
    return sum > 1e-9 * largest ? (weight * left + after[i] * right) / sum : (left + right) / 2;
  });
  return (at) => {
    let low = 0;
    for (let high = n - 1; high - low > 1; ) {
      const middle = (low + high) >> 1;
      if (x[middle] <= at) low = middle;
      else high = middle;
    }
    const width = x[low + 1] - x[low];
    const [slope, start, end] = [slopes[low + 2], tangents[low], tangents[low + 1]];
    const by = at - x[low];
    const square = (3 * slope - 2 * start - end) / width;
    const cube = (start + end - 2 * slope) / (width * width);
    return y[low] + by * (start + by * (square + by * cube));
  };
}
