import {
  allocation,
  basinFigure,
  drawPairs,
  type Figure,
  heldOutFigure,
  isoflopCurves,
  lossByCompute,
  lossSurface,
  residualFigure,
  tokenLadder,
  tornado,
} from "isoflop/figures";
import { type Fit, fit, fitSteps, type Refits, refitDraws } from "isoflop/fit";
import { readRuns } from "isoflop/import";
import { findLaw, isPlannable, type Law, lawFromFormula, laws, quantityAt } from "isoflop/laws";
import { type Cost, costOf, plan, worldModels } from "isoflop/plan";
import { report } from "isoflop/report";
import {
  contentHash,
  type Observations,
  observe,
  type Run,
  type Table,
  tableOfRuns,
  takeObservations,
  takeRows,
} from "isoflop/runs";
import { compare, diagnose, holdOut, lawsFor, rollingFolds } from "isoflop/trust";
import type { Recipe } from "../recipe.ts";
import type { Answer, Ask, Curve, Kind, LawEntry, Progress, Reply, Request, Seen } from "./messages.ts";

// What this worker has open. The page asks one question at a time of each, so that nothing here changes under an answer.
let table: Table | null = null;
let current: { fit: Fit; law: Law; observed: Observations } | null = null;
/** The whole table as one law sees it, kept while only the rows left out change. */
let seen: { key: string; all: Observations } | null = null;

type Answers = {
  [K in Kind]: (ask: Ask<K>, tell: (progress: Progress) => void) => Answer<K> | Promise<Answer<K>>;
};

const answers: Answers = {
  open({ text, origin }) {
    const source = readRuns(text, { origin });
    table = "columns" in source ? source : tableOfRuns(source, { origin });
    current = null;
    seen = null;
    return { table, laws: lawEntries(table), curves: "columns" in source ? [] : curvesOf(source) };
  },

  fit({ recipe }) {
    const began = performance.now();
    const law = lawOf(recipe);
    const all = observeAll(law, recipe);
    const out = new Set(recipe.excluded);
    const rows = Array.from(all.lines.keys()).filter((row) => !out.has(all.lines[row]!));
    const observed = rows.length === all.rows ? all : takeObservations(all, rows);
    const made = fit(law, observed, { objective: recipe.objective });
    current = { fit: made, law, observed };
    return {
      fit: made,
      law,
      all: seenOf(all),
      observed,
      milliseconds: performance.now() - began,
      ...planningWith(law, made, observed),
    };
  },

  drawn({ fit: drawn }) {
    if (current && current.fit.data.hash === drawn.data.hash && current.law.name === drawn.law.name)
      current = { ...current, fit: drawn };
    return null;
  },

  plan({ flops, held, hardware, price, mfu }) {
    const made = plan(opened().fit, flops, { held });
    return { plan: made, cost: costFor(flops, hardware, price, mfu) };
  },

  figure({ name, flops, held, diagnosis }) {
    const { fit: made, law, observed } = opened();
    switch (name) {
      case "compute":
        return lossByCompute(observed, made);
      case "isoflop":
        return isoflopCurves(observed, made);
      case "allocation":
        return allocation(made, flops === null ? {} : { upTo: flops * 2 });
      case "surface":
        return lossSurface(law, plan(made, flops ?? 10 * made.range.flops![1], { held }), { observed });
      case "residuals":
        return residualFigure(made, observed);
      case "draws":
        return drawPairs(made);
      case "ladder":
        return tokenLadder(worldModels, {
          mine: flops === null ? null : { name: "this plan", ...plan(made, flops, { held }).optimum },
        });
      case "tornado":
        if (!diagnosis?.sensitivity)
          throw new Error("no other choice of this fit has a best size to compare");
        return tornado(diagnosis.sensitivity);
      case "basins":
        if (!diagnosis) throw new Error("diagnose the fit first");
        return basinFigure(diagnosis.basins);
      case "heldout":
        throw new Error("compare laws first");
    }
  },

  async draw({ law, observed, objective, counts }, tell) {
    // draw i depends on the seed and on i alone, so what a smaller count has drawn serves the larger one
    const kept: Refits[] = [];
    let made: Fit | null = null;
    for (const count of counts) {
      const steps = fitSteps(law, observed, { objective, bootstrap: count });
      let ordinal = 0;
      let step = steps.next();
      while (!step.done) {
        const job = step.value;
        const have = [...(kept[ordinal] ?? [])];
        while (have.length < job.count) {
          const began = performance.now();
          const to = Math.min(job.count, have.length + 8);
          have.push(...refitDraws(job, have.length, to));
          if (ordinal > 0) tell({ done: have.length, total: counts.at(-1)! });
          // the page may have ended this work meanwhile, and others want the core as well
          if (performance.now() - began > 4) await breathe();
        }
        kept[ordinal++] = have;
        step = steps.next(have);
      }
      made = step.value;
      if (count !== counts.at(-1)) tell({ done: count, total: counts.at(-1)!, fit: made });
    }
    return made!;
  },

  compare({ observed, table: open, laws: names, recipe, flops }) {
    const chosen = names.map((name) => findLaw(name));
    const kept = keptRows(open, observed);
    const comparison = compare(chosen, kept, {
      objective: recipe.objective,
      targetFlops: flops,
      observing: observing(recipe),
    });
    return { comparison, heldOut: heldOutOf(comparison.laws[0]?.law ?? null, kept, recipe) };
  },

  report({ flops, held, diagnosis, comparison, commands }) {
    const { fit: made, observed } = opened();
    // a diagnosis or a comparison of an earlier fit does not belong to this one
    const own = diagnosis?.basis.hash === contentHash(made) ? diagnosis : null;
    const alike = comparison?.data.hash === observed.hash ? comparison : null;
    const planned = flops === null ? null : plan(made, flops, { held });
    return report(
      { fit: made, plan: planned, diagnosis: own, comparison: alike, observations: observed },
      { commands },
    );
  },

  diagnose({ fit: made, observed, flops, held }) {
    return diagnose(made, observed, { flops, held });
  },
};

