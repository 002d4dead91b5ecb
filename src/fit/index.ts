/** Laws meet runs: objective, search, covariance, intervals, and the Fit that carries them. */

export { type BootstrapJob, type DrawScheme, type Refits, refitDraws } from "./bootstrap.ts";
export { runClusters } from "./clusters.ts";
export {
  constantSpan,
  type Floor,
  floorOf,
  type InputSpan,
  inputSpans,
  type TiedInputs,
  tiedInputs,
  tiedText,
} from "./design.ts";
export { type Draws, drawsOf } from "./draws.ts";
export { type EnvelopeOptions, fitEnvelope } from "./envelope.ts";
export { type FitOptions, fit, fitSteps } from "./fit.ts";
export {
  closureText,
  type EnvelopeMethod,
  type FrontierDraws,
  type FrontierFit,
  type FrontierLaw,
  type FrontierOptimum,
  type FrontierOptions,
  type FrontierValue,
  frontierAt,
  frontierQuantities,
  type IsoflopMethod,
  type RefusedSlice,
} from "./frontier.ts";
export {
  type Bootstrap,
  type Drawn,
  type DrawnEnds,
  drawnInterval,
  type Interval,
  newRunInterval,
  percentileInterval,
} from "./interval.ts";
export { fitIsoflop, type IsoflopOptions } from "./isoflop.ts";
export { createKernel, type Kernel } from "./kernel.ts";
export {
  type Fit,
  type FitStatus,
  type FittedParameter,
  statusSentences,
  type Verdict,
  type Warning,
} from "./noun.ts";
export {
  fromScale,
  lossOf,
  type Objective,
  objective,
  objectiveNames,
  onScale,
  type ResidualScale,
} from "./objective.ts";
export { fitInPool, type RefitPiece, refitPiece } from "./parallel.ts";
export { type IntervalMethod, intervalsOf, type MethodInterval, type QuantityIntervals } from "./profile.ts";
export {
  exponentQuantity,
  type FitQuantity,
  optimumQuantity,
  outputQuantity,
  parameterQuantity,
} from "./quantity.ts";
export { type NoiseSpread, type NoiseTerm, scatterAt, spreadAt } from "./scatter.ts";
export { fitSchema, frontierFitSchema, intervalSchema, objectiveSchema, verdictSchema } from "./schema.ts";
export { type Basin, descend, objectiveAt, type StartReport } from "./solve.ts";
export { startingPoints } from "./starts.ts";
