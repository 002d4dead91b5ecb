import {
  type Drawn,
  drawnInterval,
  fromScale,
  type Interval,
  newRunInterval,
  onScale,
  scatterAt,
} from "../fit/index.ts";
import { lawFunction } from "../laws/index.ts";
import { type Quantity, quantities } from "../models/index.ts";
import {
  type Basis,
  type BasisNote,
  type Extrapolation,
  extrapolations,
  type OpenBasis,
  openBasis,
} from "./basis.ts";

/** What a law says of one point. */
export interface Prediction {
  readonly format: "isoflop.prediction/1";
  readonly basis: BasisNote;
  readonly at: Readonly<Record<string, number>>;
  readonly output: string;
  readonly value: number;
  /** Where an input was solved for a target: which, and its interval from joint draws. */
  readonly solved?: {
    readonly quantity: string;
    readonly target: number;
    readonly interval: Interval | null;
  };
  /** Of the law's mean, from joint draws; a single new run scatters more. */
  readonly interval: Interval | null;
  /**
   * Of a single new run: the draws with the scatter of the runs added, to the size that it has at such a prediction.
   * Absent in older files.
   */
  readonly newRun?: Interval | null;
  readonly extrapolation: readonly Extrapolation[] | null;
  readonly warnings: readonly string[];
  readonly remarks: readonly string[];
}

/**
 * A law's value at given inputs, with the interval of its mean and how far outside the data it lies.
 *
 * @throws when an input is missing, or the law has no finite value there
 * @example predict({ law: chinchilla, set: "hoffmann2022-rounded" }, { params: 70e9, tokens: 1.4e12 }).value // 1.9366
 */
export function predict(
  basis: Basis,
  at: Readonly<Record<string, number>>,
  { level = 0.9 }: { level?: number } = {},
): Prediction {
  const { law, parameters, draws, scatter, range, note, warnings, remarks } = openBasis(basis);
  const unknown = Object.keys(at).find((quantity) => law.inputs[quantity] === undefined);
  if (unknown !== undefined)
    throw new Error(
      `cannot predict with ${law.name}: it has no input "${unknown}"; it takes ${Object.keys(law.inputs).join(", ")}`,
    );
  for (const [quantity, given] of Object.entries(at)) checkQuantity(law.name, quantity, given);
  const value = lawFunction(law, parameters)(at);
  if (!Number.isFinite(value))
    throw new Error(
      `cannot predict with ${law.name}: it has no finite value at ${Object.entries(at)
        .map(([q, v]) => `${q} ${v}`)
        .join(", ")}; check the units`,
    );
  const drawn = draws?.of((draw) => lawFunction(law, draw)(at));
  return {
    format: "isoflop.prediction/1",
    basis: note,
    at,
    output: law.output,
    value,
    interval: drawn ? drawnInterval(draws!.bootstrap, drawn, level) : null,
    newRun: drawn && scatter ? newRun(drawn, scatter, at, level, draws!.bootstrap.degrees) : null,
    extrapolation: extrapolations(range, at),
    warnings,
    remarks,
  };
}

/** The scatter is added on the scale that the fit took it on. */
function newRun(
  { draws }: Drawn,
  { scale, ...scatter }: NonNullable<OpenBasis["scatter"]>,
  at: Readonly<Record<string, number>>,
  level: number,
  degrees: number | undefined,
): Interval | null {
  const onto = draws.map((value) => onScale(scale, value));
  const residuals = scatterAt(scatter, at);
  const interval = residuals && newRunInterval(onto, residuals, level, degrees);
  if (!interval) return null;
  // ln(−ln p) falls where p rises
  const ends = [fromScale(scale, interval.low), fromScale(scale, interval.high)].sort((x, y) => x - y);
  return { ...interval, low: ends[0]!, high: ends[1]! };
}

/** A number that its quantity cannot be (no samples, a loss below 0) would get an answer from any formula. */
function checkQuantity(law: string, quantity: string, value: number): void {
  const { domain, least } = Object.hasOwn(quantities, quantity)
    ? quantities[quantity as Quantity]
    : { domain: "real" as const };
  const possible =
    domain === "real" ||
    (domain === "positive" ? value > 0 : value >= 0 && (domain !== "unit" || value <= 1));
  if (possible && Number.isFinite(value) && value >= (least ?? value)) return;
  const expected = least === undefined ? EXPECTED[domain] : `a number of at least ${least}`;
  throw new Error(`cannot predict with ${law} at ${quantity} ${value}: expected ${expected}`);
}

const EXPECTED: Readonly<Record<(typeof quantities)[Quantity]["domain"], string>> = {
  positive: "a number above 0",
  nonnegative: "a number of at least 0",
  unit: "a number from 0 to 1",
  real: "a finite number",
};
