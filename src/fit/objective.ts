/** How far a prediction lies from the truth, before it is weighed. */
export type ResidualScale = "raw" | "log" | "log1p" | "log-log";

/** What a fit minimises: Σ weight · side · loss(residual), with residual = scale(prediction) − scale(truth). */
export interface Objective {
  /** For example `huber-log`. */
  readonly name: string;
  readonly loss: "huber" | "squared" | "absolute";
  readonly scale: ResidualScale;
  /** Where Huber's loss turns from a parabola into a line; null for the others. */
  readonly delta: number | null;
  /** How much a prediction above the truth, and one below it, counts. */
  readonly over: number;
  readonly under: number;
  /** Always the sum: a mean changes nothing but where a careless tolerance stops. */
  readonly reduction: "sum";
}

const losses = ["huber", "squared", "absolute", "quantile", "asymmetric"];
const scales: readonly ResidualScale[] = ["raw", "log", "log1p", "log-log"];

/** The objective names that {@link objective} reads. */
export const objectiveNames: readonly string[] = losses.flatMap((loss) =>
  scales.map((scale) => (scale === "raw" ? loss : `${loss}-${scale}`)),
);

/**
 * An objective from its name.
 *
 * - `huber`: r²/2 up to δ, then δ(|r| − δ/2) (Huber 1964; δ = 1e-3 on logs in Hoffmann et al. 2022, section 3.3)
 * - `squared`: r² · `absolute`: |r|
 * - `quantile`: τ|r| where the prediction is below the truth, (1 − τ)|r| above (Koenker and Bassett 1978)
 * - `asymmetric`: |r|, times `over` where the prediction is above the truth
 *
 * followed by the scale of the residual: nothing (raw), `-log`, `-log1p` (ln(1 + y)) or `-log-log` (ln(−ln y), for
 * probabilities).
 *
 * @example objective("huber-log") // Huber on log residuals, δ = 1e-3, sum
 */
export function objective(
  name = "huber-log",
  { delta = 1e-3, tau = 0.5, over = 10 }: { delta?: number; tau?: number; over?: number } = {},
): Objective {
  const [loss, ...rest] = name.split("-");
  const scale = (rest.join("-") || "raw") as ResidualScale;
  if (!losses.includes(loss!) || !scales.includes(scale))
    throw new Error(
      `unknown objective "${name}": expected ${losses.join(", ")}, alone or with ${scales
        .slice(1)
        .map((s) => `-${s}`)
        .join(", ")}`,
    );
  if (loss === "huber" && !(delta > 0))
    throw new Error(`cannot use objective ${name}: delta must be above 0, got ${delta}`);
  if (loss === "quantile" && !(tau > 0 && tau < 1))
    throw new Error(`cannot use objective ${name}: tau must lie in (0, 1), got ${tau}`);
  if (loss === "asymmetric" && !(over > 0))
    throw new Error(`cannot use objective ${name}: over must be above 0, got ${over}`);
  const sides =
    loss === "quantile"
      ? { over: 1 - tau, under: tau }
      : loss === "asymmetric"
        ? { over, under: 1 }
        : { over: 1, under: 1 };
  return {
    name,
    loss: loss === "huber" || loss === "squared" ? loss : "absolute",
    scale,
    delta: loss === "huber" ? delta : null,
    ...sides,
    reduction: "sum",
  };
}

/** The loss of one residual, without its weight. */
export function lossOf({ loss, delta, over, under }: Objective, residual: number): number {
  const size = Math.abs(residual);
  const side = residual > 0 ? over : under;
  if (loss === "squared") return side * residual * residual;
  if (loss === "absolute") return side * size;
  return side * (size <= delta! ? (size * size) / 2 : delta! * (size - delta! / 2));
}

/** A value on the objective's scale; NaN where it has none. */
export function onScale(scale: ResidualScale, value: number): number {
  if (scale === "raw") return value;
  if (scale === "log") return Math.log(value);
  return scale === "log1p" ? Math.log1p(value) : Math.log(-Math.log(value));
}

/** The value that lies here on the objective's scale: the inverse of {@link onScale}. */
export function fromScale(scale: ResidualScale, at: number): number {
  if (scale === "raw") return at;
  if (scale === "log") return Math.exp(at);
  return scale === "log1p" ? Math.expm1(at) : Math.exp(-Math.exp(at));
}
