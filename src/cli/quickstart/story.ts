import { type Fit, type FrontierFit, frontierAt, type Interval } from "../../fit/index.ts";
import { formatCount, formatDuration, formatFlops, formatNumber } from "../../numeric/index.ts";
import { predict } from "../../plan/index.ts";
import type { Run } from "../../runs/index.ts";
import type { Checked, LadderFits, Pinned } from "../../sweep/index.ts";
import type { Ladder } from "../../train/index.ts";
import type { Paint } from "../answer.ts";
import { spanText } from "../quantity-text.ts";
import { columns, wrap } from "../text.ts";
import { lossTable } from "./table.ts";

/** All that a quickstart found. */
export interface Found {
  readonly ladder: Ladder;
  readonly text: string;
  readonly runs: readonly Run[];
  readonly budgetOf: (spec: { readonly id: string }) => number;
  readonly fits: LadderFits;
  /** For 10 and 100 times the largest budget; null where the law has no best size. */
  readonly plans: readonly [Pinned | null, Pinned | null];
  /** Of the plan for 10 times; null where it was not asked for. */
  readonly check: readonly Checked[] | null;
}

/** What will be trained, before it is. */
export function designLines(
  { ladder, text, engine }: { readonly ladder: Ladder; readonly text: string; readonly engine: string },
  paint: Paint,
): string[] {
  const { specs, budgets, cores, expectedSeconds, flops, uniqueTokens, leastSteps } = ladder;
  const sizes = specs.map(({ parameters }) => parameters.total ?? 0);
  const repeats = repeatsOf(ladder);
  const build = engine.startsWith("native") ? "compiled for this machine" : "in WebAssembly";
  const short =
    leastSteps < 300
      ? ` There is little time, so the shortest run has ${leastSteps} steps; below about 500 two seeds differ visibly.`
      : "";
  return [
    ...wrap(
      `${paint.bold("A ladder of real models:")} ${specs.length} transformers of ${formatCount(Math.min(...sizes))} to ${formatCount(Math.max(...sizes))} parameters on ${budgets.length} budgets of ${formatFlops(budgets[0])} to ${formatFlops(budgets[budgets.length - 1])} FLOPs, ${formatFlops(flops)} FLOPs in all; ${build}, on ${cores} ${cores === 1 ? "core" : "cores"}, about ${formatDuration(expectedSeconds)}.`,
    ),
    ...wrap(
      `${paint.bold("Text:")} ${text}, ${formatCount(uniqueTokens)} bytes to train on. ${repeats.text}${short}`,
    ),
    ...wrap("Ctrl-C stops it; the same command goes on."),
    "",
  ];
}

/** How many of a ladder's budgets the text lasts for. */
function repeatsOf({ specs, budgets, uniqueTokens }: Ladder): { text: string } {
  const most = budgets.map((budget) =>
    Math.max(...specs.filter(({ id }) => budgetOfId(id) === budget).map(({ tokens }) => tokens)),
  );
  const within = most.filter((tokens) => tokens <= uniqueTokens).length;
  if (within === budgets.length) return { text: "It lasts for every run without repeating a word." };
  const epochs = formatNumber(Math.max(...most) / uniqueTokens, 2);
  return {
    text: `It lasts for every run of ${within === 0 ? "none" : `the first ${within}`} of the ${budgets.length} budgets; on the others the smallest models read it again, up to ${epochs} times, which is counted.`,
  };
}

/** The budget that a run's id begins with: "c1e11-d16-l2-s0". */
export function budgetOfId(id: string): number {
  return Number(/^c([\d.e]+)-/.exec(id)?.[1] ?? Number.NaN);
}

