import { describe, expect, test } from "vitest";
import { type Fit, fit, fitSchema } from "../../src/fit/index.ts";
import { chinchilla, findLaw, findSet } from "../../src/laws/index.ts";
import { seededRandom } from "../../src/numeric/index.ts";
import { observe, tableOf } from "../../src/runs/index.ts";
import { hasSharedData, sharedTable } from "../shared-data.ts";

const wanted = { inputs: ["params", "tokens"], output: "loss" };
const { E, A, alpha, B, beta } = findSet(chinchilla, "besiroglu2024-refit").parameters as Record<
  string,
  number
>;

/** A fit of the planted law on 48 runs where the design says, with 0.3 % noise. */
function planted(design: (i: number) => readonly [number, number]): Fit {
  const random = seededRandom(1);
  const rows = Array.from({ length: 48 }, (_, i) => {
    const [params, tokens] = design(i);
    const loss = (E! + A! / params ** alpha! + B! / tokens ** beta!) * Math.exp(0.003 * random.normal());
    return { params_total: params, tokens, loss };
  });
  return fit(chinchilla, observe(tableOf(rows, { origin: "planted" }), wanted));
}

describe("the verdict that every fit carries, chinchilla, planted", () => {
  test("a wide design is sound, says its spans and a, and the verdict is in the file's contract", () => {
    const made = planted((i) => [3e7 * 10 ** ((i % 8) / 3), 1e9 * 10 ** ((i >> 3) / 2)]);
    expect(made.verdict).toMatchObject({ grade: "sound" });
    expect(made.verdict!.sentence).toMatch(/16 of 16 starts agree, the runs span params 220-fold/);
    expect(fitSchema.parse(JSON.parse(JSON.stringify(made))).verdict).toEqual(made.verdict);
    const { verdict: _, ...old } = made;
    expect(fitSchema.parse(JSON.parse(JSON.stringify(old))).verdict).toBeUndefined();
  });

  test("one number of tokens per parameter forbids a plan", () => {
    const made = planted((i) => [1e7 * 10 ** (i / 16), 20e7 * 10 ** (i / 16)]);
    expect(made.warnings.map(({ code }) => code)).toContain("one-ratio");
    expect(made.verdict).toEqual({
      grade: "do-not-use",
      sentence: expect.stringMatching(/^Do not plan with it: all runs have about 20 tokens per parameter/),
    });
  });

  test("sizes within a decade, and losses far above the floor, ask for care", () => {
    const short = planted((i) => [1e9 * 2 ** ((i % 8) / 4), 1e9 * 10 ** ((i >> 3) / 2)]);
    expect(short.verdict!.sentence).toContain("params span only 3.4-fold");
    const small = planted((i) => [1e6 * 10 ** ((i % 8) / 3), 1e7 * 10 ** ((i >> 3) / 3)]);
    expect(small.verdict!.sentence).toMatch(/% above the floor/);
  });

  test("warnings in the file hold a code and a message, nothing else", () => {
    for (const warning of planted((i) => [1e9 * 2 ** (i / 48), 1e9 * 10 ** (i / 16)]).warnings)
      expect(Object.keys(warning).sort()).toEqual(["code", "message"]);
  });
});

describe.skipIf(!hasSharedData)("the verdict of a bare fit of published data", () => {
  test("epoch_chinchilla: the 245 ask for care because five points move a, the 240 do not", () => {
    const all = fit(chinchilla, observe(sharedTable("epoch_chinchilla"), wanted));
    expect(all.verdict).toEqual({
      grade: "caution",
      sentence: expect.stringMatching(
        /without the 5 points that look like outliers a moves from 0\.565 to 0\.51/,
      ),
    });
    const kept = fit(chinchilla, observe(sharedTable("epoch_chinchilla", "used_in_fit=1"), wanted));
    expect(kept.verdict!.grade).toBe("sound");
  });

  test("datablations_182: other minima are nearly as deep", () => {
    const law = findLaw("data-constrained");
    const { R_D_star: _, R_N_star: __, ...fixed } = findSet(law, "muennighoff2023").parameters;
    const runs = observe(sharedTable("datablations_182"), {
      inputs: Object.keys(law.inputs),
      output: "loss",
    });
    const { verdict } = fit(law, runs, { fixed });
    expect(verdict!.grade).toBe("caution");
    expect(verdict!.sentence).toContain("4 other minima are nearly as deep");
  });
});
