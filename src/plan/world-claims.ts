import { findWorldModel } from "./world-models.ts";

/** What is often said of a model, and the number that its source gives. */
export interface WorldClaim {
  readonly claim: string;
  readonly truth: string;
  /** The arithmetic behind it; null where the truth is that nothing is published. */
  readonly number: { readonly value: number; readonly unit: string; readonly arithmetic: string } | null;
  readonly url: string;
}

/** Hoffmann et al. 2022 in one number, as the field quotes it; their own table A3 lies between 19.2 and 21.2. */
export const ruleOfThumb = 20;

/** The usual false claims about models of the world, worked out from the cited table. */
export function worldClaims(): WorldClaim[] {
  const ratio = (name: string, count: "params" | "activeParams" = "activeParams"): number => {
    const { tokens, [count]: params } = findWorldModel(name);
    return tokens! / params!;
  };
  const url = (name: string): string => findWorldModel(name).source.url;
  return [
    {
      claim: "Llama 3 8B was trained 300 times past Chinchilla's 20 tokens per parameter.",
      truth: "It saw 1,875 tokens per parameter, about 94 times the rule.",
      number: {
        value: ratio("Llama 3 8B") / ruleOfThumb,
        unit: "times 20 tokens per parameter",
        arithmetic: "15e12 / 8e9 / 20",
      },
      url: url("Llama 3 8B"),
    },
    {
      claim: "DeepSeek-V3, with 22 tokens per parameter, follows Chinchilla's rule.",
      truth:
        "22 counts all experts; each token passes 37B parameters, and there are 400 tokens to each of those.",
      number: {
        value: ratio("DeepSeek-V3"),
        unit: "tokens per active parameter",
        arithmetic: "14.8e12 / 37e9",
      },
      url: url("DeepSeek-V3"),
    },
    {
      claim: "OPT 175B is GPT-3 again, on the same 300B tokens.",
      truth: "It saw 180B tokens: one per parameter, where GPT-3 saw 1.7.",
      number: { value: ratio("OPT 175B"), unit: "tokens per parameter", arithmetic: "180e9 / 175e9" },
      url: url("OPT 175B"),
    },
    {
      claim: "GPT-3 was trained on the 499B tokens of its data set.",
      truth: "It was trained for 300B tokens, 1.7 per parameter: a twelfth of the rule.",
      number: { value: ratio("GPT-3 175B"), unit: "tokens per parameter", arithmetic: "300e9 / 174.6e9" },
      url: url("GPT-3 175B"),
    },
    {
      claim: "PaLM 2 has 340B parameters and saw 3.6T tokens.",
      truth: "Its report publishes neither; those are a newspaper's, from internal documents.",
      number: null,
      url: url("PaLM 2"),
    },
  ];
}