export function storyLines(found: Found, paint: Paint): string[] {
  const { ladder, runs, fits, plans, check, budgetOf } = found;
  const step = (n: number, title: string): string => paint.bold(`${n}. ${title}`);
  const losses = new Map(runs.map((run) => [run.id, lossOf(run)]));
  const largest = ladder.budgets[ladder.budgets.length - 1];
  return [
    step(1, `${runs.length} models trained: validation loss, nats per byte`),
    ...lossTable({ specs: ladder.specs, budgetOf, losses, paint }),
    ...wrap("Columns are parameters; * is the lowest loss of a budget; seeds are averaged.", {
      first: "         ",
    }).map(paint.dim),
    "",
    step(2, "How the best size grows with compute: N* ∝ C^a, three ways"),
    ...columns([["approach", "a", "90 % interval", "from"].map(paint.dim), ...approachRows(fits)], {
      indent: 3,
      align: ["left", "right", "left", "left"],
    }),
    "",
    ...lawLines(found).flatMap((text) => wrap(text, { first: "   " })),
    "",
    step(
      3,
      `Plans for 10× and 100× the compute: ${[10, 100].map((times) => formatFlops(times * largest)).join(" and ")} FLOPs`,
    ),
    ...columns(
      [
        ["", "by", "N*", "90 % interval", "D*", "epochs", "loss", "N* is pinned"].map(paint.dim),
        ...plans.flatMap((one, i) =>
          one
            ? [planRow(one, i === 0 ? "10×" : "100×", ladder.uniqueTokens), minimaRow(fits.isoflop, one)]
            : [],
        ),
      ],
      { indent: 3, align: ["left", "left", "right", "left", "right", "right", "right", "left"] },
    ),
    "",
    step(4, "What this ladder can say, and what it cannot"),
    ...verdicts(found).flatMap((text) => wrap(text, { first: "   · ", rest: "     " })),
    ...(check === null ? [] : ["", step(5, "The plan, put to the test"), ...checkLines(check, paint)]),
  ];
}

function lossOf({ losses }: Run): number {
  return losses.find(({ unit }) => unit === "nats/token")?.value ?? Number.NaN;
}

function approachRows({ envelope, isoflop, law, bent }: LadderFits): string[][] {
  const row = (name: string, exponents: FrontierFit["exponents"], from: string): string[] => [
    name,
    exponents ? formatNumber(exponents.a, 3) : "–",
    between(exponents?.interval ?? null),
    from,
  ];
  const budgets = (count: number): string => `${count} ${count === 1 ? "budget" : "budgets"}`;
  return [
    row("1 envelope", envelope.exponents, `${envelope.optima.length} runs that no cheaper one beats`),
    row("2 minima", isoflop.exponents, `parabolas on ${budgets(isoflop.optima.length)}`),
    row("3 law", law.exponents, `all ${law.rows} runs`),
    row("3 bent law", bent.exponents, `all ${bent.rows} runs`),
  ];
}

const between = (interval: Interval | null): string =>
  interval ? `${formatNumber(interval.low, 3)} … ${formatNumber(interval.high, 3)}` : "–";

function lawLines({ fits: { law, bent, heldOut, chosen, stableRuns } }: Found): string[] {
  const value = (of: Fit, name: string): string => formatNumber(of.parameters[name].value, 3);
  const off = ({ residuals }: Fit): string => {
    const squares = residuals.values?.map((one) => one * one) ?? [];
    return `off by ${formatNumber(100 * Math.sqrt(squares.reduce((sum, one) => sum + one, 0) / Math.max(1, squares.length)), 2)} %`;
  };
  const terms = (of: Fit): string =>
    `${value(of, "A")} / N^${value(of, "alpha")} + ${value(of, "B")} / D^${value(of, "beta")}`;
  const best = chosen === bent ? "bent" : "straight";
  const doubted = heldOut !== null && heldOut.error.bent < heldOut.error.law && chosen === law;
  return [
    `law: L = ${value(law, "E")} + ${terms(law)}, ${off(law)} (rms)`,
    `bent law: L = ${value(bent, "E")} + (${terms(bent)})^${value(bent, "gamma")}, ${off(bent)}`,
    heldOut === null
      ? "Too few runs to hold the largest budgets out; the plans rest on the law."
      : `Fitted without the largest budgets, the law predicts their ${heldOut.rows} runs to ${formatNumber(100 * heldOut.error.law, 2)} % and the bent one to ${formatNumber(100 * heldOut.error.bent, 2)} %${doubted ? `, but that fit is ${bent.status}` : ""}: plans rest on the ${best} one.`,
    `Runs that share a stable phase share its luck: intervals draw the ${stableRuns} stable runs as wholes.`,
  ];
}

