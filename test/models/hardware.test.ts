import { describe, expect, it } from "vitest";
import { findHardware, hardware, trainingPeak, trainingPrecision } from "../../src/models/index.ts";

describe("findHardware", () => {
  it.each([
    ["H100", "H100"],
    ["h100", "H100"],
    ["H100s", "H100"],
    ["NVIDIA H100 SXM GPUs", "H100"],
    ["A100-80GB", "A100"],
    ["tpu-v5p", "TPU v5p"],
    ["Trillium", "TPU v6e"],
    ["rtx4090", "RTX 4090"],
    ["AMD MI300X", "MI300X"],
  ])("%s is the %s", (name, found) => {
    expect(findHardware(name).name).toBe(found);
  });

  it("suggests, and never guesses", () => {
    expect(() => findHardware("H10")).toThrow('unknown hardware "H10"; did you mean "H100"?');
    expect(() => findHardware("abacus")).toThrow('unknown hardware "abacus": known are V100, A100');
    // The PCIe board is another device with a lower peak: it must not pass for the SXM one.
    expect(() => findHardware("H100 PCIe")).toThrow("unknown hardware");
  });

  it("no two entries share a spelling", () => {
    for (const item of hardware)
      for (const spelling of [item.name, ...item.aliases]) expect(findHardware(spelling)).toBe(item);
  });
});

// Data sheets; dense rates. H100's 1,979 TFLOP/s is the sparse figure, half of it is meant.
it.each([
  ["V100", 125e12],
  ["A100", 312e12],
  ["H100", 989.4e12],
  ["MI300X", 1307.4e12],
  ["TPU v4", 275e12],
  ["TPU v5e", 197e12],
])("training peak of %s is %d FLOP/s, dense", (name, peak) => {
  expect(trainingPeak(findHardware(name))).toBe(peak);
});

// The sparse figures that data sheets print beside them: 1,979 (H100), 4,500 (B200), 2,615 (MI300X).
it.each([
  ["H100", 989.4e12],
  ["H200", 989.4e12],
  ["B200", 2.25e15],
  ["MI300X", 1307.4e12],
  ["RTX 4090", 165.2e12],
])("%s: never the rate with sparsity, and 8-bit rates are twice the 16-bit ones", (name, peak) => {
  const { bf16, fp8, int8 } = findHardware(name).peakFlopsPerSecond;
  expect(bf16).toBe(peak);
  // data sheets round each rate by itself
  expect(fp8! / bf16!).toBeCloseTo(2, 2);
  expect(int8! / bf16!).toBeCloseTo(name === "RTX 4090" ? 4 : 2, 2); // Ada accumulates fp8 in fp32 at half its rate
});

it("the laptop's peak is cores · clock · FLOPs a cycle, in fp32", () => {
  const laptop = findHardware("laptop");
  expect(trainingPrecision(laptop)).toBe("fp32");
  expect(trainingPeak(laptop)).toBeCloseTo(8 * 3.3e9 * 32, -3);
});

it("every entry names its source, and every figure is in base units or null", () => {
  for (const item of hardware) {
    const isCpu = item.name === "laptop CPU";
    expect(item.source).not.toBe("");
    expect(item.url).toMatch(/^https:/);
    expect(item.memoryBytes).toBeGreaterThanOrEqual(16e9);
    expect(item.bandwidthBytesPerSecond).toBeGreaterThan(isCpu ? 5e10 : 5e11);
    for (const rate of Object.values(item.peakFlopsPerSecond))
      if (rate !== null) expect(rate).toBeGreaterThan(isCpu ? 1e11 : 1e13);
    if (item.powerWatts !== null) expect(item.powerWatts).toBeGreaterThan(isCpu ? 10 : 100);
    if (item.link) expect(item.link.bytesPerSecond).toBeGreaterThan(1e11);
  }
});
