import type { Fit } from "../fit/index.ts";
import { formatNumber, quadraticForm } from "../numeric/index.ts";
import { type BasinMap, type MappedBasin, rivalBasins } from "./basins.ts";
import { flawsOf } from "./flaws.ts";
import type { Reason } from "./judgement.ts";
import { covarianceUnder, type Knowledge, knowledgeOf } from "./knowledge.ts";
import type { Reopened } from "./reopen.ts";

/** What every judgement of a number rests on. */
export interface Evidence {
  readonly base: Reopened;
  /** The fit with its draws. */
  readonly drawn: Fit;
  readonly knowledge: Knowledge;
  /** The other basins that are nearly as deep. */
  readonly rivals: readonly MappedBasin[];
  /** The flaws of the design, and the covariance of the variables under a design without. */
  readonly flaws: readonly { readonly reason: Reason; readonly covariance: Float64Array }[];
  /** Said of every number that is not pinned, where there are few rows. */
  readonly fewRows: readonly Reason[];
  /** What remains to be said where nothing else is wrong. */
  readonly scatter: Reason;
}

export function evidenceOf(base: Reopened, drawn: Fit, { basins }: BasinMap): Evidence {
  const { kernel, observed } = base;
  const knowledge = knowledgeOf(base);
  const { scatter } = knowledge;
  return {
    base,
    drawn,
    knowledge,
    rivals: rivalBasins(basins),
    flaws: flawsOf(base, scatter).map(({ reason, mended }) => ({
      reason,
      covariance: covarianceUnder(base, mended, scatter),
    })),
    fewRows:
      observed.rows < 2 * kernel.size
        ? [{ code: "few-rows", message: `${observed.rows} runs for ${kernel.size} parameters` }]
        : [],
    scatter: {
      code: "scatter",
      message: `the runs scatter by ${formatNumber(100 * scatter, 2)} % about the law, and there are ${observed.rows} of them`,
    },
  };
}

/** A flaw of the design is a reason where mending it would leave less than this share of the standard error. */
const helps = 0.6;

/** The flaws that matter along a direction of the variables. */
export function flawsAlong({ knowledge, flaws }: Evidence, direction: Float64Array): Reason[] {
  const variance = (covariance: Float64Array): number =>
    quadraticForm(covariance, direction, direction.length);
  const now = variance(knowledge.covariance);
  return flaws
    .filter(({ covariance }) => Math.sqrt(variance(covariance) / now) < helps)
    .map(({ reason }) => reason);
}