function planRow(
  { plan: { optimum, intervals }, verdict, factor }: Pinned,
  times: string,
  unique: number,
): string[] {
  const interval = intervals?.params;
  return [
    times,
    "law",
    formatCount(optimum.params),
    interval ? spanText("params", [interval.low, interval.high]) : "–",
    formatCount(optimum.tokens),
    formatNumber(optimum.tokens / unique, 2),
    optimum.loss === null ? "–" : formatNumber(optimum.loss, 4),
    `${verdict === "not" ? "not really" : verdict}${factor === null ? "" : ` (${formatNumber(factor, 2)}×)`}`,
  ];
}

/** The same by approach 2, which knows no loss. */
function minimaRow({ laws, bootstrap }: FrontierFit, { plan: { budget } }: Pinned): string[] {
  if (!laws) return ["", "minima", "–", "–", "–", "", "", ""];
  const { params, tokens } = frontierAt(laws, budget.flops);
  const drawn = (bootstrap?.draws ?? []).map(([k, a]) => k * budget.flops ** a).sort((x, y) => x - y);
  const at = (share: number): number => drawn[Math.round(share * (drawn.length - 1))];
  const between = drawn.length > 0 ? spanText("params", [at(0.05), at(0.95)]) : "–";
  return ["", "minima", formatCount(params), between, formatCount(tokens), "", "", ""];
}

/** What the runs pin down and what they don't, in sentences. */
function verdicts({ ladder, runs, fits, plans }: Found): string[] {
  const { isoflop, law, envelope, chosen } = fits;
  const lowest = Math.min(...runs.map(lossOf).filter(Number.isFinite));
  const E = chosen.parameters.E;
  const minima = isoflop.optima.length;
  const all = minima + isoflop.refused.length;
  const diverged = runs.filter(({ status }) => status === "diverged").length;
  const repeated = runs.filter(({ extra }) => Number(extra.epochs) > 1);
  const span = ladder.budgets[ladder.budgets.length - 1] / ladder.budgets[0];
  return [
    `Can: where the best size lies on ${minima === all ? `each of the ${all}` : `${minima} of the ${all}`} budgets trained${minima === all ? ": all have a minimum between their sizes" : "; on the others it is at an end or hidden by noise"}.`,
    ...exponentVerdict(isoflop, law),
    ...(envelope.optima.length < 3 * minima
      ? [
          `Weak: approach 1, which sees only the ${envelope.optima.length} best runs and moves from size to size in steps.`,
        ]
      : []),
    `Cannot: E, the loss of an endless model and text. ${formatNumber(E.value, 3)}${E.interval ? ` (${between(E.interval)})` : ""} is the law's guess from losses of ${formatNumber(lowest, 3)} and more.`,
    ...(plans[0] === null || plans[1] === null
      ? ["Cannot: a plan. The law's loss falls all the way to one end of a budget; train longer."]
      : []),
    ...formVerdict(fits, plans[0]),
    ...(plans[1]?.verdict === "not"
      ? [
          `Cannot: a plan for 100 times the compute; its interval spans a factor of ${formatNumber(plans[1].factor ?? Number.NaN, 2)}.`,
        ]
      : []),
    ...(plans[1] && plans[1].plan.optimum.tokens > ladder.uniqueTokens
      ? [
          `Cannot: what repeating the text costs. The plan for 100× wants it ${formatNumber(plans[1].plan.optimum.tokens / ladder.uniqueTokens, 2)} times, which the law takes for new text.`,
        ]
      : []),
    ...(repeated.length > 0
      ? [
          `${repeated.length} of ${runs.length} runs read the text more than once; the law takes that for new text too.`,
        ]
      : []),
    ...(diverged > 0 ? [`${diverged} runs diverged and have no loss; the fits leave them out.`] : []),
    ...(span < 10
      ? [
          `The budgets span a factor of ${formatNumber(span, 2)}: enough to see how it is done, too little for an exponent.`,
        ]
      : []),
    "The recipe (bytes, 128 of context, one rate rule for all sizes) was chosen beforehand on such runs: the exponents illustrate, they are no discovery about large models.",
  ];
}

