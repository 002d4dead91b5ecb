import { defineLaw, type Law, type LawParameter } from "../law.ts";

/** Where break k of n is looked for: from thousands of examples to the FLOPs of large runs, since x can be either. */
const breakStarts: Readonly<Record<string, readonly number[]>> = {
  "1/1": [300, 1e4, 1e6, 1e9, 1e13, 1e20],
  "1/2": [300, 1e5, 1e9],
  "2/2": [1e4, 1e7, 1e12],
  "1/3": [300, 1e5],
  "2/3": [1e4, 1e8],
  "3/3": [1e6, 1e11],
};

function parametersOf(breaks: number): Record<string, Partial<LawParameter>> {
  const parameters: Record<string, Partial<LawParameter>> = {
    a: { in: "positive", start: [0.1, 1], meaning: "limit far to the right" },
    b: { in: "positive", start: [1, 10], meaning: "height of the first segment at x = 1" },
    c_0: {
      in: "real",
      start: breaks === 0 ? [0.05, 0.3, 1] : [0.05, 0.5],
      meaning: "how steeply the first segment falls",
    },
  };
  for (let k = 1; k <= breaks; k++) {
    parameters[`c_${k}`] = {
      in: "real",
      start: breaks === 1 ? [-0.3, 0.5, 4] : [-0.4, 0.5],
      meaning: `how much steeper it falls after break ${k}; below 0 it flattens or rises`,
    };
    parameters[`d_${k}`] = {
      in: "positive",
      start: breakStarts[`${k}/${breaks}`]!,
      meaning: `where break ${k} is`,
      unit: "of the input",
    };
    parameters[`f_${k}`] = {
      in: "positive",
      start: [0.06, 0.5],
      meaning: `width of break ${k}; the smaller, the sharper`,
    };
  }
  return parameters;
}

/** y = a + b x^-c0 ∏ (1 + (x/d_k)^(1/f_k))^(-c_k f_k), its product as one exponential. */
function brokenPowerLaw(
  breaks: number,
  title: string,
  known: Pick<Law, "sets" | "published" | "unverified">,
): Law<"examples", "loss"> {
  const terms = Array.from(
    { length: breaks },
    (_, i) => ` - c_${i + 1} * f_${i + 1} * softplus((log(x) - log(d_${i + 1})) / f_${i + 1})`,
  );
  return defineLaw({
    name: `bnsl-${breaks}`,
    title,
    kind: "loss",
    formula: `a + b * exp(-c_0 * log(x)${terms.join("")})`,
    inputs: { examples: "x" },
    output: "loss",
    unit: "in the unit of the data (loss or error)",
    parameters: parametersOf(breaks),
    source: {
      authors: "Caballero et al.",
      year: 2022,
      title: "Broken Neural Scaling Laws",
      url: "https://arxiv.org/abs/2210.14891",
      where: "section 2, the functional form",
    },
    ...known,
    notes: [
      "x is whatever was scaled (examples, tokens, parameters, FLOPs) and y whatever was measured, if it is above 0: map the columns.",
      "A break that the data do not reach shows only in the last digits: noise of that size hides it.",
      "Breaks may turn: two of them describe double descent, an inflection, or a plateau that ends.",
      "Every break brings three parameters and more minima; give starts near the breaks that a plot shows, and prefer fewer breaks.",
      "Written with softplus(u) = ln(1 + e^u), which is the paper's product without its overflow at small f.",
    ],
  });
}

const noSet: Pick<Law, "sets" | "published" | "unverified"> = {
  sets: {},
  published: [],
  unverified: "the paper's coefficients for this many breaks are not in the text that could be read",
};
const addition = "caballero2022-addition";

/** A power law with a floor, the broken power law without a break. Caballero et al. 2022, section 2 with n = 0. */
export const bnsl0: Law<"examples", "loss"> = brokenPowerLaw(0, "Power law with a floor", noSet);

/**
 * A power law whose slope changes once.
 *
 * y = a + b x^-c0 (1 + (x/d1)^(1/f1))^(-c1 f1). Caballero et al. 2022, section 2, https://arxiv.org/abs/2210.14891
 */
export const bnsl1: Law<"examples", "loss"> = brokenPowerLaw(1, "Broken power law: one change of slope", {
  sets: {
    [addition]: {
      parameters: {
        a: 0.41388453,
        b: 2.27727229,
        c_0: 0.05507735,
        c_1: 5.66290382,
        d_1: 612.58361729,
        f_1: 0.05919304,
      },
      from: "Caballero et al. 2022, figure 4 left: four-digit addition by size of the training set, https://github.com/ethancaballero/broken_neural_scaling_laws",
      range: { examples: [160, 928] },
      note: "Fitted to sizes up to 736, and to log(y + 1); 800 to 928 were held out.",
    },
  },
  published: [
    [800, 0.75856477],
    [864, 0.64768338],
    [928, 0.55695445],
  ].map(([examples, loss]) => ({
    set: addition,
    at: { examples: examples! },
    gives: loss!,
    within: 0.022,
    where:
      "measured, held out (authors' script of figure 4 left): twice the 0.0109 root mean square of the three",
  })),
});

/** A power law whose slope changes twice, double descent for one. Caballero et al. 2022, section 2 with n = 2. */
export const bnsl2: Law<"examples", "loss"> = brokenPowerLaw(
  2,
  "Broken power law: two changes of slope",
  noSet,
);

/** A power law whose slope changes three times. Caballero et al. 2022, section 2 with n = 3. */
export const bnsl3: Law<"examples", "loss"> = brokenPowerLaw(
  3,
  "Broken power law: three changes of slope",
  noSet,
);
