import type { Fit, FrontierFit } from "../fit/index.ts";
import { compareRuns, type RunComparison } from "../plan/index.ts";
import type { Observations } from "../runs/index.ts";
import type { ReportBlock } from "./noun.ts";
import { columnsShown, digitsText, percentText, plural, valueText } from "./wording.ts";

/** More than this many answers of draws take longer than a reader waits: the intervals are left out then. */
const mostAnswers = 20_000;

/** The runs against the frontier of their law; null where it has none. */
export function efficiencyOf(
  made: Fit | FrontierFit,
  observations: Observations,
  { held, level, flops }: { held: Readonly<Record<string, number>>; level: number; flops: number | null },
): RunComparison | null {
  if (made.approach !== 3 || flops === null || made.status === "non-finite") return null;
  const many = observations.rows * (made.bootstrap?.draws.length ?? 0) > mostAnswers;
  return compareRuns(many ? { ...made, bootstrap: null } : made, observations, { held, level });
}

/** How many runs are named: the rest is in `isoflop compare-runs`. */
const most = 10;

/** The runs against the frontier of the law: what their losses were worth in compute, the dearest first. */
export function runsBlocks({ runs, summary, level }: RunComparison): ReportBlock[] {
  const worth = ({ efficiency }: { efficiency: number | null }): number => efficiency ?? 2;
  const dearest = [...runs].sort((one, other) => worth(one) - worth(other)).slice(0, most);
  const median =
    summary.medianEfficiency === null
      ? ""
      : ` The median run's loss needs ${percentText(summary.medianEfficiency)} of its compute at the best size and data.`;
  const off = runs.some(({ deviation }) => deviation !== null)
    ? ` Off the law 1 is the end of the ${percentText(level, 3)} interval of a new run.`
    : "";
  return [
    {
      kind: "text",
      text: `${plural(summary.runs, "run")} on ${valueText("flops", summary.flops)} FLOPs beside the best that the law has for their compute.${median}${off}`,
    },
    {
      kind: "table",
      caption: dearest.length < runs.length ? `The ${most} least efficient of ${runs.length}` : null,
      ...columnsShown(
        [
          ">row",
          ">N",
          ">D",
          ">D/N over the best",
          ">loss",
          ">by the law",
          ">off",
          ">efficiency",
          "likely cause",
        ],
        dearest.map((run) => [
          String(run.line),
          valueText("params", run.params),
          valueText("tokens", run.tokens),
          digitsText(run.overTraining, 2),
          valueText("loss", run.loss),
          valueText("loss", run.predicted),
          run.deviation === null ? percentText(run.excess) : digitsText(run.deviation, 2),
          run.efficiency === null ? "" : percentText(run.efficiency),
          run.causes[0].sentence,
        ]),
      ),
    },
  ];
}
