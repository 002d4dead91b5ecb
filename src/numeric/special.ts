/** Bernoulli numbers B₂, B₄ … B₁₆: enough for sixteen digits of the asymptotic series from x = 15 on. */
const bernoulli = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510];
const asymptotic = 15;

/** What Stirling's formula leaves over: ln Γ(x) − (x − ½)·ln x + x − ½·ln 2π, for x ≥ 15. */
function stirlingRest(x: number): number {
  let power = 1 / x;
  let sum = 0;
  bernoulli.forEach((b, i) => {
    sum += (b * power) / ((2 * i + 2) * (2 * i + 1));
    power /= x * x;
  });
  return sum;
}

/**
 * ln Γ(x) for x > 0; NaN elsewhere.
 *
 * Stirling's series after the recurrence Γ(x + 1) = x·Γ(x). DLMF 5.5.1 and 5.11.1, https://dlmf.nist.gov/5.11
 * @example logGamma(5) // ln 24
 */
export function logGamma(x: number): number {
  if (!(x > 0)) return Number.NaN;
  let product = 1;
  let at = x;
  for (; at < asymptotic; at++) product *= at;
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + stirlingRest(at) - Math.log(product);
}

/**
 * ln B(x, y) = ln Γ(x) + ln Γ(y) − ln Γ(x + y), for x, y > 0, without the cancellation of large arguments.
 *
 * Where the larger one is at least 15, ln Γ(y) − ln Γ(x + y) is taken from Stirling's formula as one difference, as in
 * DiDonato and Morris 1992, https://doi.org/10.1145/131766.131776
 * @example logBeta(2, 3) // -ln 12
 */
export function logBeta(x: number, y: number): number {
  const [small, large] = x <= y ? [x, y] : [y, x];
  if (large < asymptotic) return logGamma(small) + logGamma(large) - logGamma(small + large);
  const both = small + large;
  return (
    logGamma(small) -
    (large - 0.5) * Math.log1p(small / large) -
    small * (Math.log(both) - 1) +
    stirlingRest(large) -
    stirlingRest(both)
  );
}

/**
 * The derivatives of ln Γ: order 0 is digamma ψ(x), 1 is trigamma ψ′(x), and so on, for x > 0.
 *
 * DLMF 5.5.2, 5.11.2 and 5.15.8, https://dlmf.nist.gov/5.15
 * @example polygamma(0, 1) // -0.5772156649015329, minus Euler's constant
 */
export function polygamma(order: number, x: number): number {
  if (!(x > 0) || !Number.isInteger(order) || order < 0) return Number.NaN;
  const sign = order % 2 === 0 ? -1 : 1; // of the terms, (−1)^(order+1)
  let factorial = 1; // order!
  for (let i = 2; i <= order; i++) factorial *= i;
  let steps = 0;
  let at = x;
  for (; at < asymptotic + order; at++) steps += at ** -(order + 1);
  // (order − 1)!/x^order + order!/(2·x^(order+1)) + Σ B₂ₖ·(2k + order − 1)!/((2k)!·x^(2k+order)); order 0 starts with −ln x
  let sum = order === 0 ? -Math.log(at) : factorial / order / at ** order;
  sum += factorial / (2 * at ** (order + 1));
  let ratio = factorial / 2; // (2k + order − 1)! / (2k)!: (order + 1)!/2! at k = 1
  ratio *= order + 1;
  let power = at ** -(order + 2);
  bernoulli.forEach((b, i) => {
    const k = i + 1;
    sum += b * ratio * power;
    ratio *= ((2 * k + order) * (2 * k + order + 1)) / ((2 * k + 1) * (2 * k + 2));
    power /= at * at;
  });
  return sign * (sum + factorial * steps);
}

/**
 * The chance that more than half of k independent votes are right, where each is right with chance p.
 *
 * I_p((k+1)/2, (k+1)/2) = Σ_{i > k/2} C(k, i)·p^i·(1−p)^(k−i) for odd k, and the smooth curve through those. A tie of an
 * even k counts half, which makes k even as good as k − 1; the curve runs between. DLMF 8.17, https://dlmf.nist.gov/8.17
 */
export function majority(p: number, k: number): number {
  return majorityParts(p, k).value;
}

/** ∂majority/∂k. */
export function majorityByVotes(p: number, k: number): number {
  return majorityParts(p, k).slope;
}

/**
 * I_q(m, m) with m = (k + 1)/2 for the smaller q of p and 1 − p, as a sum of positive terms, so that its small values keep
 * their digits: (q(1 − q))^m / (m·B(m, m)) · Σₙ qⁿ·(2m)ₙ/(m + 1)ₙ. DLMF 8.17.8; B(m, m) = 2^(1−2m)·B(½, m), 5.5.5.
 */
function majorityParts(p: number, k: number): { value: number; slope: number } {
  if (!(p >= 0 && p <= 1) || !(k >= 0)) return { value: Number.NaN, slope: Number.NaN };
  const q = Math.min(p, 1 - p);
  if (q === 0) return { value: p, slope: 0 };
  const m = (k + 1) / 2;
  // ln 4q(1 − q), which m multiplies, from the side that keeps its digits
  const logs = q < 0.25 ? Math.log(4 * q * (1 - q)) : Math.log1p(-((1 - 2 * q) ** 2));
  let term = Math.exp(m * logs - logBeta(0.5, m)) / (2 * m);
  let byM = logs - polygamma(0, m) + polygamma(0, m + 0.5) - 1 / m; // of ln term
  let below = 0;
  let slope = 0;
  for (let n = 1; term > 1e-18 * below; n++) {
    below += term;
    slope += term * byM;
    term *= (q * (2 * m + n - 1)) / (m + n);
    byM += 2 / (2 * m + n - 1) - 1 / (m + n);
  }
  return p > 0.5 ? { value: 1 - below, slope: -slope / 2 } : { value: below, slope: slope / 2 };
}

/** erf(x) = 2/√π ∫₀^x exp(−t²) dt: its series near zero, a continued fraction beyond. DLMF 7.6.2 and 7.9.1. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size > 3) return Math.sign(x) * (1 - erfcFar(size));
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** 1 − erf(x) for x > 1.5, from the inside of the continued fraction outwards. */
function erfcFar(x: number): number {
  let tail = 0;
  for (let n = 80; n >= 1; n--) tail = n / 2 / (x + tail);
  return Math.exp(-x * x) / ((x + tail) * Math.sqrt(Math.PI));
}

/** The share of the standard normal that lies below z. */
export function normalShare(z: number): number {
  return (1 + erf(z / Math.SQRT2)) / 2;
}

/**
 * The standard normal's quantile: the z that a share p of it lies below.
 *
 * Abramowitz and Stegun 1964, 26.2.23, good to three digits, and three steps of Halley's method on the shorter tail.
 * @example normalQuantile(0.95) // 1.6448536269514722
 */
export function normalQuantile(p: number): number {
  if (p === 0 || p === 1) return p === 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (!(p > 0 && p < 1)) return Number.NaN;
  const tail = Math.min(p, 1 - p);
  const t = Math.sqrt(-2 * Math.log(tail));
  let z =
    t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (let i = 0; i < 3; i++) {
    const above = z > 2.2 ? erfcFar(z / Math.SQRT2) / 2 : (1 - erf(z / Math.SQRT2)) / 2;
    const newton = (tail - above) / (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI));
    z -= newton / (1 + (newton * z) / 2);
  }
  return p < 0.5 ? -z : z;
}
