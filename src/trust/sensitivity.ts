import { drawnInterval, type Fit, fit, type Interval, type Objective } from "../fit/index.ts";
import type { Law } from "../laws/index.ts";
import { formatCount, formatNumber } from "../numeric/index.ts";
import type { Observations } from "../runs/index.ts";
import { exponentOf, type SensitivityKind } from "./choices/choice.ts";
import { flopCounts, parameterCounts } from "./choices/counts.ts";
import { groups, outliers, selection } from "./choices/left-out.ts";
import { minimisers } from "./choices/minimisers.ts";
import { objectives } from "./choices/objectives.ts";
import { rivalLaws } from "./choices/rival-laws.ts";
import { seeds } from "./choices/seeds.ts";
import { drawnSizes, isAsked, type Parameters, type QuestionOptions, reopen, withDraws } from "./reopen.ts";

/** What would have been decided under another choice. */
export interface SensitivityRow {
  readonly kind: SensitivityKind;
  /** The other choice, in words. */
  readonly choice: string;
  readonly rows: number;
  /** N*, D*, the loss there and a in N* ∝ C^a; null where the choice leaves the budget without an optimum. */
  readonly params: number | null;
  readonly tokens: number | null;
  readonly loss: number | null;
  readonly a: number | null;
  /** ln(N* / N* of the fit), the interval's end on that side being ±1: beyond it the choice matters more than the noise. */
  readonly moved: number | null;
  /** How far the objective lies above the fit's, as a share of it, where both measure the same (laws, minimisers). */
  readonly above: number | null;
  readonly note: string | null;
}

/** How far a decision rests on choices that the data did not make. */
export interface Sensitivity {
  readonly flops: number;
  readonly held: Readonly<Record<string, number>>;
  readonly fit: {
    readonly params: number;
    readonly tokens: number;
    readonly loss: number;
    readonly a: number | null;
    /** Of N*, from the bootstrap. */
    readonly interval: Interval | null;
    readonly draws: number;
  };
  readonly rows: readonly SensitivityRow[];
  readonly message: string;
}

export interface SensitivityOptions extends QuestionOptions {
  /** A fit of these observations: its objective and its fixed parameters are kept, and its draws where it has some. */
  fit?: Fit | null;
  objective?: string | Objective;
  fixed?: Parameters;
  weights?: Float64Array | null;
  /** All rows, where `observations` are a selection of them: the table then says what the selection does. */
  whole?: Observations | null;
  /** Laws to put beside this one; default those we know that take what the data have and have an optimum. */
  rivals?: readonly Law[] | null;
  bootstrap?: number;
  level?: number;
  seed?: number;
}

/** Laws whose objective lies at most this share above the fit's fit about as well, and are taken seriously. */
export const aboutAsWell = 0.1;

/**
 * The sensitivity table: how N* at a budget moves with every choice that a reader could have made otherwise.
 *
 * A row is a refit under one other choice: rows left out, parameters or FLOPs counted otherwise, another objective,
 * another law, a minimiser that stops early. Its move is measured by the fit's own bootstrap interval, whose ends are at
 * ±1: the unit in which a reviewer asks whether the interval tells the whole story. Refits start at the fit's optimum.
 *
 * @throws when the law has no optimum at the budget
 * @example sensitivity(chinchilla, observations, { flops: 1e24 }).message
 */
export function sensitivity(
  law: Law,
  observations: Observations,
  {
    fit: given = null,
    objective = "huber-log",
    fixed = {},
    weights = null,
    whole = null,
    rivals = null,
    flops = null,
    held = {},
    bootstrap = 200,
    level = 0.9,
    seed = 0,
  }: SensitivityOptions = {},
): Sensitivity {
  const own = given
    ? withDraws(given, observations, { bootstrap, level, seed, weights })
    : fit(law, observations, { objective, fixed, weights, bootstrap, level, seed });
  const base = reopen(own, observations, { flops, held, weights });
  const optimum = base.decide(base.parameters);
  if (!isAsked(base) || !optimum)
    throw new Error(
      `cannot tell how sensitive ${law.name} is: it has no compute-optimal size ${base.question ? `at ${base.question.flops} FLOPs` : "on these data"}`,
    );
  const { question } = base;
  const drawn = drawnSizes(own, base);
  const interval = drawn && drawnInterval(own.bootstrap!, drawn, level);
  const choices = [
    ...(weights ? [] : selection(base, whole)), // the rows left out have no weights
    ...outliers(base),
    ...groups(base, interval !== null),
    ...parameterCounts(base, weights),
    ...flopCounts(base),
    ...objectives(base),
    ...rivalLaws(base, rivals, { seed, weights }),
    ...minimisers(base),
    ...seeds(base, drawn, { level, seed, weights }),
  ];
  const rows = choices.map(
    ({ kind, choice, rows, optimum: found, a, above, note }): SensitivityRow => ({
      kind,
      choice,
      rows,
      params: found?.params ?? null,
      tokens: found?.tokens ?? null,
      loss: found?.loss ?? null,
      a,
      moved: found && interval && moveBy(optimum.params, found.params, interval),
      above,
      note,
    }),
  );
  return {
    flops: question.flops,
    held: question.held,
    fit: {
      params: optimum.params,
      tokens: optimum.tokens,
      loss: optimum.loss,
      a: exponentOf(law, base.parameters, question),
      interval,
      draws: own.bootstrap?.draws.length ?? 0,
    },
    rows,
    message: sentence(rows),
  };
}

/** Nobody chooses a size to a thousandth: runs without noise have intervals of rounding. */
const least = 1e-3;

/** How far one size lies from another, the end of its interval on that side being at ±1. */
function moveBy(from: number, to: number, { low, high }: Interval): number {
  const half = to > from ? Math.log(high / from) : Math.log(from / low);
  // an interval beside its own estimate has no such side
  return Math.log(to / from) / Math.max(half > 0 ? half : Math.log(high / low) / 2, least);
}

/** The choices that a verdict weighs, the strongest first: no careless minimiser, and no law that fits much worse. */
export function weighed({ rows }: Pick<Sensitivity, "rows">): SensitivityRow[] {
  return rows
    .filter(({ moved, kind, above }) => moved !== null && kind !== "minimiser" && (above ?? 0) <= aboutAsWell)
    .sort((x, y) => Math.abs(y.moved!) - Math.abs(x.moved!));
}

function sentence(rows: readonly SensitivityRow[]): string {
  const ranked = weighed({ rows });
  const [most] = ranked;
  if (!most) return "No other choice could be tried.";
  const beyond = ranked.filter(({ moved }) => Math.abs(moved!) > 1).length;
  const size = `${formatNumber(Math.abs(most.moved!), 2)} times as far as the interval reaches`;
  const worse = rows.some(({ kind, above }) => kind === "law" && above! > aboutAsWell)
    ? ` (laws that fit more than ${100 * aboutAsWell} % worse aside)`
    : "";
  return `${capital(most.choice)} moves N* most: to ${formatCount(most.params!)}, ${size}. ${
    beyond === 0
      ? "No choice moves it out of the interval"
      : `${beyond} of ${ranked.length} choices ${beyond === 1 ? "moves" : "move"} it out of the interval`
  }${worse}.`;
}

/** A law keeps its name as it is. */
const capital = (text: string): string =>
  text.startsWith("without") || text.startsWith("keep") ? text[0]!.toUpperCase() + text.slice(1) : text;
