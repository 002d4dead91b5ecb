/**
 * What Python's `math` lacks: functions that a printed formula defines in front of itself, each before those that call
 * it. Plain Python 3.8, so that an export runs anywhere.
 */
export const pythonFunctions: Readonly<
  Record<string, { readonly text: string; readonly calls?: readonly string[] }>
> = {
  sigmoid: {
    text: `def sigmoid(x):
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))`,
  },
  softplus: {
    text: `def softplus(x):
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))`,
  },
  implied_logit: {
    calls: ["sigmoid", "softplus"],
    text: `def implied_logit(x, a):
    # the w with ln sigmoid(w) - a ln(1 - sigmoid(w)) = x, by Newton's method
    w = x if x < 0 else x / a
    for _ in range(60):
        u = sigmoid(w)
        step = (x + softplus(-w) - a * softplus(w)) / (1 - u + a * u)
        w += step
        if abs(step) <= 1e-15 * abs(w):
            break
    return w`,
  },
  log_beta: {
    text: `def log_beta(x, y):
    # ln B(x, y); large arguments by Stirling's formula, as a difference of lgamma would lose their digits
    x, y = sorted((x, y))
    if y < 20:
        return math.lgamma(x) + math.lgamma(y) - math.lgamma(x + y)
    series = ((1 / 12, 1), (-1 / 360, 3), (1 / 1260, 5), (-1 / 1680, 7), (1 / 1188, 9))
    rest = sum(c * (y**-n - (x + y) ** -n) for c, n in series)
    return math.lgamma(x) - (y - 0.5) * math.log1p(x / y) - x * (math.log(x + y) - 1) + rest`,
  },
  polygamma: {
    text: `def polygamma(n, x):
    # the n-th derivative of digamma: the recurrence up to 15 + n, the asymptotic series from there
    total = 0.0
    while x < 15 + n:
        total += math.factorial(n) * x ** -(n + 1)
        x += 1
    total += (math.factorial(n - 1) * x**-n if n > 0 else -math.log(x)) + math.factorial(n) / 2 * x ** -(n + 1)
    bernoulli = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
    for k, b in enumerate(bernoulli, 1):
        total += b * math.factorial(2 * k + n - 1) / math.factorial(2 * k) * x ** -(2 * k + n)
    return total if n % 2 else -total`,
  },
  majority: {
    calls: ["log_beta"],
    text: `def majority(p, k):
    # the regularised incomplete beta I_p(m, m), m = (k + 1) / 2: the binomial sum at odd k, smooth between
    m, q = (k + 1) / 2, min(p, 1 - p)
    if q <= 0:
        return float(p > 0.5)
    logs = math.log(4 * q * (1 - q)) if q < 0.25 else math.log1p(-((1 - 2 * q) ** 2))
    term = math.exp(m * logs - log_beta(0.5, m)) / (2 * m)
    below, n = 0.0, 0
    while term > 1e-18 * below:
        below += term
        n += 1
        term *= q * (2 * m + n - 1) / (m + n)
    return 1 - below if p > 0.5 else below`,
  },
};

/** The definitions that these names need, each once, those that others call first. */
export function pythonDefinitions(names: Iterable<string>): string[] {
  const wanted = new Set<string>();
  const want = (name: string): void => {
    for (const called of pythonFunctions[name]!.calls ?? []) want(called);
    wanted.add(name);
  };
  for (const name of names) want(name);
  return Array.from(wanted, (name) => pythonFunctions[name]!.text);
}
