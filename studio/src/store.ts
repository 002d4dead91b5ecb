import type { Figure } from "isoflop/figures";
import type { Fit } from "isoflop/fit";
import type { Law } from "isoflop/laws";
import type { Cost, Plan } from "isoflop/plan";
import type { Report } from "isoflop/report";
import type { Observations, Table } from "isoflop/runs";
import type { Comparison, Diagnosis } from "isoflop/trust";
import { useSyncExternalStore } from "react";
import {
  change,
  emptyDocument,
  fromAddress,
  type History,
  newHistory,
  recipeOf,
  redo,
  type StudioDocument,
  toAddress,
  undo,
} from "./document.ts";
import { type Engine, newest, openEngine } from "./engine/engine.ts";
import type { Curve, FigureName, LawEntry, Seen } from "./engine/messages.ts";

export type Tab = "explore" | "compare" | "trust" | "report" | "sweep";

export interface Opened {
  readonly name: string;
  readonly text: string;
  readonly table: Table;
  readonly laws: readonly LawEntry[];
  readonly curves: readonly Curve[];
}

export interface Fitted {
  readonly fit: Fit;
  readonly law: Law;
  readonly all: Seen;
  readonly observed: Observations;
  readonly milliseconds: number;
  readonly plannable: string | null;
  readonly needs: Readonly<Record<string, number>>;
}

/** Something that is worked out on request. */
interface Work<Result> {
  readonly busy: boolean;
  readonly result: Result | null;
  readonly error: string | null;
  /** The hash of the data and the name of the law that it is of. */
  readonly of: string | null;
}

export interface State {
  readonly history: History;
  readonly opened: Opened | null;
  readonly opening: string | null;
  readonly openError: { readonly name: string; readonly message: string } | null;
  readonly fitted: Fitted | null;
  readonly fitting: boolean;
  readonly fitError: string | null;
  /** The same fit with draws, once there are some. */
  readonly drawn: Fit | null;
  readonly drawing: { readonly done: number; readonly total: number } | null;
  readonly plan: { readonly plan: Plan; readonly cost: Cost | null } | null;
  readonly planError: string | null;
  readonly comparison: Work<{ readonly comparison: Comparison; readonly heldOut: Figure | null }>;
  readonly diagnosis: Work<Diagnosis>;
  readonly tab: Tab;
  readonly figure: FigureName | "curves";
  readonly sweep: string | null;
  /** Lines of the runs that are pointed at in the picture or in the table. */
  readonly hovered: number | null;
  /** A figure of the folder that is looked at. */
  readonly viewed: { readonly name: string; readonly figure: Figure } | null;
  readonly notice: { readonly text: string; readonly kind: "done" | "failed" } | null;
}

const idle = { busy: false, result: null, error: null, of: null } as const;
const draws = [60, 400] as const;

let state: State = {
  history: newHistory(emptyDocument),
  opened: null,
  opening: null,
  openError: null,
  fitted: null,
  fitting: false,
  fitError: null,
  drawn: null,
  drawing: null,
  plan: null,
  planError: null,
  comparison: idle,
  diagnosis: idle,
  tab: "explore",
  figure: "compute",
  sweep: null,
  hovered: null,
  viewed: null,
  notice: null,
};

const listeners = new Set<() => void>();

