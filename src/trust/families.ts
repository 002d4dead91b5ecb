import {
  createKernel,
  descend,
  type Fit,
  fit,
  fromScale,
  type Kernel,
  type Objective,
  objectiveAt,
  onScale,
  startingPoints,
} from "../fit/index.ts";
import type { Law } from "../laws/index.ts";
import { seededRandom } from "../numeric/index.ts";
import { type Observations, observe, type Table, takeObservations } from "../runs/index.ts";
import { objectiveNamed, valuesOf } from "./fitted-values.ts";
import { jointLaw } from "./joint-law.ts";
import type { Parameters } from "./reopen.ts";
import { shuffled } from "./shuffled.ts";

/** Families side by side: each with a fit of its own, and whether they can share parameters. */
export interface FamilyComparison {
  readonly law: string;
  /** The column that names the family. */
  readonly by: string;
  readonly objective: string;
  readonly families: readonly { readonly name: string; readonly rows: number; readonly fit: Fit }[];
  readonly tests: readonly FamilyTest[];
  readonly permutations: number;
  readonly seed: number;
}

/** The question whether all families have the same value of some parameters. */
export interface FamilyTest {
  readonly shared: readonly string[];
  /** Where the families share them: the common values, and the others as `name (family)`. */
  readonly parameters: Readonly<Record<string, number>>;
  /** The objective where they are shared, and where every family has its own. */
  readonly together: number;
  readonly apart: number;
  /** F = ((together - apart) / q) / (apart / (n - p)), with q parameters fewer and p in all. */
  readonly statistic: number;
  readonly degrees: readonly [fewer: number, rest: number];
  /** How often shuffled residuals give an F as large: small where sharing does harm. */
  readonly pValue: number;
  readonly message: string;
}

export interface FamilyOptions {
  /** The column that names each row's family. */
  by: string;
  /** Sets of parameters to be held in common, one test each: `[["alpha"], ["alpha", "E"]]`. */
  shared: readonly (readonly string[])[];
  objective?: string | Objective;
  permutations?: number;
  seed?: number;
}

/**
 * Asks whether families of models (architectures, tokenizers, corpora) share parameters of a law.
 *
 * The law is fitted to each family apart, and once more to all with some parameters in common; F says how much worse
 * the latter is for each parameter saved. Its p value doesn't lean on the F distribution, which a law that bends
 * doesn't follow: the residuals of the common fit are shuffled over all rows, put back onto it, and everything is
 * fitted anew (Freedman and Lane 1983). The comparison is that of Tay et al. 2022, https://arxiv.org/abs/2207.10551
 *
 * Shuffling takes the noise to be the same in all families. A large p value says that the data don't tell them apart.
 *
 * @example compareFamilies(familyPower, table, { by: "architecture", shared: [["alpha"], ["alpha", "E"]] })
 */
export function compareFamilies(
  law: Law,
  data: Observations | Table,
  { by, shared, objective = "squared-log", permutations = 199, seed = 0 }: FamilyOptions,
): FamilyComparison {
  const loss = objectiveNamed(objective);
  const observed =
    "mapping" in data ? data : observe(data, { inputs: Object.keys(law.inputs), output: law.output });
  const families = familiesOf(law, observed, by);
  const parameters = Object.keys(law.parameters);
  for (const name of shared.flat())
    if (!parameters.includes(name))
      throw new Error(
        `cannot share "${name}": ${law.name} has no such parameter; it has ${parameters.join(", ")}`,
      );

  const members = families.names.map((name, k) => {
    const rows = Int32Array.from(families.of.keys()).filter((row) => families.of[row] === k);
    if (rows.length <= parameters.length)
      throw new Error(
        `cannot compare families: ${parameters.length} parameters of ${law.name} need at least ${parameters.length + 1} runs of "${name}", got ${rows.length}`,
      );
    const own = takeObservations(observed, rows);
    const made = fit(law, own, { objective: loss, seed });
    return { name, rows, columns: own.columns, made, values: valuesOf(made) };
  });
  const question = { law, observed, families, members, loss };
  return {
    law: law.name,
    by,
    objective: loss.name,
    families: members.map(({ name, rows, made }) => ({ name, rows: rows.length, fit: made })),
    tests: shared.map((common, i) => testShared(question, common, { permutations, seed, stream: i })),
    permutations,
    seed,
  };
}

interface Families {
  readonly names: readonly string[];
  /** The family of every row. */
  readonly of: readonly number[];
}

interface Member {
  readonly rows: Int32Array;
  readonly columns: Observations["columns"];
  readonly made: Fit;
  readonly values: Parameters;
}

