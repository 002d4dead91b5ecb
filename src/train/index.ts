/** Trainers: what turns a RunSpec into a Run. */
export { type CommandOptions, commandTrainer, splitCommand } from "./command.ts";
export { type Corpus, type CorpusOptions, openCorpus } from "./gpt/corpus.ts";
export { defaultRecipe, type Recipe } from "./gpt/recipe.ts";
export { type GptShapeOptions, gptShape } from "./gpt/shape.ts";
export { type GptOptions, gptTrainer } from "./gpt/trainer.ts";
export { badEnd, endProgram, type ProgramOptions, runProgram } from "./program.ts";
export { type SyntheticOptions, syntheticTrainer } from "./synthetic.ts";
export type { Trainer, TrainOptions } from "./trainer.ts";