function set(part: Partial<State>): void {
  state = { ...state, ...part };
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** A part of the state; `choose` has to give the same object while nothing in it changed. */
export function useStudio<Part>(choose: (state: State) => Part): Part {
  return useSyncExternalStore(subscribe, () => choose(state));
}

export const documentOf = ({ history }: State): StudioDocument => history.present;

/** What results are of: they are stale when it differs. */
export const keyOf = ({ fit, law }: Pick<Fitted, "fit" | "law">): string =>
  `${law.name} ${law.formula} ${fit.objective.name} ${fit.data.hash}`;

/** The best there is of the fit: with draws where they are done. */
export const bestFit = ({ fitted, drawn }: State): Fit | null =>
  fitted && drawn && drawn.data.hash === fitted.fit.data.hash ? drawn : (fitted?.fit ?? null);

/** The budget that is asked about: as chosen, else ten times the largest run. */
export const budgetOf = ({ history, fitted }: State): number | null =>
  history.present.flops ?? (fitted?.fit.range.flops ? 10 * fitted.fit.range.flops[1] : null);

/** What the law's other inputs are held at: as chosen, else as in the largest of the runs. */
const heldOf = ({ history, fitted }: State): Readonly<Record<string, number>> => {
  const { held } = history.present;
  const needs = Object.entries(fitted?.needs ?? {});
  return Object.fromEntries(needs.map(([quantity, most]) => [quantity, held[quantity] ?? most]));
};

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

// ── the workers ──────────────────────────────────────────────────────────────────────────────────────────────────

/** Answers at once: opens, fits, plans, makes pictures. */
const quick = openEngine();
/** Draws; ended and begun again when the data change under it. */
let drawer: Engine | null = null;
let comparer: Engine | null = null;
let diagnoser: Engine | null = null;
let drawTimer: ReturnType<typeof setTimeout> | undefined;

const refit = newest<null>(async () => {
  const { opened } = state;
  if (!opened) return;
  set({ fitting: true });
  try {
    const fitted = await quick.ask("fit", { recipe: recipeOf(state.history.present) });
    if (state.opened !== opened) return;
    set({ fitted, fitting: false, fitError: null, drawn: null, drawing: { done: 0, total: draws.at(-1)! } });
    replan(null);
    drawSoon(fitted);
  } catch (error) {
    endDrawing();
    set({ fitting: false, fitError: message(error), fitted: null, drawn: null, drawing: null, plan: null });
  }
});

function endDrawing(): void {
  clearTimeout(drawTimer);
  drawer?.end();
  drawer = null;
}

function drawSoon({ law, observed, fit }: Fitted): void {
  endDrawing();
  if (fit.status === "non-finite") {
    set({ drawing: null });
    return;
  }
  const key = keyOf({ law, fit });
  const current = (): boolean => state.fitted !== null && keyOf(state.fitted) === key;
  const take = async (drawn: Fit, done: boolean): Promise<void> => {
    if (!current()) return;
    await quick.ask("drawn", { fit: drawn });
    if (!current()) return;
    set({ drawn, ...(done ? { drawing: null } : {}) });
    replan(null);
  };
  drawTimer = setTimeout(() => {
    const engine = openEngine();
    drawer = engine;
    engine
      .ask(
        "draw",
        { law, observed, objective: fit.objective.name, counts: draws },
        ({ done, total, fit: part }) => {
          if (!current()) return;
          set({ drawing: { done, total } });
          if (part) void take(part, false);
        },
      )
      .then(
        (drawn) => take(drawn, true),
        () => current() && set({ drawing: null }),
      )
      .finally(() => engine.end());
  }, 120);
}

const replan = newest<null>(async () => {
  const { fitted } = state;
  const flops = budgetOf(state);
  if (!fitted || flops === null || fitted.plannable !== null) {
    set({ plan: null, planError: null });
    return;
  }
  const { hardware, price, mfu } = state.history.present;
  const held = heldOf(state);
  try {
    set({ plan: await quick.ask("plan", { flops, held, hardware, price, mfu }), planError: null });
  } catch (error) {
    set({ plan: null, planError: message(error) });
  }
});

/** A picture of what is open now. */
export function askFigure(name: FigureName, flops: number | null): Promise<Figure> {
  return quick.ask("figure", {
    name,
    flops,
    held: heldOf(state),
    diagnosis: state.diagnosis.result,
  });
}

/** The report of what is open now, with what was looked into. */
export function askReport(): Promise<Report> {
  const { fitted, diagnosis, comparison } = state;
  return quick.ask("report", {
    flops: fitted?.plannable === null ? budgetOf(state) : null,
    held: heldOf(state),
    diagnosis: diagnosis.result,
    comparison: comparison.result?.comparison ?? null,
    commands: [],
  });
}

// ── what a person does ───────────────────────────────────────────────────────────────────────────────────────────

export async function openText(
  name: string,
  text: string,
  document: StudioDocument | null = null,
): Promise<void> {
  set({ opening: name, openError: null });
  try {
    const { table, laws, curves } = await quick.ask("open", { text, origin: name.split("/").at(-1)! });
    const known = document ?? { ...emptyDocument, hardware: state.history.present.hardware };
    endDrawing();
    set({
      opening: null,
      opened: { name, text, table, laws, curves },
      history: newHistory({ ...known, source: name }),
      fitted: null,
      drawn: null,
      drawing: null,
      plan: null,
      fitError: null,
      comparison: idle,
      diagnosis: idle,
      ...(document === null ? { tab: "explore" as const } : {}),
      sweep: null,
    });
    refit(null);
  } catch (error) {
    set({ opening: null, openError: { name, message: message(error) } });
  }
}

/** Changes what was decided; what follows from it is worked out anew. */
export function decide(part: Partial<StudioDocument>, gesture: string | null = null): void {
  const { present } = state.history;
  moveTo(change(state.history, { ...present, ...part }, gesture));
}

export const undoOnce = (): void => moveTo(undo(state.history));
export const redoOnce = (): void => moveTo(redo(state.history));
/** The next change is a step of its own. */
export const endGesture = (): void => set({ history: { ...state.history, gesture: null } });

function moveTo(history: History): void {
  const before = state.history.present;
  set({ history });
  const { present } = history;
  if (JSON.stringify(recipeOf(before)) !== JSON.stringify(recipeOf(present))) refit(null);
  else replan(null);
}

export function exclude(lines: readonly number[], reason: string): void {
  const { excluded } = state.history.present;
  decide({ excluded: { ...excluded, ...Object.fromEntries(lines.map((line) => [line, reason])) } });
}

export function include(lines: readonly number[]): void {
  const out = new Set(lines.map(String));
  const { excluded } = state.history.present;
  decide({ excluded: Object.fromEntries(Object.entries(excluded).filter(([line]) => !out.has(line))) });
}

export function compareLaws(names: readonly string[]): void {
  const { fitted, opened } = state;
  if (!fitted || !opened) return;
  comparer?.end();
  const engine = openEngine();
  comparer = engine;
  const of = keyOf(fitted);
  set({ comparison: { ...state.comparison, busy: true, error: null } });
  engine
    .ask("compare", {
      observed: fitted.observed,
      table: opened.table,
      laws: names,
      recipe: recipeOf(state.history.present),
      flops: budgetOf(state),
    })
    .then(
      (result) => set({ comparison: { busy: false, result, error: null, of } }),
      (error) => set({ comparison: { busy: false, result: null, error: message(error), of } }),
    )
    .finally(() => engine.end());
}

export function stopComparing(): void {
  comparer?.end();
  set({ comparison: { ...state.comparison, busy: false } });
}

export function diagnoseFit(): void {
  const { fitted } = state;
  const fit = bestFit(state);
  if (!fitted || !fit) return;
  diagnoser?.end();
  const engine = openEngine();
  diagnoser = engine;
  const of = keyOf(fitted);
  set({ diagnosis: { ...state.diagnosis, busy: true, error: null } });
  engine
    .ask("diagnose", {
      fit,
      observed: fitted.observed,
      flops: fitted.plannable === null ? budgetOf(state) : null,
      held: heldOf(state),
    })
    .then(
      (result) => set({ diagnosis: { busy: false, result, error: null, of } }),
      (error) => set({ diagnosis: { busy: false, result: null, error: message(error), of } }),
    )
    .finally(() => engine.end());
}

export const show = (
  part: Partial<Pick<State, "tab" | "figure" | "sweep" | "hovered" | "notice" | "openError" | "viewed">>,
): void => set(part);

let noticeTimer: ReturnType<typeof setTimeout> | undefined;

/** A sentence that goes away by itself. */
export function say(text: string, kind: "done" | "failed" = "done"): void {
  clearTimeout(noticeTimer);
  set({ notice: { text, kind } });
  noticeTimer = setTimeout(() => set({ notice: null }), 6000);
}

// ── the address ──────────────────────────────────────────────────────────────────────────────────────────────────

export const addressOf = ({ history, tab, figure, sweep }: State): string =>
  toAddress(history.present, { tab, figure, ...(sweep === null ? {} : { sweep }) });

/** Where the page was opened: what it should show, to be opened by whoever can read the folder. */
export function readAddress(): StudioDocument | null {
  const { document, view } = fromAddress(location.hash);
  const tabs: readonly string[] = ["explore", "compare", "trust", "report", "sweep"];
  if (view.tab && tabs.includes(view.tab)) set({ tab: view.tab as Tab });
  if (view.figure) set({ figure: view.figure as State["figure"] });
  if (view.sweep) set({ sweep: view.sweep });
  return document;
}

let addressTimer: ReturnType<typeof setTimeout> | undefined;
subscribe(() => {
  clearTimeout(addressTimer);
  addressTimer = setTimeout(() => {
    const next = `#${addressOf(state)}`;
    if (next !== location.hash) history.replaceState(null, "", next);
  }, 250);
});