function opened(): NonNullable<typeof current> {
  if (!current) throw new Error("there is no fit yet: open runs and choose a law that fits them");
  return current;
}

function lawOf({ law }: Recipe): Law {
  return law.kind === "named"
    ? findLaw(law.name)
    : lawFromFormula(law.formula, { inputs: law.inputs, output: law.output });
}

function observing({ map, convention, skipBadRows }: Recipe): Parameters<typeof observe>[2] {
  return { map, skipBadRows, convention: convention === null ? {} : { params: convention } };
}

function observeAll(law: Law, recipe: Recipe): Observations {
  if (!table) throw new Error("no runs are open");
  const { map, convention, skipBadRows } = recipe;
  const key = JSON.stringify([law.inputs, law.output, map, convention, skipBadRows]);
  if (seen?.key !== key) {
    const wanted = { inputs: Object.keys(law.inputs), output: law.output };
    const known = Object.fromEntries(
      Object.entries(map).filter(([quantity]) => [...wanted.inputs, wanted.output].includes(quantity)),
    );
    seen = { key, all: observe(table, wanted, { ...observing(recipe), map: known }) };
  }
  return seen.all;
}

function seenOf({ rows, columns, lines, mapping, skipped, notes, hash }: Observations): Seen {
  return { rows, columns, lines, mapping, skipped, notes, hash };
}

/** The table's rows that the fit saw: other laws may ask for other columns of them. */
function keptRows(open: Table, observed: Observations): Table {
  const lines = new Set(observed.lines);
  const rows = Array.from(open.lineNumbers.keys()).filter((row) => lines.has(open.lineNumbers[row]!));
  return takeRows(open, rows);
}

function heldOutOf(name: string | null, kept: Table, recipe: Recipe): Figure | null {
  if (name === null) return null;
  try {
    const law = findLaw(name);
    const observed = observe(
      kept,
      { inputs: Object.keys(law.inputs), output: law.output },
      observing(recipe),
    );
    const { folds } = rollingFolds(observed);
    return heldOutFigure(name, holdOut(law, observed, folds), folds, observed, law.output);
  } catch {
    return null; // there is nothing to hold out; the comparison says why
  }
}

/** Whether a budget can be split with the law, and what else has to be known for it. */
function planningWith(
  law: Law,
  { status }: Fit,
  observed: Observations,
): { plannable: string | null; needs: Readonly<Record<string, number>> } {
  const others = Object.keys(law.inputs).filter((quantity) => quantityAt(quantity, 1, 1) === null);
  const needs = Object.fromEntries(
    others.map((quantity) => [quantity, largest(observed.columns[quantity]!)]),
  );
  const no = (plannable: string): { plannable: string; needs: Readonly<Record<string, number>> } => ({
    plannable,
    needs: {},
  });
  if (status === "non-finite") return no("The fit has no finite value.");
  if (law.noBudget !== undefined) return no(law.noBudget);
  if (isPlannable(law, needs)) return { plannable: null, needs };
  return no(
    law.output === "loss"
      ? `A budget needs both params and tokens, and ${law.name} takes ${Object.keys(law.inputs).join(", ")}.`
      : `A budget is split by the loss, and ${law.name} predicts ${law.output}.`,
  );
}

const largest = (column: Float64Array): number => column.reduce((most, value) => Math.max(most, value), 0);

function costFor(flops: number, hardware: string, price: number | null, mfu: number | null): Cost | null {
  try {
    return costOf({ flops, hardware, pricePerHourUsd: price, mfu });
  } catch {
    return null; // hardware that does not train
  }
}

function lawEntries(open: Table): LawEntry[] {
  const able = new Set(
    ["loss", "accuracy", "error"].flatMap((output) => lawsFor(open, output).map(({ name }) => name)),
  );
  return laws.map(({ name, title, kind, formula, inputs, output, source }) => ({
    name,
    title,
    kind,
    formula,
    inputs: Object.keys(inputs),
    output,
    source: source === null ? "" : `${source.authors} ${source.year}`,
    able: able.has(name),
  }));
}

function curvesOf(runs: readonly Run[]): Curve[] {
  return runs.flatMap(({ id, curve, parameters }): Curve[] => {
    const all = curve ?? [];
    const measured = all.filter(({ split }) => split === "validation");
    const points = (measured.length > 1 ? measured : all).filter(
      ({ tokens, loss }) => tokens > 0 && Number.isFinite(loss),
    );
    if (points.length < 2) return [];
    return [
      {
        name: id,
        params: parameters.active ?? parameters.total ?? Object.values(parameters)[0] ?? null,
        tokens: Float64Array.from(points, ({ tokens }) => tokens),
        loss: Float64Array.from(points, ({ loss }) => loss),
      },
    ];
  });
}

const breathe = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

self.onmessage = async ({ data }: MessageEvent<Request>): Promise<void> => {
  const { id, kind, ask } = data;
  const reply = (message: Reply): void => self.postMessage(message);
  try {
    const answer = await (answers[kind] as (ask: unknown, tell: (progress: Progress) => void) => unknown)(
      ask,
      (progress) => reply({ id, progress }),
    );
    reply({ id, answer });
  } catch (error) {
    reply({ id, error: error instanceof Error ? error.message : String(error) });
  }
};
