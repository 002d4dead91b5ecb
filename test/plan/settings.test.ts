import { describe, expect, it } from "vitest";
import { gpt2Shape, learningRates, llamaShape } from "../../src/models/index.ts";
import { planSettings, type SettingsPlan, settingsPlanSchema } from "../../src/plan/index.ts";

const gpt2 = gpt2Shape({ layers: 12, width: 768, heads: 12 });
const llama8 = llamaShape({
  layers: 32,
  width: 4096,
  heads: 32,
  kvHeads: 8,
  ffnSize: 14336,
  vocabulary: 128256,
  context: 8192,
});
const value = (plan: SettingsPlan, rule: string): number | null =>
  plan.rules.find((said) => said.rule === rule)!.value;

describe("rules", () => {
  it("DeepSeek LLM 7B on 2T tokens: batch of 2304 × 4096 and rate of 4.2e-4 (table 2, non-embedding FLOPs with attention)", () => {
    // the paper's own rounding of its law: 2.3 % in the batch, half of the last digit in the rate; its FFN is Llama's,
    // 0.7 % more FLOPs than 72·n·d²
    const seven = llamaShape({ layers: 30, width: 4096, heads: 32, vocabulary: 102400 });
    const plan = planSettings({ shape: seven, tokens: 2e12 });
    expect(Math.abs(value(plan, "deepseek-batch")! / (2304 * 4096) - 1)).toBeLessThan(0.03);
    expect(Math.abs(value(plan, "deepseek-learning-rate")! / 4.2e-4 - 1)).toBeLessThan(0.015);
    expect(plan.practice[0]!.model).toBe("DeepSeek LLM 7B");
  });

  it("Kaplan's LR(N) = 0.003239 − 0.0001395·ln N at 1.5e9 non-embedding parameters (eq. D.1), silent above 1e10", () => {
    const plan = planSettings({ params: 1.5e9, tokens: 1e10 });
    expect(value(plan, "kaplan-learning-rate")).toBeCloseTo(0.003239 - 0.0001395 * Math.log(1.5e9), 12);
    const large = planSettings({ params: 2e10, tokens: 1e11 }).rules.find(
      ({ rule }) => rule === "kaplan-learning-rate",
    )!;
    expect(large).toMatchObject({ value: null, reason: expect.stringContaining("1e10") });
  });

  it("each rule counts by its own convention: GPT-2 small, 84.9M and 123.65M parameters", () => {
    const plan = planSettings({ shape: gpt2, tokens: 2.5e9 });
    const at = (rule: string): Readonly<Record<string, number>> =>
      plan.rules.find((said) => said.rule === rule)!.at;
    expect(at("step-law-learning-rate")).toEqual({ params: 85_056_000, tokens: 2.5e9 });
    expect(at("porian-learning-rate")).toEqual({ params: 123_653_376 });
    // M = 72·n·d² + 12·n·d·l of DeepSeek's eq. 2
    expect(at("deepseek-learning-rate").flops! / 2.5e9).toBe(72 * 12 * 768 ** 2 + 12 * 12 * 768 * 1024);
  });

  it("µP carries a tuned rate over to the width, and says what it needs where it can't", () => {
    const tuned = { learningRate: 6e-3, width: 256 };
    expect(value(planSettings({ shape: gpt2, tokens: 1e9, tuned }), "mup-learning-rate")).toBe(2e-3);
    const silent = planSettings({ params: 1e8, tokens: 1e9, tuned }).rules.find(
      ({ rule }) => rule === "mup-learning-rate",
    )!;
    expect(silent.reason).toMatch(/width/);
  });

  it("the critical batch speaks where a loss is predicted", () => {
    expect(value(planSettings({ params: 1e8, tokens: 1e9 }), "critical-batch")).toBeNull();
    // 2e6 tokens at 1 PF-day, L = 2.658 (Kaplan et al. 2020, table 6), two digits
    const batch = value(planSettings({ params: 1e9, tokens: 1e10, loss: 3.1e8 ** 0.05 }), "critical-batch")!;
    expect(Math.abs(batch / 2e6 - 1)).toBeLessThan(0.025);
  });

  it("carries the plan's interval through: a power law of D from joint draws", () => {
    const plan = planSettings({
      params: 1e9,
      tokens: 1e10,
      drawnParams: 1e9,
      drawn: (quantity) => ({
        low: quantity({ params: 8e8, tokens: 8e9 }),
        high: quantity({ params: 1.25e9, tokens: 1.25e10 }),
        level: 0.9,
        method: "percentile",
      }),
    });
    const batch = plan.rules.find(({ rule }) => rule === "step-law-batch")!;
    expect(batch.interval!.low).toBeCloseTo(0.58 * 8e9 ** 0.571, 3);
    expect(batch.interval!.high).toBeCloseTo(0.58 * 1.25e10 ** 0.571, 3);
  });
});

