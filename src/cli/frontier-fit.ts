import type { Command, OptionValues } from "@commander-js/extra-typings";
import {
  type EnvelopeMethod,
  type FrontierFit,
  fitEnvelope,
  fitIsoflop,
  type IsoflopMethod,
} from "../fit/index.ts";
import type { Observations } from "../runs/index.ts";
import { shareOption, wholeOption, wordOption } from "./options.ts";

// What fit asks where it goes by approach 1 or 2 instead of a law.

const methods = {
  1: ["hull", "running-minimum"],
  2: ["parabola", "akima", "argmin", "given"],
} as const satisfies { 1: readonly EnvelopeMethod[]; 2: readonly IsoflopMethod[] };

export type FrontierFitOptions = {
  readonly method?: EnvelopeMethod | IsoflopMethod;
  readonly budgetTolerance?: number;
  readonly budgets?: string;
  readonly window?: number;
  readonly curves?: string;
};

export function withFrontierOptions<Arguments extends unknown[], Options extends OptionValues>(
  command: Command<Arguments, Options>,
): Command<Arguments, Options & FrontierFitOptions> {
  return command
    .option(
      "--method <name>",
      "approach 1: hull, running-minimum; 2: parabola, akima, argmin, given (the rows are optima)",
      wordOption("--method", [...methods[1], ...methods[2]]),
    )
    .option(
      "--budget-tolerance <share>",
      "approach 2: how far neighbours in C are one budget (default: 5%)",
      shareOption("--budget-tolerance"),
    )
    .option("--budgets <column>", "approach 2: the column that names each run's budget")
    .option(
      "--window <sizes>",
      "approach 2: a parabola through so many sizes each side of the lowest",
      wholeOption("--window", { least: 1 }),
    )
    .option(
      "--curves <column>",
      "approach 1: the column that names each curve (default: by size)",
    ) as unknown as Command<Arguments, Options & FrontierFitOptions>;
}

/** What the rest of the command was told, of which a law takes more. */
export interface LawSettings {
  readonly approach: number;
  /** Options that only a law's fit has, where they were given. */
  readonly ofLaws: Readonly<Record<string, unknown>>;
}

/** Refuses what another approach is told; true for approaches 1 and 2. */
export function isFrontierApproach(options: FrontierFitOptions, { approach, ofLaws }: LawSettings): boolean {
  const { method, budgetTolerance, budgets, window, curves } = options;
  const of1 = { "--curves": curves };
  const of2 = { "--budget-tolerance": budgetTolerance, "--budgets": budgets, "--window": window };
  if (approach !== 1 && approach !== 2 && approach !== 3)
    throw new Error(`unknown approach ${approach}: expected 1, 2 or 3`);
  const strange = {
    1: { ...of2, ...ofLaws },
    2: { ...of1, ...ofLaws },
    3: { "--method": method, ...of1, ...of2 },
  }[approach];
  const stray = Object.keys(strange).find((name) => strange[name as keyof typeof strange] !== undefined);
  if (stray !== undefined) {
    const home = stray === "--curves" ? "1" : stray in of2 ? "2" : stray === "--method" ? "1 or 2" : "3";
    throw new Error(`${stray} belongs to approach ${home}, and this is approach ${approach}`);
  }
  if (approach === 3) return false;
  const known: readonly string[] = methods[approach];
  if (method !== undefined && !known.includes(method))
    throw new Error(`approach ${approach} has no method "${method}"; it has ${known.join(", ")}`);
  return true;
}

export function fitFrontier(
  approach: number,
  observed: Observations,
  { method, budgetTolerance, budgets, window, curves }: FrontierFitOptions,
  shared: {
    readonly weights: Float64Array | null;
    readonly bootstrap: number;
    readonly level: number;
    readonly seed: number;
  },
): FrontierFit {
  const { weights, ...draws } = shared;
  if (approach === 1) return fitEnvelope(observed, { method: method as EnvelopeMethod, curves, ...draws });
  return fitIsoflop(observed, {
    method: method as IsoflopMethod,
    tolerance: budgetTolerance,
    budgets,
    window,
    weights,
    ...draws,
  });
}