function testShared(
  {
    law,
    observed,
    families,
    members,
    loss,
  }: { law: Law; observed: Observations; families: Families; members: readonly Member[]; loss: Objective },
  common: readonly string[],
  { permutations, seed, stream }: { permutations: number; seed: number; stream: number },
): FamilyTest {
  const target = observed.columns[law.output]!;
  const joint = jointLaw(law, common, families);
  const columns = { ...observed.columns, ...joint.indicators };
  const kernel = createKernel(joint.law, columns, target, loss);
  const own = members.map(({ values }) => values);
  const middle = middleOf(own);
  const points = [
    joint.join(own, middle),
    joint.join(
      own.map(() => middle),
      middle,
    ),
    ...startingPoints(joint.law, columns, target, loss, { most: 8, seed }),
  ];
  const best = lowest(kernel, loss, points);
  const together = kernel.toParameters(best.x);
  const apart = members.reduce((sum, { made }) => sum + (made.objective.value ?? Number.NaN), 0);
  const each = Object.keys(law.parameters).length;
  const fewer = common.length * (members.length - 1);
  const rest = observed.rows - each * members.length;
  const ratio = (shared: number, separate: number): number => {
    const more = Math.max(0, shared - separate);
    return more === 0 ? 0 : more / fewer / (separate / rest); // not 0 / 0 where nothing is left to fit
  };
  const statistic = ratio(best.value, apart);

  const residuals = kernel.residuals(best.x);
  const fitted = residuals.map((r, row) => r + onScale(loss.scale, target[row]!));
  const ofEach = joint.split(together);
  const random = seededRandom(seed).fork(stream);
  let asLarge = 0;
  for (let draw = 0; draw < permutations; draw++) {
    const noise = shuffled(residuals, random);
    const y = fitted.map((value, row) => fromScale(loss.scale, value - noise[row]!));
    const shared = lowest(createKernel(joint.law, columns, y, loss), loss, [together]).value;
    const separate = members.reduce((sum, member, k) => {
      const ownY = Float64Array.from(member.rows, (row) => y[row]!);
      const again = createKernel(law, member.columns, ownY, loss);
      return sum + lowest(again, loss, [ofEach[k]!, member.values]).value;
    }, 0);
    if (ratio(shared, separate) >= statistic) asLarge++;
  }
  const pValue = (1 + asLarge) / (1 + permutations);
  return {
    shared: common,
    parameters: joint.named(together),
    together: best.value,
    apart,
    statistic,
    degrees: [fewer, rest],
    pValue,
    message: sentence(common, families.names, pValue),
  };
}

function sentence(common: readonly string[], names: readonly string[], pValue: number): string {
  const what = common.join(" and ");
  return pValue <= 0.05
    ? `${names.join(", ")} do not share ${what}: shuffled residuals rarely do as much harm (p = ${pValue.toFixed(3)})`
    : `nothing here tells the ${what} of ${names.join(", ")} apart (p = ${pValue.toFixed(3)})`;
}

function familiesOf(law: Law, observed: Observations, by: string): Families {
  const column = observed.labels[by];
  if (column === undefined)
    throw new Error(
      `cannot compare families of ${law.name}: there is no column "${by}"; there are ${Object.keys(observed.labels).join(", ") || "none to group by"}`,
    );
  const labels = Array.from({ length: observed.rows }, (_, i) => String(column[i]));
  const names = [...new Set(labels)].sort();
  if (names.length < 2)
    throw new Error(`cannot compare families: "${by}" must name two or more, got only "${names[0]}"`);
  return { names, of: labels.map((label) => names.indexOf(label)) };
}

/** The mean of each parameter over the families, of logs where all are positive. */
function middleOf(all: readonly Parameters[]): Record<string, number> {
  return Object.fromEntries(
    Object.keys(all[0]!).map((name) => {
      const values = all.map((of) => of[name]!);
      const positive = values.every((value) => value > 0);
      const sum = values.reduce((total, value) => total + (positive ? Math.log(value) : value), 0);
      return [name, positive ? Math.exp(sum / values.length) : sum / values.length];
    }),
  );
}

/** The lowest end of the descents from some points. */
function lowest(
  kernel: Kernel,
  loss: Objective,
  points: readonly Parameters[],
): { readonly x: Float64Array; readonly value: number } {
  // the kernel's own value is half of a sum of squares: ask for the objective itself
  return points
    .map((point) => descend(kernel, loss, kernel.toVariables(point)).x)
    .map((x) => ({ x, value: objectiveAt(kernel, loss, x) }))
    .reduce((best, end) => (end.value < best.value || Number.isNaN(best.value) ? end : best));
}
