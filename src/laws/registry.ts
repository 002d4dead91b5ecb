import { didYouMean } from "../numeric/index.ts";
import type { CoefficientSet, Law } from "./law.ts";
import { annealing } from "./loss/annealing.ts";
import { bnsl0, bnsl1, bnsl2, bnsl3 } from "./loss/broken-power-law.ts";
import { chinchilla } from "./loss/chinchilla.ts";
import { contextLength } from "./loss/context-length.ts";
import { dataConstrained } from "./loss/data-constrained.ts";
import { dataMixing3 } from "./loss/data-mixing.ts";
import { dataQuality } from "./loss/data-quality.ts";
import { familyPower } from "./loss/family-power.ts";
import { farseer } from "./loss/farseer.ts";
import { fineGrainedMoe } from "./loss/fine-grained-moe.ts";
import { kaplanC } from "./loss/kaplan-c.ts";
import { kaplanD } from "./loss/kaplan-d.ts";
import { kaplanN } from "./loss/kaplan-n.ts";
import { kaplanND } from "./loss/kaplan-nd.ts";
import { kaplanNS } from "./loss/kaplan-ns.ts";
import { multiPower } from "./loss/multi-power.ts";
import { overtraining } from "./loss/overtraining.ts";
import { parallel, trainToTest } from "./loss/parallel.ts";
import { precision, precisionUnified, quantisedAfter } from "./loss/precision.ts";
import { learningCurveM1, learningCurveM2, learningCurveM3, learningCurveM4 } from "./loss/revisiting.ts";
import { routed, routedBilinear, routedSeparable } from "./loss/routed.ts";
import { shape } from "./loss/shape.ts";
import { vocabulary } from "./loss/vocabulary.ts";
import { criticalBatch, kaplanMinCompute, kaplanMinSteps } from "./recipe/critical-batch.ts";
import {
  deepseekBatch,
  deepseekLearningRate,
  deepseekOptimalScale,
  deepseekOptimalTokens,
} from "./recipe/deepseek.ts";
import {
  kaplanOptimalBatch,
  kaplanOptimalParams,
  kaplanOptimalSteps,
  kaplanOptimalTokens,
} from "./recipe/kaplan-allocation.ts";
import { llama3OptimalTokens } from "./recipe/llama3-allocation.ts";
import { minicpmOptimalParams, minicpmOptimalTokens } from "./recipe/minicpm-allocation.ts";
import { mupInitialisation, mupLearningRate, mupOutputMultiplier } from "./recipe/mup.ts";
import {
  noiseScaleLearningRate,
  noiseScaleSteps,
  noiseScaleTokens,
  noiseScaleTradeOff,
} from "./recipe/noise-scale.ts";
import {
  porianBatch,
  porianLearningRate,
  porianOptimalParams,
  porianOptimalTokens,
} from "./recipe/porian.ts";
import { decayLength, warmUp } from "./recipe/schedule.ts";
import { stepLawBatch, stepLawLearningRate } from "./recipe/step-law.ts";
import { transfer } from "./recipe/transfer.ts";
import { betaBinomial } from "./sampling/beta-binomial.ts";
import { coverage } from "./sampling/coverage.ts";
import { imperfectVerifier } from "./sampling/imperfect-verifier.ts";
import { majorityVote } from "./sampling/majority-vote.ts";
import { bestOfNKl, gaoBestOfN, gaoRl } from "./sampling/overoptimization.ts";
import { passAtKLaw } from "./sampling/pass-at-k.ts";
import { dataFiltering } from "./task/data-filtering.ts";
import { gadreError } from "./task/gadre-error.ts";
import { olmoTask } from "./task/olmo-task.ts";
import { passUntil } from "./task/passuntil.ts";
import { doubleSigmoidCapability, sigmoidCapability, sigmoidCompute } from "./task/sigmoid-capability.ts";
import { doubleSigmoidLoss, logisticLoss, sigmoidLoss } from "./task/sigmoid-loss.ts";

/** The laws that come with isoflop, by kind. */
export const laws: readonly Law[] = [
  chinchilla,
  overtraining,
  dataConstrained,
  kaplanN,
  kaplanD,
  kaplanC,
  kaplanND,
  kaplanNS,
  bnsl0,
  bnsl1,
  bnsl2,
  bnsl3,
  routedSeparable,
  routedBilinear,
  routed,
  fineGrainedMoe,
  vocabulary,
  precision,
  quantisedAfter,
  precisionUnified,
  farseer,
  parallel,
  trainToTest,
  shape,
  familyPower,
  contextLength,
  dataMixing3,
  dataQuality,
  learningCurveM1,
  learningCurveM2,
  learningCurveM3,
  learningCurveM4,
  annealing,
  multiPower,
  olmoTask,
  gadreError,
  sigmoidLoss,
  logisticLoss,
  doubleSigmoidLoss,
  sigmoidCapability,
  doubleSigmoidCapability,
  sigmoidCompute,
  passUntil,
  dataFiltering,
  coverage,
  betaBinomial,
  passAtKLaw,
  majorityVote,
  imperfectVerifier,
  bestOfNKl,
  gaoBestOfN,
  gaoRl,
  criticalBatch,
  kaplanMinSteps,
  kaplanMinCompute,
  kaplanOptimalParams,
  kaplanOptimalTokens,
  kaplanOptimalBatch,
  kaplanOptimalSteps,
  transfer,
  noiseScaleSteps,
  noiseScaleTokens,
  noiseScaleTradeOff,
  noiseScaleLearningRate,
  deepseekLearningRate,
  deepseekBatch,
  deepseekOptimalScale,
  deepseekOptimalTokens,
  stepLawLearningRate,
  stepLawBatch,
  porianLearningRate,
  porianBatch,
  porianOptimalParams,
  porianOptimalTokens,
  llama3OptimalTokens,
  minicpmOptimalTokens,
  minicpmOptimalParams,
  mupLearningRate,
  mupInitialisation,
  mupOutputMultiplier,
  warmUp,
  decayLength,
];

/** A built-in law by its name. */
export function findLaw(name: string): Law {
  const found = laws.find((law) => law.name === name);
  if (found) return found;
  const names = laws.map((law) => law.name);
  throw new Error(`unknown law "${name}"; ${hint(name, names)}`);
}

/** Published coefficients of a law by their key. */
export function findSet(law: Law, key: string): CoefficientSet {
  if (Object.hasOwn(law.sets, key)) return law.sets[key]!;
  const keys = Object.keys(law.sets);
  throw new Error(
    `unknown source "${key}" of ${law.name}; ${keys.length === 0 ? "it has no published coefficients" : hint(key, keys)}`,
  );
}

function hint(word: string, known: readonly string[]): string {
  const near = didYouMean(word, known);
  return near === null ? `known: ${known.join(", ")}` : `did you mean "${near}"?`;
}