/** Two forms that fit alike and part beyond the data: no interval of either knows of that. */
function formVerdict({ law, bent, chosen }: LadderFits, ten: Pinned | null): string[] {
  if (ten === null || bent.status === "non-finite") return [];
  const { params, tokens } = ten.plan.optimum;
  const [straight, other] = [law, bent].map((made) => predict(made, { params, tokens }).value);
  if (Math.abs(Math.log(other / straight)) < 0.02) return [];
  const [mine, theirs] = chosen === law ? [straight, other] : [other, straight];
  return [
    `Cannot: the loss at 10×. The plan's law says ${formatNumber(mine, 3)} and the other, hardly worse on these runs, ${formatNumber(theirs, 3)}; no interval of one knows of the other.`,
  ];
}

/** Intervals wider than this leave an exponent open: between them lie all that the field has argued about. */
const openExponent = 0.25;

function exponentVerdict({ exponents: two }: FrontierFit, { exponents: three }: Fit): string[] {
  if (!two?.interval || !three?.interval) return [];
  const [x, y] = [two.interval, three.interval];
  if (Math.max(x.high - x.low, y.high - y.low) > openExponent)
    return [
      `Cannot: the exponent a. By approach 2 it lies in ${between(x)}, by approach 3 in ${between(y)}; longer ladders narrow it.`,
    ];
  return x.low > y.high || y.low > x.high
    ? [
        "Careful: approaches 2 and 3 disagree about a beyond their intervals; what they assume matters more than the noise.",
      ]
    : ["Can, within limits: a. Approaches 2 and 3 agree about it within their intervals."];
}

function checkLines(check: readonly Checked[], paint: Paint): string[] {
  const rows = check.map(({ params, tokens, predicted, interval, actual, error, inside, otherwise }) => [
    formatCount(params),
    formatCount(tokens),
    predicted.toFixed(4),
    interval ? `${interval.low.toFixed(3)} … ${interval.high.toFixed(3)}` : "–",
    actual === null ? "–" : actual.toFixed(4),
    error === null ? "–" : `${error > 0 ? "+" : ""}${formatNumber(100 * error, 2)} %`,
    inside === null ? "" : inside ? paint.green("inside") : paint.yellow("outside"),
    otherwise.toFixed(4),
  ]);
  return [
    ...columns(
      [
        ["params", "tokens", "predicted", "90 % interval", "actual", "off by", "", "other law"].map(
          paint.dim,
        ),
        ...rows,
      ],
      { indent: 3, align: ["right", "right", "right", "left", "right", "right", "left", "right"] },
    ),
    ...checkText(check).flatMap((text) => wrap(text, { first: "   " })),
  ];
}

/** What came of the predictions, in sentences; the first is the planned model's. */
function checkText(check: readonly Checked[]): string[] {
  const ended = check.filter(({ actual }) => actual !== null);
  if (ended.length === 0) return ["It has not ended: the run diverged or was stopped."];
  const [planned] = check;
  const best = ended.reduce((x, y) => (y.actual! < x.actual! ? y : x));
  const others = ended.length > 1;
  return [
    ...(planned.error === null
      ? []
      : [
          `Written down before it was trained: the planned model ended ${formatNumber(100 * Math.abs(planned.error), 2)} % ${planned.error > 0 ? "above" : "below"} what the law said, ${planned.inside ? "inside" : "outside"} the interval of a single new run.`,
        ]),
    ...(planned.actual !== null &&
    (planned.actual - planned.predicted) * (planned.actual - planned.otherwise) < 0
      ? ["It lies between what the two laws said: which form is right is more than this ladder can tell."]
      : []),
    ...(others && planned.actual !== null
      ? [
          best.id === planned.id
            ? `${ended.length === 2 ? "The other size did no" : "Neither other size did"} better on the same budget.`
            : `On the same budget ${formatCount(best.params)} parameters did better, by ${formatNumber(planned.actual - best.actual!, 2)} nats.`,
        ]
      : []),
  ];
}
