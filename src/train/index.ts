/** Trainers: what turns a RunSpec into a Run. */
export { type CommandOptions, commandTrainer, splitCommand } from "./command.ts";
export { cacheFolder } from "./gpt/cache.ts";
export { type Corpus, type CorpusOptions, openCorpus, tokensFile } from "./gpt/corpus.ts";
export {
  type Ladder,
  type LadderOptions,
  type MeasuredSpeed,
  measureSpeeds,
  planCheck,
  planLadder,
  type Speed,
} from "./gpt/ladder.ts";
export { defaultRecipe, type Recipe } from "./gpt/recipe.ts";
export { type GptShapeOptions, gptShape } from "./gpt/shape.ts";
export { engineSource } from "./gpt/source.ts";
export { type GptOptions, gptTrainer } from "./gpt/trainer.ts";
export { badEnd, endProgram, type ProgramOptions, runProgram } from "./program.ts";
export { type SyntheticOptions, syntheticTrainer } from "./synthetic.ts";
export { type TestTrainerOptions, type TrainerCheck, testTrainer } from "./test-trainer.ts";
export type { Trainer, TrainOptions } from "./trainer.ts";
