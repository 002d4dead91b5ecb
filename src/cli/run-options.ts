import type { Command, OptionValues } from "@commander-js/extra-typings";
import { designAims, type RunLimits, type SweepRunOptions, type SweepShape } from "../plan/index.ts";
import { numberOption, wholeOption, wordOption } from "./options.ts";

// What the commands ask that design runs: how they are made, and what they must keep to.

export type RunDesignOptions = {
  readonly trainer?: string;
  readonly batchTokens?: number;
  readonly learningRate?: number;
  readonly shape?: "llama" | "gpt2" | "moe" | "chinchilla";
  readonly vocabulary?: number;
  readonly context?: number;
  readonly minParams?: number;
  readonly maxParams?: number;
  readonly minTokens?: number;
  readonly maxTokens?: number;
  readonly uniqueTokens?: number;
  readonly epochs?: number;
  readonly minRatio?: number;
  readonly maxRatio?: number;
  readonly minFlops?: number;
  readonly maxFlops?: number;
  readonly minSteps?: number;
};

const above = { above: 0 };

export function withRunOptions<Arguments extends unknown[], Options extends OptionValues>(
  command: Command<Arguments, Options>,
): Command<Arguments, Options & RunDesignOptions> {
  return command
    .option("--trainer <name>", "who is to train them (default: synthetic)")
    .option("--batch-tokens <B>", "tokens in one step", numberOption("--batch-tokens", above))
    .option("--learning-rate <lr>", "peak learning rate", numberOption("--learning-rate", above))
    .option(
      "--shape <family>",
      "layers and widths for the sizes: llama, gpt2, moe, chinchilla (gpt trains llama's)",
      wordOption("--shape", ["llama", "gpt2", "moe", "chinchilla"] as const),
    )
    .option(
      "--vocabulary <n>",
      "of the shapes (default: the family's; for gpt 256, bytes)",
      wholeOption("--vocabulary", { least: 1 }),
    )
    .option("--context <n>", "tokens in a sequence (for gpt 128)", wholeOption("--context", { least: 1 }))
    .option("--min-params <N>", "leave out smaller models", numberOption("--min-params", above))
    .option("--max-params <N>", "leave out larger ones", numberOption("--max-params", above))
    .option("--min-tokens <D>", "leave out runs on fewer tokens", numberOption("--min-tokens", above))
    .option("--max-tokens <D>", "leave out runs on more", numberOption("--max-tokens", above))
    .option(
      "--unique-tokens <U>",
      "tokens there are: no run reads them more than --epochs times",
      numberOption("--unique-tokens", above),
    )
    .option("--epochs <n>", "with --unique-tokens (default: 4)", numberOption("--epochs", above))
    .option("--min-ratio <r>", "tokens per parameter at the least", numberOption("--min-ratio", above))
    .option("--max-ratio <r>", "and at the most", numberOption("--max-ratio", above))
    .option("--min-flops <C>", "of one run at the least", numberOption("--min-flops", above))
    .option("--max-flops <C>", "and at the most", numberOption("--max-flops", above))
    .option(
      "--min-steps <n>",
      "with --batch-tokens: leave out runs of fewer steps",
      numberOption("--min-steps", above),
    ) as unknown as Command<Arguments, Options & RunDesignOptions>;
}

/** The same as the planning functions take them. The embedded trainer needs shapes, and has bytes as tokens. */
export function runDesign(
  options: RunDesignOptions,
): Required<Pick<SweepRunOptions, "limits" | "shape">> & SweepRunOptions {
  const { trainer, batchTokens, learningRate, shape: family, vocabulary, context } = options;
  const gpt = trainer === "gpt";
  if (gpt && family !== undefined && family !== "llama")
    throw new Error(
      `--shape ${family}: gpt trains dense models with rotary positions and without biases; take --shape llama`,
    );
  if (!gpt && family === undefined && (vocabulary !== undefined || context !== undefined))
    throw new Error("--vocabulary and --context are of shapes; add --shape llama");
  if (options.epochs !== undefined && options.uniqueTokens === undefined)
    throw new Error(
      `--epochs ${options.epochs} says how often tokens may be read; add --unique-tokens, how many there are`,
    );
  if (options.minSteps !== undefined && batchTokens === undefined)
    throw new Error(`--min-steps ${options.minSteps} counts batches; add --batch-tokens, how large one is`);
  const shape: SweepShape | null =
    family === undefined && !gpt
      ? null
      : given({
          family: family ?? "llama",
          vocabulary: vocabulary ?? (gpt ? 256 : undefined),
          context: context ?? (gpt ? 128 : undefined),
        });
  const limits: RunLimits = given({
    minParams: options.minParams,
    maxParams: options.maxParams,
    minTokens: options.minTokens,
    maxTokens: options.maxTokens,
    uniqueTokens: options.uniqueTokens,
    epochs: options.epochs,
    minTokensPerParam: options.minRatio,
    maxTokensPerParam: options.maxRatio,
    minFlops: options.minFlops,
    maxFlops: options.maxFlops,
    minSteps: options.minSteps,
  });
  return { trainer, batchTokens, learningRate, shape, limits };
}

const given = <T extends object>(values: T): T =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;

const aims = ["N*", ...designAims] as const;

/** `--for`: what runs are to pin. */
export const aimOption = (text: string): (typeof designAims)[number] => {
  const aim = wordOption("--for", aims)(text);
  return aim === "N*" ? "params" : aim;
};

/** What an aim is, in words. */
export function aimText(aim: (typeof designAims)[number], budget: string): string {
  if (aim === "params") return `N* at ${budget} FLOPs`;
  if (aim === "loss") return `the lowest loss at ${budget} FLOPs`;
  return aim === "predictions" ? `the lowest losses up to ${budget} FLOPs` : "all parameters of the law";
}
