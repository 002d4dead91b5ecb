import { constantSpan, floorOf, inputSpans, tiedInputs, tiedText } from "../fit/index.ts";
import { lawFunction } from "../laws/index.ts";
import { formatNumber, median, seededRandom } from "../numeric/index.ts";
import type { Reason } from "./judgement.ts";
import type { Columns } from "./knowledge.ts";
import type { Reopened } from "./reopen.ts";
import { shuffled } from "./shuffled.ts";

/** A way in which the design falls short: what to say, and the inputs that would not have the flaw. */
export interface Flaw {
  readonly reason: Reason;
  readonly mended: Columns;
}

/**
 * The flaws of the design that the data show: inputs that move together, ranges too short to be noticed over the runs'
 * scatter, and a floor that no run comes near. Which of them matter to a number, its variance tells.
 */
export function flawsOf(base: Reopened, scatter: number): Flaw[] {
  return [...tiedFlaw(base), ...shortFlaws(base, scatter), ...floorFlaw(base)];
}

/** A range shorter than a decade is short; one up to three times as long is so where the output moves little over it. */
const decades = 10;

/** An effect over a whole range of so many times a run's scatter is seen well, or hardly at all. */
const [wellSeen, hardlySeen] = [20, 3];

function tiedFlaw({ law, observed: { columns } }: Reopened): Flaw[] {
  const tied = tiedInputs(law, columns);
  if (!tied) return [];
  // the same values in another order are a design that moved this input on its own
  const mended = { ...columns, [tied.y]: shuffled(columns[tied.y]!, seededRandom(0)) };
  return [{ reason: { code: "one-ratio", message: tiedText(tied) }, mended }];
}

function shortFlaws(
  { law, objective, observed: { columns }, parameters }: Reopened,
  scatter: number,
): Flaw[] {
  const value = lawFunction(law, parameters);
  const middle = Object.fromEntries(
    Object.keys(law.inputs).map((quantity) => [quantity, median(columns[quantity]!)]),
  );
  return inputSpans(law, columns).flatMap(({ quantity, low, high, factor }) => {
    const effect = Math.abs(
      Math.log(value({ ...middle, [quantity]: high }) / value({ ...middle, [quantity]: low })),
    );
    const seen = objective.scale === "log" ? effect / scatter : Number.POSITIVE_INFINITY;
    if (factor <= constantSpan) {
      const decade = columns[quantity]!.map((x, row) => x * 10 ** (row / columns[quantity]!.length - 0.5));
      return [
        {
          reason: { code: "range-too-short", message: `${quantity} is the same in all runs` },
          mended: { ...columns, [quantity]: shuffled(decade, seededRandom(1)) },
        },
      ];
    }
    const hardly = seen < hardlySeen;
    if (!hardly && factor >= decades && (factor >= 3 * decades || seen >= wellSeen)) return [];
    const range = hardly
      ? `${quantity} hardly matters over its ${formatNumber(factor, 2)}-fold span`
      : `${quantity} spans only ${formatNumber(factor, 2)}-fold`;
    const noticed = Number.isFinite(seen)
      ? `: the ${law.output} moves by ${formatNumber(100 * effect, 2)} % over it, ${formatNumber(seen, 2)} times the runs' scatter`
      : "";
    const centre = (Math.log(low) + Math.log(high)) / 2;
    const wider = columns[quantity]!.map((x) => Math.exp(2 * Math.log(x) - centre));
    return [
      {
        reason: { code: "range-too-short", message: range + noticed },
        mended: { ...columns, [quantity]: wider },
      },
    ];
  });
}

function floorFlaw({ law, observed: { columns }, parameters }: Reopened): Flaw[] {
  const floor = floorOf(law, parameters, columns);
  if (!floor || !(floor.above > 1.1)) return [];
  const farther = inputSpans(law, columns).map(({ quantity, low }) => [
    quantity,
    columns[quantity]!.map((x) => (x * x) / low),
  ]);
  return [
    {
      reason: {
        code: "floor-not-reached",
        message: `the lowest ${law.output} is ${formatNumber(100 * (floor.above - 1), 2)} % above the floor ${floor.parameter} = ${formatNumber(floor.value, 3)}: the floor is an extrapolation`,
      },
      mended: { ...columns, ...Object.fromEntries(farther) },
    },
  ];
}
