import { join } from "node:path";
import { type Disk, nodeDisk, writeWhole } from "./disk.ts";
import { folderName, jsonFile } from "./run-folder.ts";
import { addressOf, type Noun, type NounOf, type Store, type StoredAs } from "./store.ts";

/**
 * Nouns as JSON files in a folder that people and programs can read:
 *
 *     runs/<id>/run.json, spec.json    runs and their specs, each in its run folder
 *     nouns/<kind>/<id or hash>.json   every other noun, under its id where it has one
 *     nouns/<kind>/<hash>.json         what was stored under an id before the present one
 *     nouns/order.jsonl                the kinds and keys in the order in which they first came
 *
 * Run folders that other programs wrote are found as well; they are listed behind those stored here, by name. Files
 * are written whole or not at all. The order is all that a kill between two writes can cost.
 *
 * @example
 * const store = folderStore("ladder");
 * await store.put(run); // ladder/runs/<id>/run.json
 */
export function folderStore(path: string, { disk = nodeDisk() }: { readonly disk?: Disk } = {}): Store {
  const runs = join(path, "runs");
  const nouns = join(path, "nouns");
  const order = join(nouns, "order.jsonl");
  const fileInRun: Readonly<Record<string, string>> = { run: "run.json", runspec: "spec.json" };

  const fileOf = (kind: string, key: string): string =>
    Object.hasOwn(fileInRun, kind)
      ? join(runs, folderName(key), fileInRun[kind])
      : join(nouns, kind, `${folderName(key)}.json`);
  const byHash = (kind: string, hash: string): string => join(nouns, kind, `${folderName(hash)}.json`);

  const read = async (file: string): Promise<{ noun: Noun; at: StoredAs } | null> => {
    const text = await disk.read(file);
    if (text === null) return null;
    try {
      const noun = JSON.parse(text) as Noun;
      return { noun, at: addressOf(noun) };
    } catch (error) {
      throw new Error(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };

  /** Every file of a kind that holds the present noun of a key. */
  const files = async (kind: string): Promise<string[]> => {
    const folder = Object.hasOwn(fileInRun, kind) ? runs : join(nouns, kind);
    const names = (await disk.names(folder)).sort();
    return names.flatMap((name) => {
      if (folder === runs) return [join(runs, name, fileInRun[kind])];
      return name.endsWith(".json") ? [join(folder, name)] : [];
    });
  };

  const keysInOrder = async (kind: string): Promise<string[]> =>
    ((await disk.read(order)) ?? "").split("\n").flatMap((line) => {
      try {
        const [of, key] = JSON.parse(line) as [string, string];
        return of === kind ? [key] : [];
      } catch {
        return []; // torn by a kill
      }
    });

  return {
    name: "folder",
    async put(noun) {
      const at = addressOf(noun);
      const file = fileOf(at.kind, at.key);
      const before = await read(file);
      if (before?.at.hash === at.hash) return at;
      if (before !== null) {
        await disk.makeFolder(join(nouns, at.kind));
        await writeWhole(disk, byHash(at.kind, before.at.hash), jsonFile(before.noun));
      }
      await disk.makeFolder(join(file, ".."));
      await writeWhole(disk, file, jsonFile(noun));
      if (before === null) {
        await disk.makeFolder(nouns);
        await disk.append(order, `\n${JSON.stringify([at.kind, at.key])}\n`);
      }
      return at;
    },
    async get<K extends string>(kind: K, key: string): Promise<NounOf<K> | null> {
      const found = (await read(fileOf(kind, key))) ?? (await read(byHash(kind, key)));
      // the names of files are not the keys themselves: what is inside counts
      if (found !== null && (found.at.key === key || found.at.hash === key)) return found.noun as NounOf<K>;
      if (!key.startsWith("sha256:")) return null;
      for (const file of await files(kind)) {
        const other = await read(file);
        if (other?.at.hash === key) return other.noun as NounOf<K>;
      }
      return null;
    },
    async list(kind) {
      const present = new Map<string, StoredAs>();
      for (const file of await files(kind)) {
        const found = await read(file);
        // a file under the hash of what has an id is an earlier noun of that id
        if (found !== null && file === fileOf(kind, found.at.key)) present.set(found.at.key, found.at);
      }
      const keys = new Set([...(await keysInOrder(kind)), ...present.keys()]);
      return [...keys].flatMap((key) => present.get(key) ?? []);
    },
  };
}
