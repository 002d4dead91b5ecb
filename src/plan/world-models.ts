import { didYouMean } from "../numeric/index.ts";
import { since2024 } from "./world/since-2024.ts";
import { untilEnd2023 } from "./world/until-2023.ts";

/** A model that somebody trained and described in public: how large, on how much. */
export interface WorldModel {
  readonly name: string;
  readonly family: string;
  readonly year: number;
  /** All parameters, as its makers count or name them; null where they don't say. */
  readonly params: number | null;
  /** Those that one token passes through: all of them but for a mixture of experts. */
  readonly activeParams: number | null;
  /** Training tokens seen, repeats counted each time; null where its makers don't say. */
  readonly tokens: number | null;
  readonly source: { readonly authors: string; readonly where: string; readonly url: string };
  /** What agrees with the source; null where nothing was compared with it, so the numbers are unverified. */
  readonly checked: string | null;
  readonly note: string | null;
}

/** Cited models, by year and family; sizes as their makers name them unless they print them to the last parameter. */
export const worldModels: readonly WorldModel[] = [...untilEnd2023, ...since2024]
  .flatMap(({ models, family, year, authors, where, url, checked, note = null }) =>
    models.map(
      ([name, size, data, own = {}]): WorldModel => ({
        name,
        family,
        year,
        params: inUnits(size),
        activeParams: inUnits(own.active ?? size),
        tokens: inUnits(data),
        source: { authors, where, url },
        checked: own.checked === undefined ? checked : own.checked,
        note: own.note ?? note,
      }),
    ),
  )
  .sort((one, other) => one.year - other.year);

/** From 1e9; to the whole number, as 0.070426624e9 is not one in binary. */
function inUnits(billions: number | null): number | null {
  return billions === null ? null : Math.round(billions * 1e9);
}

/**
 * A model of the world by its name, however it is spelt.
 *
 * @throws when there is none of that name
 * @example findWorldModel("llama-3-8b").tokens // 15e12
 */
export function findWorldModel(name: string): WorldModel {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9.]/g, "");
  const found = worldModels.find((model) => plain(model.name) === plain(name));
  if (found) return found;
  const names = worldModels.map((model) => model.name);
  const near = didYouMean(name, names);
  throw new Error(
    `unknown model "${name}"; ${near === null ? `known: ${names.join(", ")}` : `did you mean "${near}"?`}`,
  );
}
