import { describe, expect, it } from "vitest";
import {
  effectiveTimes,
  findHardware,
  hardware,
  typicalMfu,
  typicalPrice,
  utilisations,
} from "../../src/models/index.ts";

const mfuOf = (model: string, devices?: number | null): number =>
  utilisations.find(
    (record) => record.model === model && (devices === undefined || record.devices === devices),
  )!.mfu;

// As printed: Chowdhery et al. 2022, Table 3; Llama Team 2024, Table 4; Korthikanti et al. 2022, Table 5.
it.each([
  ["GPT-3 175B", null, 0.213],
  ["Gopher 280B", 4096, 0.325],
  ["Megatron-Turing NLG 530B", 2240, 0.302],
  ["PaLM 540B", 6144, 0.462],
  ["Llama 3 405B", 8192, 0.43],
  ["Llama 3 405B", 16384, 0.41],
  ["1T", 512, 0.563],
])("%s on %s devices: MFU %d", (model, devices, mfu) => {
  expect(mfuOf(model, devices)).toBe(mfu);
});

it("derived: LLaMA 65B's 380 tokens/s/GPU are 47.6 % and OPT's 147 TFLOP/s 47.1 % of 312 TFLOP/s", () => {
  expect(mfuOf("LLaMA 65B")).toBeCloseTo(0.476, 3);
  expect(mfuOf("OPT-175B")).toBeCloseTo(0.471, 3);
});

it("every record is a share of a dense peak, with a source and an address", () => {
  for (const { mfu, source, url } of utilisations) {
    expect(mfu).toBeGreaterThan(0.1);
    expect(mfu).toBeLessThan(0.8); // more would be a share of a wrong peak
    expect(source).toMatch(/20\d\d|MaxText/);
    expect(url).toMatch(/^https:/);
  }
});

it("OPT got on for less than half of its 57 days, Llama 3 and MegaScale for more than nine tenths", () => {
  const [opt, ...later] = effectiveTimes;
  expect(opt.share).toBeCloseTo(0.44, 2); // 25.0 days of work, from the logbook's dates
  for (const { share, kind } of later) expect([share, kind]).toEqual([0.9, "at least"]);
});

describe("typical values", () => {
  it("runs come before benchmarks, and other hardware last", () => {
    expect(typicalMfu(findHardware("H100"))).toMatchObject({
      value: 0.41,
      range: [0.38, 0.43],
      count: 3,
      verified: true,
    });
    expect(typicalMfu(findHardware("TPU v5p"))).toMatchObject({ value: 0.6883, verified: true });
    expect(typicalMfu(findHardware("MI300X"))).toMatchObject({ count: 9, verified: false });
  });

  it("the price is the median of on-demand list prices, with their dates; null without any", () => {
    expect(typicalPrice(findHardware("H100"))).toMatchObject({ value: 3.99, range: [3.2, 12.29], count: 6 });
    expect(typicalPrice(findHardware("H100"))!.from).toContain("read 2026-08-26 to 2026-11-09");
    expect(typicalPrice(findHardware("TPU v4"))).toMatchObject({ value: 3.22, verified: false });
    expect(typicalPrice(findHardware("V100"))).toBeNull();
  });

  it("every verified price says when and where it was read", () => {
    for (const { prices } of hardware)
      for (const { usd, date, url, verified } of prices) {
        expect(usd).toBeGreaterThan(0);
        expect(url).toMatch(/^https:/);
        if (verified) expect(date).toMatch(/^\d{4}-\d\d-\d\d$/);
      }
  });
});
