import {
  createKernel,
  descend,
  type Fit,
  fit,
  fromScale,
  type Kernel,
  type Objective,
  objectiveAt,
  objective as objectiveByName,
  onScale,
  startingPoints,
} from "../fit/index.ts";
import { defineLaw, formulaOf, type Law } from "../laws/index.ts";
import { formulaText, seededRandom } from "../numeric/index.ts";
import { type Observations, observe, type Table, takeObservations } from "../runs/index.ts";

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
  const loss = typeof objective === "string" ? objectiveByName(objective) : objective;
  const observed =
    "mapping" in data ? data : observe(data, { inputs: Object.keys(law.inputs), output: law.output });
  const { names, of } = familiesOf(law, observed, by);
  const parameters = Object.keys(law.parameters);
  for (const name of shared.flat())
    if (!parameters.includes(name))
      throw new Error(
        `cannot share "${name}": ${law.name} has no such parameter; it has ${parameters.join(", ")}`,
      );

  const groups = names.map((name, k) => {
    const rows = Int32Array.from(of.keys()).filter((i) => of[i] === k);
    if (rows.length <= parameters.length)
      throw new Error(
        `cannot compare families: ${parameters.length} parameters of ${law.name} need at least ${parameters.length + 1} runs of "${name}", got ${rows.length}`,
      );
    const found = fit(law, takeObservations(observed, rows), { objective: loss, seed });
    const values = Object.fromEntries(parameters.map((p) => [p, found.parameters[p]!.value]));
    return { name, rows, found, values };
  });
  const target = observed.columns[law.output]!;
  const apart = groups.reduce((sum, { found }) => sum + (found.objective.value ?? Number.NaN), 0);

  const tests = shared.map((common, index): FamilyTest => {
    const joint = jointLaw(law, names.length, common);
    const columns = { ...observed.columns, ...indicators(of, names.length) };
    const kernelFor = (y: Float64Array): Kernel => createKernel(joint, columns, y, loss);
    const kernel = kernelFor(target);
    const middle = middleOf(groups.map(({ values }) => values));
    const points = [
      jointPoint(
        groups.map(({ values }) => values),
        middle,
        common,
      ),
      jointPoint(
        groups.map(() => middle),
        middle,
        common,
      ),
      ...startingPoints(joint, columns, target, loss, { most: 8, seed }),
    ];
    const best = lowest(
      kernel,
      loss,
      points.map((point) => kernel.toVariables(point)),
    );
    const fewer = common.length * (names.length - 1);
    const rest = observed.rows - parameters.length * names.length;
    const ratio = (together: number, separate: number): number => {
      const more = Math.max(0, together - separate);
      return more === 0 ? 0 : more / fewer / (separate / rest); // not 0 / 0 where nothing is left to fit
    };
    const statistic = ratio(best.value, apart);

    const residuals = kernel.residuals(best.x);
    const fitted = residuals.map((r, i) => r + onScale(loss.scale, target[i]!));
    const commonValues = splitPoint(kernel.toParameters(best.x), parameters, common, names.length);
    const random = seededRandom(seed).fork(index);
    let asLarge = 0;
    for (let draw = 0; draw < permutations; draw++) {
      const shuffled = shuffle(residuals, random);
      const y = fitted.map((value, i) => fromScale(loss.scale, value - shuffled[i]!));
      const again = kernelFor(y);
      const together = lowest(again, loss, [best.x]).value;
      let separate = 0;
      groups.forEach(({ rows, values }, k) => {
        const own = createKernel(law, takeAll(observed.columns, rows), take(y, rows), loss);
        separate += lowest(own, loss, [own.toVariables(commonValues[k]!), own.toVariables(values)]).value;
      });
      if (ratio(together, separate) >= statistic) asLarge++;
    }
    const pValue = (1 + asLarge) / (1 + permutations);
    return {
      shared: common,
      parameters: named(kernel.toParameters(best.x), parameters, common, names),
      together: best.value,
      apart,
      statistic,
      degrees: [fewer, rest],
      pValue,
      message: sentence(common, names, pValue),
    };
  });
  return {
    law: law.name,
    by,
    objective: loss.name,
    families: groups.map(({ name, rows, found }) => ({ name, rows: rows.length, fit: found })),
    tests,
    permutations,
    seed,
  };
}

