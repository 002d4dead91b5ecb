import type { LawChoice, Recipe } from "./recipe.ts";

/** What a person decided in the studio: all of it can be undone, shared and kept, and nothing in it was computed. */
export interface StudioDocument {
  readonly format: "isoflop.studio/1";
  /** The name of the runs: a file or a sweep of the folder, or a file that was dropped. */
  readonly source: string | null;
  readonly law: LawChoice;
  readonly objective: string;
  readonly convention: Recipe["convention"];
  readonly map: Readonly<Record<string, string>>;
  readonly skipBadRows: boolean;
  /** Line of the source → why it is left out. */
  readonly excluded: Readonly<Record<string, string>>;
  /** The budget in FLOPs; null for ten times the largest run. */
  readonly flops: number | null;
  readonly held: Readonly<Record<string, number>>;
  readonly hardware: string;
  /** Dollars an hour and the share of the peak; null for what was published. */
  readonly price: number | null;
  readonly mfu: number | null;
}

export const emptyDocument: StudioDocument = {
  format: "isoflop.studio/1",
  source: null,
  law: { kind: "named", name: "chinchilla" },
  objective: "huber-log",
  convention: null,
  map: {},
  skipBadRows: false,
  excluded: {},
  flops: null,
  held: {},
  hardware: "H100",
  price: null,
  mfu: null,
};

export function recipeOf({ law, objective, convention, map, skipBadRows, excluded }: StudioDocument): Recipe {
  return { law, objective, convention, map, skipBadRows, excluded: Object.keys(excluded).map(Number) };
}

/** What was, is and would be again. */
export interface History {
  readonly past: readonly StudioDocument[];
  readonly present: StudioDocument;
  readonly future: readonly StudioDocument[];
  /** Changes of one gesture, such as a drag, are one step. */
  readonly gesture: string | null;
}

export const newHistory = (present: StudioDocument): History => ({
  past: [],
  present,
  future: [],
  gesture: null,
});

/** The most steps that can be undone. */
const most = 200;

export function change(history: History, next: StudioDocument, gesture: string | null = null): History {
  const { past, present } = history;
  const same = gesture !== null && gesture === history.gesture;
  return { past: same ? past : [...past, present].slice(-most), present: next, future: [], gesture };
}

export function undo({ past, present, future }: History): History {
  const before = past.at(-1);
  return before
    ? { past: past.slice(0, -1), present: before, future: [present, ...future], gesture: null }
    : { past, present, future, gesture: null };
}

export function redo({ past, present, future }: History): History {
  const [after, ...later] = future;
  return after
    ? { past: [...past, present], present: after, future: later, gesture: null }
    : { past, present, future, gesture: null };
}

/** As the part of an address behind the #: only what differs from an empty document. */
export function toAddress(document: StudioDocument, view: Readonly<Record<string, string>>): string {
  const said = Object.fromEntries(
    Object.entries(document).filter(
      ([key, value]) => JSON.stringify(value) !== JSON.stringify(emptyDocument[key as keyof StudioDocument]),
    ),
  );
  const query = new URLSearchParams(view);
  if (Object.keys(said).length > 0) query.set("s", base64(JSON.stringify(said)));
  return query.toString();
}

export function fromAddress(hash: string): {
  readonly document: StudioDocument | null;
  readonly view: Readonly<Record<string, string>>;
} {
  const query = new URLSearchParams(hash.replace(/^#/, ""));
  const packed = query.get("s");
  query.delete("s");
  const view = Object.fromEntries(query);
  if (packed === null) return { document: null, view };
  try {
    return { document: readDocument(JSON.parse(unbase64(packed))), view };
  } catch {
    return { document: null, view };
  }
}

/** A document from a file or an address: what is not of the kind it should be is as in an empty one. */
export function readDocument(said: unknown): StudioDocument {
  if (typeof said !== "object" || said === null) return emptyDocument;
  const known = Object.entries(said).filter(([key, value]) => {
    if (!Object.hasOwn(emptyDocument, key)) return false;
    const plain = emptyDocument[key as keyof StudioDocument];
    if (["source", "convention"].includes(key)) return value === null || typeof value === "string";
    if (["flops", "price", "mfu"].includes(key))
      return value === null || (typeof value === "number" && value > 0);
    return typeof value === typeof plain && value !== null;
  });
  return { ...emptyDocument, ...Object.fromEntries(known), format: "isoflop.studio/1" };
}

const base64 = (text: string): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(text)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const unbase64 = (text: string): string =>
  new TextDecoder().decode(
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0)),
  );
