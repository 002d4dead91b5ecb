import { describe, expect, it } from "vitest";
import { read } from "../house/tree.ts";
import { builds, palmFlops, sizingFlops, sizingParams } from "./calculators/builds.ts";
import { costs, gera, kipply, lambdaYears, megatronDays, sizingDays } from "./calculators/costs.ts";
import {
  allocateCompute,
  lineThroughTable,
  notebook,
  onGrid,
  overhead,
  splits,
  twenty,
} from "./calculators/splits.ts";

describe("the calculators' formulas, written again, give what their authors print", () => {
  it("nanoGPT's scaling_laws: 316.23M and 11.65B on 2.21e19 FLOPs, 2.292426e9 tokens for 124M, to the printed digits", () => {
    const { params, tokens } = onGrid(2.21e19);
    expect((params / 1e6).toFixed(2)).toBe("316.23");
    expect((tokens / 1e9).toFixed(2)).toBe("11.65");
    expect(lineThroughTable(124e6).toExponential(6)).toBe("2.292426e+9");
  });

  it("nanoGPT's transformer_sizing: parameters, FLOPs of a sequence both ways, days, exactly as printed", () => {
    expect(sizingParams()).toBe(124_337_664);
    expect(sizingFlops()).toBe(874_944_921_600);
    expect(palmFlops()).toBe(879_894_724_608);
    expect(sizingDays().toFixed(2)).toBe("3.46");
  });

  it("NumberVibe: 158.1B on 3.16T for 3e24 FLOPs, to the printed digits", () => {
    const { params, tokens } = twenty(3e24);
    expect([(params / 1e9).toFixed(1), (tokens / 1e12).toFixed(2)]).toEqual(["158.1", "3.16"]);
  });

  it("datablations: 69,962,173,313.5 parameters and 1,372,170,066,384 tokens for 5.76e23; coefficients of eight digits, so to 1e-7", () => {
    const { params, tokens } = allocateCompute(5.76e23, notebook);
    expect(params / 69_962_173_313.5).toBeCloseTo(1, 7);
    expect(tokens / 1_372_170_066_384).toBeCloseTo(1, 7);
  });

  it("de Vries: 188 % more compute at a quarter of the size, and about 100 % at 30 %; whole percents and a round number", () => {
    expect(Math.abs(100 * overhead(0.25) - 188)).toBeLessThan(1);
    expect(overhead(0.3)).toBeGreaterThan(0.9);
    expect(overhead(0.3)).toBeLessThan(1.1);
  });

  it("Lambda: 355 years; Narayanan et al.: 34 days; kipply: 208; Gera: about 33,800 kWh and 13.5 t, as rounded there", () => {
    expect(Math.round(lambdaYears())).toBe(355);
    expect(Math.round(megatronDays())).toBe(34);
    expect(kipply(312e12, 1.5e12)).toBe(208);
    expect(Math.round(gera.kWh / 100)).toBe(338);
    expect((gera.kg / 1000).toFixed(1)).toBe("13.5");
  });
});

describe("docs/calculators.md", () => {
  const comparisons = [...splits, ...costs, ...builds];
  /** Calculator, its answer and ours, of every row of the tables. */
  const shown = read("docs/calculators.md")
    .split("\n")
    .filter((line) => line.startsWith("| ") && line.includes("]("))
    .map((line) => line.split(" | ").slice(1, 4));

  it("compares with every calculator here and no other", () => {
    expect(shown.map(([who]) => who).sort()).toEqual(
      comparisons.map(({ who, url }) => `[${who}](${url})`).sort(),
    );
  });

  it.each(comparisons.map((row) => [row.who, row] as const))("%s: both answers are as shown", (who, row) => {
    const [, theirs, ours] = shown.find(([name]) => name!.startsWith(`[${who}](`))!;
    expect([theirs, ours]).toEqual([row.theirs(), row.ours()]);
  });
});
