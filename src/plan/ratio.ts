import { elasticities, type Law } from "../laws/index.ts";

/**
 * By how many percent a law's loss moves with one percent more parameters and with one percent more tokens, also where the
 * law takes `flops` or `tokensPerParam` in their stead.
 *
 * d ln L / d ln N = e_params − e_tokensPerParam + e_flops, d ln L / d ln D = e_tokens + e_tokensPerParam + e_flops.
 */
export function sizeElasticities(
  law: Law,
  parameters: Readonly<Record<string, number>>,
  inputs: Readonly<Record<string, number>>,
): { params: number; tokens: number } {
  const by: Readonly<Record<string, number | undefined>> = elasticities(law, parameters, inputs);
  const of = (quantity: string): number => by[quantity] ?? 0;
  return {
    params: of("params") - of("tokensPerParam") + of("flops"),
    tokens: of("tokens") + of("tokensPerParam") + of("flops"),
  };
}

/**
 * The tokens served over its lifetime for which a model's size and data were the cheapest way to its loss; below 0 where no
 * load is: the model is too large for its data even if nobody asks it anything.
 *
 * Training costs c(N) a token and serving a third of that (6N and 2N), so cost = c(N)·(D + I/3). Along a curve of equal loss it
 * is lowest where I = 3·D·((e_N / e_D) / e_c − 1), e being elasticities. For E + A/N^α + B/D^β under 6ND that is
 * I = 3·D·(αA·N^−α / (βB·D^−β) − 1): Sardana et al. 2023, section 3, solved for the load, https://arxiv.org/abs/2401.00448
 *
 * @param flopsPerToken c(N); 6·N unless said
 */
export function servedTokensFor(
  elasticity: { readonly params: number; readonly tokens: number },
  { params, tokens }: { readonly params: number; readonly tokens: number },
  flopsPerToken?: (params: number) => number,
): number {
  const step = 1e-4;
  const cost = flopsPerToken
    ? Math.log(flopsPerToken(params * Math.exp(step)) / flopsPerToken(params * Math.exp(-step))) / (2 * step)
    : 1;
  return 3 * tokens * (elasticity.params / elasticity.tokens / cost - 1);
}
