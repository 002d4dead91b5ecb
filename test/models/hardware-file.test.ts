import { describe, expect, it } from "vitest";
import {
  findHardware,
  hardware,
  hardwareSchema,
  readHardware,
  trainingPeak,
} from "../../src/models/index.ts";

const base = { name: "mine", peak: "989 TFLOP/s", memory: "80 GB", bandwidth: "3.35 TB/s" };

describe("readHardware", () => {
  it("words with units become base units, and what is not said is null or empty", () => {
    const [mine] = readHardware({
      ...base,
      peak: { bf16: "1 PFLOP/s", fp8: 2e15 },
      link: { bandwidth: "900 GB/s", devices: 8 },
      power: "0.7 kW",
      price: "$2.50/h",
    });
    expect(mine).toEqual({
      name: "mine",
      peakFlopsPerSecond: { bf16: 1e15, fp16: null, tf32: null, fp32: null, fp8: 2e15, int8: null },
      memoryBytes: 80e9,
      bandwidthBytesPerSecond: 3.35e12,
      link: { bytesPerSecond: 900e9, devices: 8 },
      powerWatts: 700,
      prices: [
        { usd: 2.5, provider: "stated in the file", plan: "own", date: null, url: null, verified: true },
      ],
      aliases: [],
      source: "stated in the file",
      url: null,
    });
  });

  it.each([
    ["80 GiB", 80 * 2 ** 30],
    ["80GB", 80e9],
    [80e9, 80e9],
    ["1.5 TB", 1.5e12],
    ["80000000000", 80e9],
  ])("memory %j is %d bytes", (memory, bytes) => {
    expect(readHardware({ ...base, memory })[0].memoryBytes).toBe(bytes);
  });

  it("a list, and a list under `hardware`", () => {
    const two = [base, { ...base, name: "other" }];
    expect(readHardware(two).map(({ name }) => name)).toEqual(["mine", "other"]);
    expect(readHardware({ hardware: two })).toEqual(readHardware(two));
  });

  it("one's own comes before the catalogue", () => {
    const [mine] = readHardware({ ...base, name: "H100", peak: "500 TFLOP/s" });
    expect(trainingPeak(findHardware("h100", [mine]))).toBe(500e12);
  });

  it.each([
    [
      { ...base, peak: "1979 TFLOP/s with sparsity" },
      "mine.yaml: peak: expected a dense rate, not one with sparsity",
    ],
    [
      { ...base, peak: 989 },
      'mine.yaml: peak: expected more than 1000000000 FLOP/s, got 989; write it as "989 TFLOP/s"',
    ],
    [{ ...base, peak: { fp8: "2 PFLOP/s" } }, "needs the dense bf16, fp16 or fp32 rate"],
    [{ ...base, memory: "80 GW" }, "mine.yaml: memory: expected the unit B"],
    [{ ...base, memory: -80e9 }, "mine.yaml: memory: expected an amount, got -80000000000"],
    [
      { name: "mine", peak: "1 PFLOP/s", bandwidth: "1 TB/s" },
      'mine.yaml: expected memory, such as "80 GB", got nothing',
    ],
    [{ ...base, memmory: 1 }, 'mine.yaml: unknown field "memmory"; did you mean "memory"?'],
    [{ ...base, memoryBytes: 1e9 }, '"memoryBytes" says memoryBytes a second time'],
    [{ ...base, link: { bandwidth: "900 GB/s", devices: 1 } }, "mine.yaml: link.devices"],
    ["H100", "mine.yaml: expected a device with name, peak, memory and bandwidth"],
    [[], "expected a device, got an empty list"],
  ])("%j is refused", (value, message) => {
    expect(() => readHardware(value, "mine.yaml")).toThrow(message);
  });

  it("the catalogue itself meets the schema and reads back", () => {
    for (const item of hardware) {
      expect(hardwareSchema.parse(JSON.parse(JSON.stringify(item)))).toEqual(item);
      expect(readHardware(item)).toEqual([item]);
    }
  });
});
