import type { FrontierFit } from "../fit/index.ts";
import { findSet, type Law } from "../laws/index.ts";
import type { Basis, BasisNote } from "../plan/index.ts";
import { namedLaw } from "./law.ts";
import { numberPairs, type Pairs } from "./options.ts";
import type { World } from "./world.ts";

/** The options by which a command is told what it rests on. */
export interface BasisOptions {
  readonly law?: string;
  readonly source?: string;
  /** The pairs of --set. */
  readonly coefficients: Pairs["pairs"];
}

/** What a prediction rests on: the fit of a law, or a law with one of its published sets or with coefficients given. */
export async function readBasis(
  world: World,
  file: string | undefined,
  options: BasisOptions,
): Promise<Basis> {
  const basis = await readPlanBasis(world, file, options);
  if (!("approach" in basis) || basis.approach === 3) return basis;
  throw new Error(
    `cannot predict with ${file}: approach ${basis.approach} says where the best model lies, not how low its loss is; fit a law with --approach 3`,
  );
}

/** What a plan rests on: the same, or a fit by approach 1 or 2. */
export async function readPlanBasis(
  world: World,
  file: string | undefined,
  { law, source, coefficients }: BasisOptions,
): Promise<Basis | FrontierFit> {
  const given = Object.entries(coefficients);
  if (law !== undefined) {
    if (file !== undefined) throw new Error(`cannot rest on both ${file} and --law ${law}; give one of them`);
    const found = await namedLaw(world, law);
    if (given.length === 0) return published(found, source);
    if (source !== undefined)
      throw new Error(`both --source ${source} and --set give coefficients; give one of them`);
    return { law: found, parameters: numberPairs("--set", coefficients) };
  }
  if (source !== undefined)
    throw new Error(`--source ${source} is a source of a law; add --law, such as --law chinchilla`);
  if (given.length > 0)
    throw new Error(
      `--set ${given[0].join("=")} is a coefficient of a law; add --law, such as --law mup-learning-rate`,
    );
  if (file === undefined)
    throw new Error(
      "nothing to rest on: give a fit file (made by isoflop fit runs.csv -o fit.json) or a published law, such as --law chinchilla --source besiroglu2024-refit",
    );
  // loaded only here: the schemas that check a file are most of a cold start
  const { readAnyFit } = await import("./fit-file.ts");
  return readAnyFit(world, file);
}

function published(law: Law, source: string | undefined): Basis {
  const keys = Object.keys(law.sets);
  if (source !== undefined) {
    findSet(law, source); // an unknown one is told before anything is computed
    return { law, set: source };
  }
  if (keys.length === 1) return { law, set: keys[0] };
  if (keys.length > 1)
    throw new Error(
      `${law.name} has ${keys.length} published sets of coefficients; choose one with --source: ${keys.join(", ")}`,
    );
  if (Object.keys(law.parameters).length === 0) return { law, parameters: {} };
  const wanted = Object.keys(law.parameters).map((name) => `${name}=…`);
  throw new Error(
    `${law.name} has no published coefficients; give yours with --set ${wanted.join(" ")}, or fit it to runs: isoflop fit runs.csv --law ${law.name} -o fit.json`,
  );
}

/** What a number rests on, in words: "the fit of chinchilla to 42 rows of runs.csv". */
export function basisText(basis: BasisNote, law: Law | null = null): string {
  if (basis.kind === "fit")
    return `the fit of ${basis.law} to ${basis.rows} ${basis.rows === 1 ? "row" : "rows"} of ${basis.origin}`;
  if (basis.kind === "frontier")
    return `approach ${basis.approach} (${basis.method}), ${basis.optima} ${basis.approach === 1 ? "points of the envelope" : "minima"} in ${basis.rows} rows of ${basis.origin}`;
  if (basis.kind === "published") return `${basis.law}, ${basis.set}`;
  const hasNone = law !== null && Object.keys(law.parameters).length === 0;
  return hasNone ? basis.law : `${basis.law} with the coefficients given`;
}
