import type { Law } from "../laws/index.ts";
import type { Observations } from "../runs/index.ts";
import type { HoldoutDesign, LeftOut } from "./comparison.ts";
import { checkRolling, type Fold, type Rolling, type RollingOptions, rollingFolds } from "./folds.ts";

/** What could be held out before it is known which laws take part. */
export interface HoldoutScales extends Omit<Rolling, "by"> {
  /** null for a split of somebody's own. */
  readonly by: string | null;
  /** Why nothing can be held out. */
  readonly why: string | null;
}

/** The folds of a split as it was given, else rolling ones. */
export function scalesToHoldOut(
  observed: Observations,
  split: readonly Fold[] | null,
  options: RollingOptions,
): HoldoutScales {
  if (split) return { by: null, groups: [], folds: split, why: null };
  checkRolling(options);
  try {
    return { ...rollingFolds(observed, options), why: null };
  } catch (error) {
    // asked for by name it is a mistake; found by default it is a fact about the runs
    if (options.by !== undefined || !(error instanceof Error)) throw error;
    return { by: null, groups: [], folds: [], why: error.message };
  }
}

/** A fold has two rows for each parameter: less is no fit to extrapolate from. */
const rowsPerParameter = 2;

/**
 * The folds that every law can take part in. A law that can't in half of those that the smallest can is left out
 * rather than shortening the test of the others.
 *
 * @param asGiven a split of one's own was meant as it is: a row more than parameters is enough
 */
export function commonFolds(
  laws: readonly Law[],
  folds: readonly Fold[],
  rows: number,
  { asGiven }: { asGiven: boolean },
): { readonly folds: readonly Fold[]; readonly taking: readonly Law[]; readonly short: readonly LeftOut[] } {
  const entries = laws.map((law) => {
    const parameters = Object.keys(law.parameters).length;
    const needed = parameters + 1;
    const least = asGiven ? needed : Math.max(rowsPerParameter * parameters, needed);
    return {
      law,
      parameters,
      needed,
      least,
      open: folds.filter(({ fitted }) => fitted.length >= least).length,
    };
  });
  const most = Math.max(...entries.map(({ open }) => open));
  const able = entries.filter(({ needed, open }) => rows >= needed && open * 2 >= most);
  const short = entries
    .filter((entry) => !able.includes(entry))
    .map(({ law, parameters, needed, least, open }): LeftOut => {
      const lack =
        rows < needed
          ? `need at least ${needed} rows, got ${rows}`
          : `need ${least} rows to be fitted and judged by the rest, which ${open} of ${most} folds have`;
      return { law: law.name, reason: `its ${parameters} parameters ${lack}` };
    });
  return {
    folds: folds.filter(({ fitted }) => able.every(({ least }) => fitted.length >= least)),
    taking: able.map(({ law }) => law),
    short,
  };
}

/** The design as a comparison tells it; null where nothing is held out. */
export function describeHoldout(
  { by, groups }: HoldoutScales,
  folds: readonly Fold[],
  draws: number,
): HoldoutDesign | null {
  if (folds.length === 0) return null;
  return {
    by,
    groups: groups.map(({ low, high, rows }) => ({ low, high, rows: rows.length })),
    folds: folds.map(({ upTo, scale, fitted, held }) => ({
      upTo,
      scale,
      fittedRows: fitted.length,
      heldRows: held.length,
    })),
    draws,
  };
}
