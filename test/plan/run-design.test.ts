import { describe, expect, test } from "vitest";
import { chinchilla, computeOptimum } from "../../src/laws/index.ts";
import { inverseSymmetric, quadraticForm, seededRandom } from "../../src/numeric/index.ts";
import { aimsOf, chooseRuns, type DesignBelief, designSpread, slopesAt } from "../../src/plan/index.ts";

const parameters = chinchilla.sets["besiroglu2024-refit"]!.parameters;

/** A straight line a + bx known from nothing: slopes (1, x), with next to no prior. */
function lineBelief(xs: readonly number[], aim: readonly number[] | null): DesignBelief {
  return {
    slopes: xs.map((x) => Float64Array.of(1, x)),
    information: Float64Array.of(1e-9, 0, 0, 1e-9),
    aims: aim && [{ slope: Float64Array.from(aim), weight: 1 }],
  };
}

describe("choosing runs", () => {
  const xs = [-1, -0.5, 0, 0.5, 1];

  test("D-optimal for a line puts half of its runs at each end (textbook: Atkinson, Donev and Tobias 2007, chapter 11)", () => {
    const beliefs = [lineBelief(xs, null)];
    const { picks } = chooseRuns({ beliefs, flops: [1, 1, 1, 1, 1], budget: 4, most: 4, repeats: 4 });
    expect([...picks].sort()).toEqual([0, 0, 4, 4]);
  });

  test("c-optimal for the value at x = 0.5 of a line with four runs leaves σ²/4: no design leaves less", () => {
    // Elfving: (1, 0.5) lies on the edge between (1, 1) and (1, −1), so the best variance is σ²/n
    const beliefs = [lineBelief(xs, [1, 0.5])];
    const { after } = chooseRuns({ beliefs, flops: [1, 1, 1, 1, 1], budget: 4, most: 4, repeats: 4 });
    expect(after).toBeCloseTo(1 / 2, 6); // the prior of 1e-9 is all that stands between
  });

  test("no set of three among twelve random candidates of any price beats it by more than a hundredth (all tried)", () => {
    const random = seededRandom(5);
    for (let trial = 0; trial < 5; trial++) {
      const slopes = Array.from({ length: 12 }, () =>
        Float64Array.from({ length: 3 }, () => random.normal()),
      );
      const flops = slopes.map(() => random.uniform());
      const belief: DesignBelief = {
        slopes,
        information: Float64Array.of(0.1, 0, 0, 0, 0.1, 0, 0, 0, 0.1),
        aims: [{ slope: Float64Array.of(1, -1, 0.5), weight: 1 }],
      };
      const { after, picks } = chooseRuns({ beliefs: [belief], flops, budget: 1, most: 3 });
      expect(picks.reduce((sum, j) => sum + flops[j]!, 0)).toBeLessThanOrEqual(1);
      let best = Number.POSITIVE_INFINITY;
      for (let i = 0; i < 12; i++)
        for (let j = i; j < 12; j++)
          for (let k = j; k < 12; k++) {
            const set = [...new Set([i, j, k])];
            if (set.reduce((sum, at) => sum + flops[at]!, 0) > 1) continue;
            best = Math.min(best, designSpread([belief], set));
          }
      expect(after / best).toBeLessThan(1.01);
    }
  });

  test("is within the budget, and takes nothing that costs more", () => {
    const { picks, before, after } = chooseRuns({
      beliefs: [lineBelief(xs, null)],
      flops: [9, 9, 9, 9, 9],
      budget: 8,
      most: 4,
    });
    expect(picks).toEqual([]);
    expect(after).toBe(before);
  });
});

describe("slopes of a design", () => {
  test("ln N* = ln G + a ln(C/6): its slopes are those of the closed form, G = (αA/βB)^(1/(α+β)) (Hoffmann et al. 2022, eq. 4)", () => {
    const [{ slope }] = aimsOf({ law: chinchilla, parameters }, "params", {
      flops: 1e22,
      from: 1e20,
      options: {},
    })!;
    const names = Object.keys(chinchilla.parameters);
    const { alpha, beta } = parameters as Record<string, number>;
    // variables are logs: ∂ ln N*/∂ ln A = 1/(α+β), ∂/∂ ln B = −1/(α+β), ∂/∂ ln E = 0
    expect(slope[names.indexOf("A")]).toBeCloseTo(1 / (alpha! + beta!), 5); // central differences of 1e-4
    expect(slope[names.indexOf("B")]).toBeCloseTo(-1 / (alpha! + beta!), 5);
    expect(slope[names.indexOf("E")]).toBeCloseTo(0, 6);
  });

  test("of ln loss by ln E is E / L", () => {
    const { params, tokens, loss } = computeOptimum(chinchilla, parameters, 1e22)!;
    const [row] = slopesAt(
      { law: chinchilla, parameters },
      { params: Float64Array.of(params), tokens: Float64Array.of(tokens) },
    );
    const at = Object.keys(chinchilla.parameters).indexOf("E");
    expect(row![at]).toBeCloseTo(parameters.E! / loss, 10);
  });

  test("the spread of a set is √(cᵀ(M₀ + Σ g gᵀ)⁻¹c)", () => {
    const belief = lineBelief([2, 3], [0, 1]);
    const inverse = inverseSymmetric(Float64Array.of(2 + 1e-9, 5, 5, 13 + 1e-9), 2)!;
    expect(designSpread([belief], [0, 1])).toBeCloseTo(
      Math.sqrt(quadraticForm(inverse, Float64Array.of(0, 1), 2)),
      10,
    );
  });
});
