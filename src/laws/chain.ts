import { formulaText } from "../numeric/index.ts";
import { defineLaw, formulaOf, type Law, type LawParameter } from "./law.ts";

/** Anything where the first law's output is an input of the second, else a type that no law has. */
type Meets<Output extends string, Inputs extends string> = string extends Output
  ? unknown
  : [Output] extends [Inputs]
    ? unknown
    : { readonly inputs: { readonly [quantity in Output]: string } };

/**
 * Two laws as one: what the first predicts is what the second takes.
 *
 * The first law's result becomes a step of the second's formula, so value, derivatives, LaTeX, JSON and fit come as
 * for any law. A quantity that both take is one input. Where the second law uses a name that the first one has, it is
 * prefixed with the second law's: `olmo_task.a`. Laws that don't meet neither compile nor run.
 *
 * @example chain(chinchilla, olmoTask) // params, tokens → loss → accuracy
 */
export function chain<A extends string, B extends string, C extends string, D extends string>(
  first: Law<A, B>,
  second: Law<C, D> & Meets<B, C>,
): Law<A | Exclude<C, B>, D> {
  const { meeting, rename } = names(first, second);
  const inputs: Record<string, string> = { ...first.inputs };
  for (const [quantity, letter] of Object.entries<string>(second.inputs))
    if (quantity !== first.output) inputs[quantity] = rename(letter);
  const parameters: Record<string, LawParameter> = { ...first.parameters };
  for (const [name, parameter] of Object.entries(second.parameters)) parameters[rename(name)] = parameter;
  const both = (of: (law: Law) => string): string => [...new Set([of(first), of(second)])].join("; ");
  const law: Law = defineLaw({
    name: `${first.name}+${second.name}`,
    title: `${first.name}, then ${second.name}`,
    kind: second.kind,
    formula: `${formulaText(formulaOf(first), { left: meeting })}; ${formulaText(formulaOf(second), { rename })}`,
    inputs,
    output: second.output as string,
    ...(second.unit === undefined ? {} : { unit: second.unit }),
    parameters,
    source: {
      authors: both((law) => law.source.authors),
      year: Math.max(first.source.year, second.source.year),
      title: both((law) => law.source.title),
      url: both((law) => law.source.url),
      where: both((law) => law.source.where),
    },
    unverified: "a chain has no published values of its own; its parts' are in their sets",
    notes: [...first.notes, ...second.notes],
  });
  return law as Law<A | Exclude<C, B>, D>;
}

/**
 * The parameters of `chain(first, second)` from those of its parts.
 *
 * @example
 * const law = chain(chinchilla, olmoTask);
 * lawFunction(law, chainParameters(chinchilla, fitted, olmoTask, onTask))({ params: 13e9, tokens: 5e12 });
 */
export function chainParameters(
  first: Law,
  firstParameters: Readonly<Record<string, number>>,
  second: Law,
  secondParameters: Readonly<Record<string, number>>,
): Record<string, number> {
  const { rename } = names(first, second);
  const renamed = Object.entries(secondParameters).map(([name, value]) => [rename(name), value] as const);
  return { ...firstParameters, ...Object.fromEntries(renamed) };
}

/** The letter at which the laws meet, and what each name of the second law is called in the chain. */
function names(first: Law, second: Law): { meeting: string; rename: (name: string) => string } {
  const letter = Object.hasOwn(second.inputs, first.output) ? second.inputs[first.output] : undefined;
  if (letter === undefined)
    throw new Error(
      `cannot chain ${first.name} to ${second.name}: ${first.name} gives ${first.output}, but ${second.name} takes ${Object.keys(second.inputs).join(", ")}`,
    );
  const shared = new Map<string, string>();
  for (const [quantity, own] of Object.entries(second.inputs)) {
    const same = first.inputs[quantity];
    if (quantity !== first.output && same !== undefined) shared.set(own, same);
  }
  const taken = namesIn(first);
  const own = namesIn(second);
  const prefix = second.name.replaceAll(/[^A-Za-z0-9_]/g, "_").replace(/^(?=\d)/, "_");
  const renames = new Map<string, string>(shared);
  for (const name of own) {
    if (shared.has(name) || !taken.has(name)) continue;
    let fresh = `${prefix}.${name}`;
    for (let n = 2; taken.has(fresh) || own.has(fresh); n++) fresh = `${prefix}_${n}.${name}`;
    renames.set(name, fresh);
  }
  const rename = (name: string): string => renames.get(name) ?? name;
  return { meeting: rename(letter), rename };
}

function namesIn(law: Law): Set<string> {
  const { free, steps } = formulaOf(law);
  return new Set([...free, ...steps.map((step) => step.name)]);
}
