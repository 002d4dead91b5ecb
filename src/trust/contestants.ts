import { laws as allLaws, type Law } from "../laws/index.ts";
import { type Observations, type ObserveOptions, observe, type Table } from "../runs/index.ts";
import type { LeftOut } from "./comparison.ts";
import { messageOf } from "./message-of.ts";

/** Laws that can be fitted to the same rows, and why the others can't. */
export interface Contestants {
  readonly observed: Observations;
  readonly able: readonly Law[];
  readonly unable: readonly LeftOut[];
}

/** All laws that predict a quantity from what a table or observations have. */
export function lawsFor(data: Observations | Table, output = "loss", observing: ObserveOptions = {}): Law[] {
  return allLaws.filter((law) => law.output === output && whyUnable(law, data, observing) === null);
}

/**
 * One set of rows for all laws that can be observed in the data.
 *
 * @throws when no law is left
 */
export function contestantsOf(
  laws: readonly Law[],
  data: Observations | Table,
  observing: ObserveOptions,
): Contestants {
  const first = laws[0];
  if (!first) throw new Error("cannot compare: expected two or more laws, got none");
  const repeated = laws.find((law, i) => laws.findIndex(({ name }) => name === law.name) < i);
  if (repeated) throw new Error(`cannot compare ${repeated.name} with itself: it is given twice`);
  const able: Law[] = [];
  const unable: LeftOut[] = [];
  for (const law of laws) {
    const reason =
      law.output === first.output
        ? whyUnable(law, data, observing)
        : `it predicts ${law.output}, not ${first.output} as ${first.name} does`;
    if (reason === null) able.push(law);
    else unable.push({ law: law.name, reason });
  }
  if (able.length === 0) throw noLawLeft(unable);
  if (isObservations(data)) return { observed: data, able, unable };
  const inputs = [...new Set(able.flatMap((law) => Object.keys(law.inputs)))];
  return { observed: observeOnly(data, inputs, first.output as string, observing), able, unable };
}

/** What is said where nothing can be compared: every reason. */
export function noLawLeft(leftOut: readonly LeftOut[]): Error {
  const reasons = leftOut.map(({ law, reason }) => `${law}: ${reason}`);
  return new Error(`cannot compare: no law is left; ${reasons.join("; ")}`);
}

function whyUnable(law: Law, data: Observations | Table, observing: ObserveOptions): string | null {
  if (Object.keys(law.parameters).length === 0) return "it has no parameters to fit";
  const [inputs, output] = [Object.keys(law.inputs), law.output as string];
  if (isObservations(data)) {
    const missing = [...inputs, output].filter((quantity) => !data.columns[quantity]);
    return missing.length === 0 ? null : `${data.origin} has no ${missing.join(", ")}`;
  }
  try {
    observeOnly(data, inputs, output, observing);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

/** Of columns named by hand takes those that are asked for: what another law needs is no mistake here. */
function observeOnly(
  table: Table,
  inputs: readonly string[],
  output: string,
  { map = {}, ...rest }: ObserveOptions,
): Observations {
  const own = Object.entries(map).filter(([quantity]) => quantity === output || inputs.includes(quantity));
  return observe(table, { inputs, output }, { ...rest, map: Object.fromEntries(own) });
}

const isObservations = (data: Observations | Table): data is Observations => "mapping" in data;