function sentence(common: readonly string[], names: readonly string[], pValue: number): string {
  const what = common.join(" and ");
  return pValue <= 0.05
    ? `${names.join(", ")} do not share ${what}: shuffled residuals rarely do as much harm (p = ${pValue.toFixed(3)})`
    : `nothing here tells the ${what} of ${names.join(", ")} apart (p = ${pValue.toFixed(3)})`;
}

function familiesOf(law: Law, observed: Observations, by: string): { names: string[]; of: number[] } {
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

/** All families as one law: Σ is_k · f(inputs; the common parameters, and those of family k). */
function jointLaw(law: Law, families: number, common: readonly string[]): Law {
  const formula = formulaOf(law);
  const letters = Object.values<string>(law.inputs);
  const each = Array.from({ length: families }, (_, k) => k);
  const renameFor = (k: number) => (name: string) =>
    letters.includes(name) || common.includes(name) ? name : privateName(name, k);
  const parts = each.map((k) => formulaText(formula, { rename: renameFor(k), left: `value__${k}` }));
  const parameters = Object.entries(law.parameters).flatMap(([name, parameter]) =>
    common.includes(name)
      ? [[name, parameter] as const]
      : each.map((k) => [privateName(name, k), parameter] as const),
  );
  return defineLaw({
    name: `${law.name}, ${families} families`,
    formula: [...parts, each.map((k) => `is__${k} * value__${k}`).join(" + ")].join("; "),
    inputs: { ...law.inputs, ...Object.fromEntries(each.map((k) => [`is__${k}`, `is__${k}`])) },
    output: law.output as string,
    parameters: Object.fromEntries(parameters),
  });
}

const privateName = (name: string, k: number): string => `${name}__${k}`;

function indicators(of: readonly number[], families: number): Record<string, Float64Array> {
  return Object.fromEntries(
    Array.from({ length: families }, (_, k) => [`is__${k}`, Float64Array.from(of, (f) => (f === k ? 1 : 0))]),
  );
}

type Values = Readonly<Record<string, number>>;

/** The mean of each parameter over the families, of logs where all are positive. */
function middleOf(all: readonly Values[]): Record<string, number> {
  return Object.fromEntries(
    Object.keys(all[0]!).map((name) => {
      const values = all.map((of) => of[name]!);
      const positive = values.every((value) => value > 0);
      const sum = values.reduce((total, value) => total + (positive ? Math.log(value) : value), 0);
      return [name, positive ? Math.exp(sum / values.length) : sum / values.length];
    }),
  );
}

function jointPoint(
  own: readonly Values[],
  middle: Values,
  common: readonly string[],
): Record<string, number> {
  const point: Record<string, number> = {};
  for (const name of common) point[name] = middle[name]!;
  own.forEach((values, k) => {
    for (const [name, value] of Object.entries(values))
      if (!common.includes(name)) point[privateName(name, k)] = value;
  });
  return point;
}

/** The joint parameters as each family sees them. */
function splitPoint(
  joint: Values,
  parameters: readonly string[],
  common: readonly string[],
  families: number,
): Record<string, number>[] {
  return Array.from({ length: families }, (_, k) =>
    Object.fromEntries(
      parameters.map((name) => [name, joint[common.includes(name) ? name : privateName(name, k)]!]),
    ),
  );
}

function named(
  joint: Values,
  parameters: readonly string[],
  common: readonly string[],
  names: readonly string[],
): Record<string, number> {
  return Object.fromEntries(
    parameters.flatMap((name) =>
      common.includes(name)
        ? [[name, joint[name]!] as const]
        : names.map((family, k) => [`${name} (${family})`, joint[privateName(name, k)]!] as const),
    ),
  );
}

function lowest(
  kernel: Kernel,
  loss: Objective,
  starts: readonly Float64Array[],
): { readonly x: Float64Array; readonly value: number } {
  // the kernel's own value is half of a sum of squares: ask for the objective itself
  return starts
    .map((start) => descend(kernel, loss, start).x)
    .map((x) => ({ x, value: objectiveAt(kernel, loss, x) }))
    .reduce((best, end) => (end.value < best.value || Number.isNaN(best.value) ? end : best));
}

function shuffle(values: Float64Array, random: { integer(below: number): number }): Float64Array {
  const out = Float64Array.from(values);
  for (let i = out.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}

const take = (column: Float64Array, rows: Int32Array): Float64Array =>
  Float64Array.from(rows, (i) => column[i]!);
const takeAll = (
  columns: Readonly<Record<string, Float64Array>>,
  rows: Int32Array,
): Record<string, Float64Array> =>
  Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, take(column, rows)]));
