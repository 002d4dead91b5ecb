import type { Fit, FrontierFit } from "../fit/index.ts";
import { laws } from "../laws/index.ts";

/**
 * The command that makes a fit again, as far as the fit says; rows that a filter left out it doesn't know.
 *
 * @example fitCommand(made) // "isoflop fit runs.csv --map params=N tokens=D loss=val_loss --bootstrap 400 -o fit.json"
 */
export function fitCommand(fit: Fit | FrontierFit): string {
  const { data, conventions, bootstrap, seed } = fit;
  const map = data.mapping.flatMap(({ quantity, column }) =>
    column === null ? [] : [`${quantity}=${column}`],
  );
  const { params } = conventions;
  const words = [
    "isoflop",
    "fit",
    data.origin,
    ...(fit.approach === 3 ? lawWords(fit) : ["--approach", String(fit.approach)]),
    ...(map.length === 0 ? [] : ["--map", ...map]),
    ...(params === null || params === "unstated" ? [] : ["--params-convention", params]),
    ...(bootstrap ? ["--bootstrap", String(bootstrap.draws.length + bootstrap.failed)] : []),
    ...(seed === 0 ? [] : ["--seed", String(seed)]),
    "-o",
    "fit.json",
  ];
  return shellWords(words);
}

function lawWords({ law, objective, parameters }: Fit): string[] {
  const fixed = Object.entries(parameters).filter(([, value]) => value.fixed);
  const known = laws.some(({ name, formula }) => name === law.name && formula === law.formula);
  return [
    ...(law.name === "chinchilla" && known ? [] : ["--law", known ? law.name : `${law.name}.json`]),
    ...(objective.name === "huber-log" ? [] : ["--objective", objective.name]),
    ...(objective.delta === null || objective.delta === 1e-3 ? [] : ["--delta", String(objective.delta)]),
    ...(fixed.length === 0 ? [] : ["--fix", ...fixed.map(([name, { value }]) => `${name}=${value}`)]),
  ];
}

/** Words as a shell reads them back. */
export function shellWords(words: readonly string[]): string {
  return words
    .map((word) =>
      /^[\w./:=@%+,-]+$/.test(word)
        ? word
        : `'${word.replaceAll(/[\p{Cc}]+/gu, " ").replaceAll("'", "'\\''")}'`,
    )
    .join(" ");
}
