/** Laws as data: what they are, those we know, how they chain, print and travel, and where a budget is best split. */
export type { ParameterConvention } from "../models/index.ts";
export { chain, chainParameters } from "./chain.ts";
export { elasticities } from "./elasticity.ts";
export { lawFromFormula } from "./from-formula.ts";
export { type InverseQuestion, invertLaw } from "./inverse.ts";
export { type LawJson, lawJson } from "./json.ts";
export * from "./law.ts";
export { annealing } from "./loss/annealing.ts";
export { bnsl0, bnsl1, bnsl2, bnsl3 } from "./loss/broken-power-law.ts";
export { chinchilla } from "./loss/chinchilla.ts";
export { contextLength } from "./loss/context-length.ts";
export { dataConstrained } from "./loss/data-constrained.ts";
export { dataMixing, dataMixing3 } from "./loss/data-mixing.ts";
export { dataQuality } from "./loss/data-quality.ts";
export { familyPower } from "./loss/family-power.ts";
export { farseer } from "./loss/farseer.ts";
export { fineGrainedMoe } from "./loss/fine-grained-moe.ts";
export { kaplanC } from "./loss/kaplan-c.ts";
export { kaplanD } from "./loss/kaplan-d.ts";
export { kaplanN } from "./loss/kaplan-n.ts";
export { kaplanND } from "./loss/kaplan-nd.ts";
export { kaplanNS } from "./loss/kaplan-ns.ts";
export { multiPower, multiPowerLaw } from "./loss/multi-power.ts";
export { overtraining } from "./loss/overtraining.ts";
export { parallel, trainToTest } from "./loss/parallel.ts";
export { precision, precisionUnified, quantisedAfter } from "./loss/precision.ts";
export { learningCurveM1, learningCurveM2, learningCurveM3, learningCurveM4 } from "./loss/revisiting.ts";
export { routed, routedBilinear, routedSeparable } from "./loss/routed.ts";
export { shape } from "./loss/shape.ts";
export { vocabulary } from "./loss/vocabulary.ts";
export * from "./optimum.ts";
export { lawLatex, lawPython } from "./print.ts";
export { criticalBatch, kaplanMinCompute, kaplanMinSteps } from "./recipe/critical-batch.ts";
export {
  deepseekBatch,
  deepseekLearningRate,
  deepseekOptimalScale,
  deepseekOptimalTokens,
} from "./recipe/deepseek.ts";
export {
  kaplanOptimalBatch,
  kaplanOptimalParams,
  kaplanOptimalSteps,
  kaplanOptimalTokens,
} from "./recipe/kaplan-allocation.ts";
export { llama3OptimalTokens } from "./recipe/llama3-allocation.ts";
export { minicpmOptimalParams, minicpmOptimalTokens } from "./recipe/minicpm-allocation.ts";
export { mupInitialisation, mupLearningRate, mupOutputMultiplier } from "./recipe/mup.ts";
export {
  noiseScaleLearningRate,
  noiseScaleSteps,
  noiseScaleTokens,
  noiseScaleTradeOff,
} from "./recipe/noise-scale.ts";
export {
  porianBatch,
  porianLearningRate,
  porianOptimalParams,
  porianOptimalTokens,
} from "./recipe/porian.ts";
export { decayLength, warmUp } from "./recipe/schedule.ts";
export { stepLawBatch, stepLawLearningRate } from "./recipe/step-law.ts";
export { transfer } from "./recipe/transfer.ts";
export { findLaw, findSet, laws } from "./registry.ts";
export { betaBinomial } from "./sampling/beta-binomial.ts";
export { coverage } from "./sampling/coverage.ts";
export { imperfectVerifier } from "./sampling/imperfect-verifier.ts";
export { majorityVote } from "./sampling/majority-vote.ts";
export { bestOfNKl, gaoBestOfN, gaoRl } from "./sampling/overoptimization.ts";
export { passAtKLaw } from "./sampling/pass-at-k.ts";
export { lawSchema, readLaw } from "./schema.ts";
export { searchLaws } from "./search.ts";
export { alongSpan, inputMiddle, inputSpan, middleStarts, outputUnit, quantityInfo } from "./span.ts";
export { dataFiltering } from "./task/data-filtering.ts";
export { gadreError } from "./task/gadre-error.ts";
export { olmoTask } from "./task/olmo-task.ts";
export { passUntil } from "./task/passuntil.ts";
export { doubleSigmoidCapability, sigmoidCapability, sigmoidCompute } from "./task/sigmoid-capability.ts";
export { doubleSigmoidLoss, logisticLoss, sigmoidLoss } from "./task/sigmoid-loss.ts";
