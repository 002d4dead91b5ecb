import { defineLaw, type Law } from "../law.ts";

/**
 * Loss on one validation domain by the shares of the training domains.
 *
 * L(r) = c + k·exp(Σⱼ tⱼ·rⱼ). Ye et al. 2024, eq. 7, https://arxiv.org/abs/2403.16952
 *
 * @param domains the quantities, or the columns, that hold the shares
 * @example dataMixing(["web", "books", "code", "papers"])
 */
export function dataMixing<const Domain extends string>(domains: readonly Domain[]): Law<Domain, "loss"> {
  if (domains.length < 2)
    throw new Error(`cannot mix data: a mixture has at least two domains, got ${domains.length}`);
  const inputs = Object.fromEntries(domains.map((domain, j) => [domain, `r_${j + 1}`]));
  return defineLaw({
    name: "data-mixing",
    title: "Data mixing: loss on a domain by the mixture's shares",
    kind: "loss",
    formula: `c + k * exp(${domains.map((_, j) => `t_${j + 1} * r_${j + 1}`).join(" + ")})`,
    inputs: inputs as Record<Domain, string>,
    output: "loss",
    parameters: {
      c: { in: "positive", start: [1, 2], meaning: "loss that no mixture removes", unit: "nats/token" },
      k: { in: "positive", start: [1], meaning: "size of what the mixture decides" },
      ...Object.fromEntries(
        domains.map((domain, j) => [
          `t_${j + 1}`,
          { in: "real", start: [-2, -0.3, 0.5], meaning: `effect of ${domain}: below 0 it helps` } as const,
        ]),
      ),
    },
    source: {
      authors: "Ye et al.",
      year: 2024,
      title: "Data Mixing Laws: Optimizing Data Mixtures by Predicting Language Modeling Performance",
      url: "https://arxiv.org/abs/2403.16952",
      where: "eq. 7 (eq. 8 for mixed validation sets)",
    },
    sets: {},
    published: [],
    unverified: "coefficients belong to a corpus, and the paper's could not be read",
    notes: [
      "The shares sum to 1, so k and the t are known up to one shift only: hold one t at 0 (`--fix t_1=0`).",
      "One validation domain a fit; the loss of a mixed validation set is the average by its shares (eq. 8).",
      "At one model size and one number of tokens: the best mixture moves with both.",
    ],
  });
}

/** The data-mixing law of three domains, as in the paper's runs on GitHub, Pile-CC and Books3; {@link dataMixing} makes one of any number. */
export const dataMixing3: Law<"share1" | "share2" | "share3", "loss"> = dataMixing([
  "share1",
  "share2",
  "share3",
]);
