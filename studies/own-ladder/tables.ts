import { ladderTables } from "./ladder.ts";
import { smallTables } from "./small.ts";

/** Every table of the README, made from the runs. */
export function allTables(): Record<string, string[]> {
  return { ...ladderTables(), ...smallTables() };
}

const placeOf = (name: string): RegExp => new RegExp(`<!-- ${name} -->\n[\\s\\S]*?<!-- end -->`);

/** The page with its tables in their places: between `<!-- name -->` and `<!-- end -->`. */
export function withTables(page: string, tables: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(tables).reduce((text, [name, lines]) => {
    if (!placeOf(name).test(text)) throw new Error(`the page has no place for the table "${name}"`);
    return text.replace(placeOf(name), () => `<!-- ${name} -->\n\n${lines.join("\n")}\n\n<!-- end -->`);
  }, page);
}
