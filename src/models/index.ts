/**
 * Shapes of models: their parameters and FLOPs, the hardware they run on, and the quantities all else speaks
 * of.
 */
export {
  type Architecture,
  chinchillaShape,
  countParameters,
  gpt2Shape,
  llamaShape,
  moeShape,
  type ParameterCount,
  type ShapeOptions,
} from "./architecture.ts";
export { defaultPue, type ElectricityFactor, gridCarbon, trainingEnergyKwh } from "./electricity.ts";
export {
  type FlopConvention,
  type FlopOptions,
  flopConventions,
  flopsPerToken,
  trainingFlops,
} from "./flops.ts";
export {
  findHardware,
  type Hardware,
  type HourlyPrice,
  type Precision,
  trainingPeak,
  trainingPrecision,
} from "./hardware.ts";
export { hardware } from "./hardware-catalogue.ts";
export { readHardware } from "./hardware-file.ts";
export {
  deriveQuantities,
  normaliseHeader,
  type ParameterConvention,
  type Quantity,
  type QuantityInfo,
  quantities,
} from "./quantity.ts";
export {
  type CurveFeatures,
  curveFeatures,
  curvePieces,
  learningRates,
  readSchedule,
  type Schedule,
} from "./schedule.ts";
export { architectureSchema, hardwareSchema } from "./schema.ts";
export {
  type EffectiveTimeRecord,
  effectiveTimes,
  type TypicalValue,
  typicalMfu,
  typicalPrice,
  type UtilisationRecord,
  utilisations,
} from "./utilisation.ts";