describe("the choice", () => {
  it("is Step Law's within its data, and both settings are of one paper", () => {
    const plan = planSettings({ params: 5e8, tokens: 1e10 });
    expect(plan.chosen.rules).toBe("Step Law");
    expect(plan.chosen.learningRate).toBe(value(plan, "step-law-learning-rate"));
    // to half a sequence of 2048
    expect(Math.abs(plan.chosen.batchTokens - value(plan, "step-law-batch")!)).toBeLessThanOrEqual(1024);
  });

  it("shows the spread, and warns where rates lie more than twice apart", () => {
    const { spread, rules, warnings } = planSettings({ shape: gpt2, tokens: 2.5e9 });
    const rates = rules.flatMap(({ setting, value }) =>
      setting === "learningRate" && value !== null ? [value] : [],
    );
    expect(spread.learningRate).toMatchObject({
      low: Math.min(...rates),
      high: Math.max(...rates),
      rules: 4,
    });
    expect(warnings.join()).toMatch(/sweep a few/);
  });

  it("Llama 3 8B on 15T tokens, far outside every rule: their middle, within a factor of 2 of what was run (3e-4, 16M; table 3)", () => {
    const { chosen, practice, warnings } = planSettings({ shape: llama8, tokens: 15e12 });
    expect(chosen.rules).toBe("the middle of all rules");
    expect(warnings.join()).toMatch(/far outside the data of every rule/);
    expect(practice[0]).toMatchObject({ model: "Llama 3 8B", learningRate: 3e-4 });
    expect(Math.abs(Math.log2(chosen.learningRate / 3e-4))).toBeLessThan(1);
    expect(Math.abs(Math.log2(chosen.batchTokens / 16e6))).toBeLessThan(1);
  });

  it("rounds the batch to the copies of the model, and its steps see all tokens", () => {
    const { chosen } = planSettings({ shape: llama8, tokens: 1.6e11, sequences: 64 });
    expect(chosen.sequences % 64).toBe(0);
    expect(chosen.batchTokens).toBe(chosen.sequences * 8192);
    expect(Math.abs(chosen.steps * chosen.batchTokens - 1.6e11)).toBeLessThanOrEqual(chosen.batchTokens / 2);
  });

  it("gives schedules that can be run, the first with the peak of the choice", () => {
    for (const tokens of [1e6, 1e9, 1e10]) {
      const { chosen, schedules } = planSettings({ params: 1e7, tokens });
      for (const { schedule } of schedules) {
        const rates = learningRates(schedule);
        expect(rates).toHaveLength(chosen.steps);
        expect(Math.max(...rates.slice(0, 1e5))).toBeLessThanOrEqual(chosen.learningRate * (1 + 1e-12));
      }
      expect(chosen.schedule).toMatchObject({ kind: "cosine", final: chosen.learningRate / 10 });
      expect(chosen.warmupTokens).toBeLessThanOrEqual(0.11 * Math.max(tokens, 10 * chosen.batchTokens));
    }
  });

  it("survives JSON and its schema", () => {
    const plan = planSettings({ shape: llama8, tokens: 1e12, loss: 2 });
    expect(settingsPlanSchema.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  });

  it.each([
    [{ tokens: 1e9 }, "cannot plan settings: expected a shape or a number of parameters, got neither"],
    [{ tokens: -1, params: 1e9 }, "cannot plan settings: expected tokens above 0, got -1"],
    [{ tokens: 1e9, params: 0 }, "cannot plan settings: expected params above 0, got 0"],
    [
      { tokens: 1e9, params: 1e8, tuned: { learningRate: 0, width: 64 } },
      "cannot plan settings: expected learningRate above 0, got 0",
    ],
  ])("refuses %j", (question, message) => {
    expect(() => planSettings(question)).toThrow(message);
  });
});
