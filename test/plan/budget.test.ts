import { describe, expect, it } from "vitest";
import { readHardware } from "../../src/models/index.ts";
import { type Budget, budgetSchema, parseBudget } from "../../src/plan/index.ts";

/** The amounts and goals that are not null. */
function known(text: string): Partial<Budget> {
  const { format, text: _, missing, steps, limits, assumed, remarks, ...amounts } = parseBudget(text);
  return Object.fromEntries(Object.entries(amounts).filter(([, value]) => value !== null));
}

describe("amounts of compute", () => {
  it.each([
    ["1e23", 1e23],
    ["1e23 FLOPs", 1e23],
    ["5.76x10^23 flop", 5.76e23],
    ["2^80", 2 ** 80],
    ["600 ZFLOPs", 6e23],
    // 1 PF-day = 1e15 · 24 · 3600 = 8.64e19 (Kaplan et al. 2020).
    ["1 PF-day", 8.64e19],
    ["3 PF-days", 2.592e20],
    ["3 petaflop/s-days", 2.592e20],
    ["5 EF-days", 4.32e23],
  ])("%s", (text, flops) => {
    // Two double roundings at most.
    expect(parseBudget(text).flops! / flops).toBeCloseTo(1, 14);
    expect(parseBudget(text).missing).toEqual([]);
  });

  it('"1e23 FLOPs" takes the FLOPs as they are, to the bit', () => {
    expect(known("1e23 FLOPs")).toEqual({ flops: 1e23 });
  });
});

describe("devices, time and money (H100: 989.4e12 FLOP/s, dense bf16)", () => {
  it("512 H100 for 30 days at 40% MFU", () => {
    const budget = parseBudget("512 H100 for 30 days at 40% MFU");
    expect(known("512 H100 for 30 days at 40% MFU")).toEqual({
      flops: 512 * 30 * 24 * 0.4 * (3600 * 989.4e12),
      deviceHours: 368640,
      devices: 512,
      hours: 720,
      hardware: "H100",
      mfu: 0.4,
      peakFlopsPerSecond: 989.4e12,
    });
    expect(budget.steps).toEqual([
      "512 devices × 720 h = 368,640 device-hours",
      "368,640 device-hours × 3600 s/h × 9.894e14 FLOP/s × 40% MFU = 5.252e23 FLOPs",
    ]);
  });

  it.each([
    "30 days on 512 H100s at 40% MFU",
    "512 x H100, 30 days, at 40% MFU",
    "512xH100 for 720 hours @ 0.4 MFU",
    "512 NVIDIA H100 SXM for 30 days with MFU 40%",
    "368,640 H100-hours at 40% mfu",
    "a cluster of 512 H100 within 30 days at 40% MFU",
    "30-day deadline with 512 H100 at 40% MFU",
    "512 H100 for 43,200 minutes at 40% MFU",
    "43,200 minutes on 512 H100 at 40% MFU",
  ])("the same in other words: %s", (text) => {
    expect(parseBudget(text).flops! / parseBudget("512 H100 for 30 days at 40% MFU").flops!).toBeCloseTo(
      1,
      12,
    );
  });

  it("1000 H100-hours at 35% MFU", () => {
    expect(parseBudget("1000 H100-hours at 35% MFU").flops! / 1.246644e21).toBeCloseTo(1, 12);
  });

  it("the B of B200 is no billion, the v4 of a TPU no number", () => {
    expect(known("1000 B200-hours")).toMatchObject({ deviceHours: 1000, hardware: "B200" });
    expect(known("64 TPU v4 for 3 days")).toMatchObject({ devices: 64, hardware: "TPU v4", hours: 72 });
    expect(known("1000 TPU v5p hours")).toMatchObject({ deviceHours: 1000, hardware: "TPU v5p" });
  });

  it("$2M at $2/h is a million device-hours and no FLOPs: hardware and MFU are missing, none is invented", () => {
    const budget = parseBudget("$2M at $2/h");
    expect(known("$2M at $2/h")).toEqual({ deviceHours: 1e6, costUsd: 2e6, pricePerHourUsd: 2 });
    expect(budget.flops).toBe(null);
    expect(budget.steps).toEqual(["$2M ÷ ($2/h) = 1M device-hours"]);
    expect(budget.missing).toEqual([
      'add the hardware, as in "of H100"',
      'add "at 40% MFU", with the share of the peak rate that your runs reach',
    ]);
  });

  it("doing what `missing` says gives the FLOPs", () => {
    const budget = parseBudget("$2M of H100 at $2/h at 40% MFU");
    expect(budget.flops! / (1e6 * 3600 * 989.4e12 * 0.4)).toBeCloseTo(1, 12);
    expect(budget.missing).toEqual([]);
    expect(known("$2M at $2/H100-hour at 40% MFU")).toEqual(known("$2M of H100 at $2/h at 40% MFU"));
  });

  it.each([
    ["20k A100-hours", ["at 40% MFU"]],
    ["512 GPUs for 30 days at 40% MFU", ["the hardware"]],
    ["512 H100 at 40% MFU", ["how long"]],
    ["$2M of H100 at 40% MFU", ["the price of a device-hour"]],
    ["$2M", ["the price", "the hardware", "MFU"]],
    ["500 hours of H100", ["how many devices", "MFU"]],
  ])("%s: FLOPs unknown, and says what to add", (text, words) => {
    const { flops, missing } = parseBudget(text);
    expect(flops).toBe(null);
    expect(missing).toHaveLength(words.length);
    words.forEach((word, i) => {
      expect(missing[i]).toContain(word);
    });
  });

  it("the rules run backwards: time, devices and MFU that follow", () => {
    expect(parseBudget("1e23 FLOPs on 512 H100 at 40% MFU").hours).toBeCloseTo(
      1e23 / (512 * 0.4 * 989.4e12 * 3600),
      9,
    );
    expect(parseBudget("$5M of H100 for 30 days at $2.50/h").devices).toBeCloseTo(2e6 / 720, 9);
    expect(parseBudget("1e23 on 512 H100 for 30 days").mfu).toBeCloseTo(
      1e23 / (368640 * 3600 * 989.4e12),
      12,
    );
    expect(parseBudget("512 H100 for 30 days at $2/h").costUsd).toBe(737280);
  });
});

describe("what cannot be read", () => {
  it.each([
    ["", "expected FLOPs, device-hours, devices for a time, or money, as in"],
    ["hello", "expected something like"],
    ["H100", "expected FLOPs, device-hours"],
    ["40% MFU", "expected FLOPs, device-hours"],
    ["0", "expected an amount above 0"],
    ["-5e22", "expected an amount above 0"],
    ["70X", 'unknown suffix "X", write K, M, B, T'],
    ["3 PF-dayz", 'did you mean "PF-days"?'],
    ["512 H10 for 3 days", 'unknown hardware "H10"; did you mean "H100"?'],
    ["512 H100 for 3 months", "months and years have no fixed length"],
    ["512 H100 for 30 days at 40%", 'expected "MFU" after the percentage, got "at 40%"'],
    ["512 H100 for 30 days at 140% MFU", "expected an MFU above 0% and at most 100%"],
    ["512 H100 for 30 days at 0% MFU", "expected an MFU above 0% and at most 100%"],
    // Written as a fraction, 40 is 4000 %: most likely a forgotten per cent sign.
    ["512 H100 for 30 days at 40 MFU", "expected an MFU above 0% and at most 100%"],
    ["1e23 FLOP/s", "is a rate, expected an amount"],
    ["5 PFLOPs for 3 days", "a rate or a count?"],
    ["1e30 on 512 H100 for 30 days", "more than the hardware's peak"],
    ["$5M for 1M H100-hours at $2/h and 30 days on 2000 H100-hours", "the device-hours twice"],
    ["8 H100 for 1 day at $2/A100-hour", "two kinds of hardware, A100 and H100"],
  ])("%j", (text, message) => {
    expect(() => parseBudget(text)).toThrow(message);
  });
});

describe("several limits: the one that is reached first binds", () => {
  it("a deadline and money: $2M at $9/h ends before 30 days on 512 devices do", () => {
    const budget = parseBudget("$2M of 512 H100 for 30 days at $9/h at 40% MFU");
    expect(budget.limits.map(({ kind, binding }) => [kind, binding])).toEqual([
      ["costUsd", true],
      ["deadline", false],
    ]);
    expect(budget).toMatchObject({ devices: 512, costUsd: 2e6 });
    expect(budget.deviceHours).toBeCloseTo(2e6 / 9, 6);
    expect(budget.hours).toBeCloseTo(2e6 / 9 / 512, 9);
    expect(budget.flops! / ((2e6 / 9) * 3600 * 989.4e12 * 0.4)).toBeCloseTo(1, 12);
    expect(budget.steps[0]).toBe(
      "$2M at $9/h allows 222,222.2 device-hours, 512 devices for 720 h allow 368,640 device-hours: the money binds",
    );
    expect(budget.remarks).toEqual(["The training ends after 18.1 of 30 days."]);
  });

  it.each([
    ["$2M and 30 days on 512 H100 at $2/h", "deadline", "Of $2M, $1.26M are left."],
    ["$2M of H100, 30 days on 512 H100, $2/h", "deadline", "Of $2M, $1.26M are left."],
    ["1e23 FLOPs and at most $9M of H100 at $2/h at 40% MFU", "flops", "Of $9M, $8.86M are left."],
    ["1e24 FLOPs, $1M of H100 at $2/h at 40% MFU", "costUsd", "Only 71.2 % of 1e24 FLOPs can be had."],
    ["100k H100-hours within 10 days on 100 H100", "deadline", "Of 100,000 device-hours, 76,000 are left."],
  ])("%s", (text, kind, remark) => {
    const { limits, remarks } = parseBudget(text);
    expect(limits.filter(({ binding }) => binding).map((limit) => limit.kind)).toEqual([kind]);
    expect(remarks).toEqual([remark]);
  });

  it("the binding limit allows the least, whatever the numbers", () => {
    for (const money of [1e4, 3e5, 7e5, 1e6, 5e7])
      for (const days of [1, 10, 30, 300]) {
        const { flops, limits } = parseBudget(`$${money} and ${days} days on 512 H100 at $2/h at 40% MFU`);
        expect(flops! / Math.min(...limits.map((limit) => limit.flops!))).toBeCloseTo(1, 12);
      }
  });

  it("amounts that agree within rounding both bind, and nothing is dropped", () => {
    const { limits, remarks } = parseBudget("$737,000 for 512 H100 for 30 days at $2/h");
    expect(limits.every(({ binding }) => binding)).toBe(true);
    expect(remarks).toEqual([]);
  });

  it("money for a number of device-hours is a price, not two limits", () => {
    expect(parseBudget("$2M for 500k H100-hours", { assume: true }).pricePerHourUsd).toBe(4);
  });
});

describe("what else a question says", () => {
  it.each<[string, Partial<Budget>]>([
    ["loss 2.0", { targetLoss: 2 }],
    ["reach a loss of 1.9 nats per token", { targetLoss: 1.9 }],
    ["7B parameters on 2T tokens", { params: 7e9, tokens: 2e12 }],
    ["7B-parameter model, D = 140B", { params: 7e9, tokens: 140e9 }],
    ["1e22 with a 7B model", { flops: 1e22, params: 7e9 }],
    ["1e22 FLOPs, 20 tokens per parameter", { flops: 1e22, tokensPerParam: 20 }],
    ["1e22 FLOPs at 20:1", { flops: 1e22, tokensPerParam: 20 }],
    ["1e22, only 50B unique tokens", { flops: 1e22, uniqueTokens: 50e9 }],
    ["3 PF-days and N = 1.5B", { flops: 2.592e20, params: 1.5e9 }],
  ])("%s", (text, goals) => {
    expect(known(text)).toEqual(goals);
  });

  const load = {
    promptTokens: null,
    outputTokens: null,
    latency: null,
    secondsPerToken: null,
    precision: null,
  };
  it.each<[string, object]>([
    ["1e22, served 1e12 tokens", { ...load, tokens: 1e12 }],
    ["1e22 and serving 1T tokens", { ...load, tokens: 1e12 }],
    ["1e22 with 1T inference tokens", { ...load, tokens: 1e12 }],
    ["1e22, served 5B tokens a day for 2 years", { ...load, tokens: 3.65e12 }],
    [
      "1e22, served 7e11 prompt and 3e11 output tokens",
      { ...load, tokens: 1e12, promptTokens: 7e11, outputTokens: 3e11 },
    ],
    [
      "1e22, served 1T tokens in batch, in int8",
      { ...load, tokens: 1e12, latency: "batch", precision: "int8" },
    ],
    [
      "1e22, served 1T tokens at 50 ms per token",
      { ...load, tokens: 1e12, latency: "interactive", secondsPerToken: 0.05 },
    ],
  ])("%s", (text, inference) => {
    expect(known(text)).toEqual({ flops: 1e22, inference });
  });

  it("time lost to failures is taken off the compute, not off the bill", () => {
    const all = parseBudget("512 H100 for 30 days at $2/h at 40% MFU");
    const most = parseBudget("512 H100 for 30 days at $2/h at 40% MFU at 90% uptime");
    expect(most.flops! / all.flops!).toBeCloseTo(0.9, 12);
    expect(most.costUsd).toBe(all.costUsd);
  });

  it.each([
    ["loss -1", 'expected an amount above 0, got "-1"'],
    ["N = 0 on 1e22", 'expected an amount above 0, got "0"'],
    ["-$5M of H100", 'expected an amount above 0, got "-5M"'],
    ["7B parameters, 2T tokens, ratio 20", "286 tokens per parameter, not 20"],
    ["$2M of H100, served", 'expected how many tokens are served, as in "served 1e12 tokens"'],
    ["1e22, served 5B tokens a day", "expected for how long"],
    ["€5M of H100", "expected dollars"],
    ["M of H100", "write it in single quotes"], // "$2M of H100" as a shell leaves it
    ["512 H100 for 30 days at 40% MFU at 0% uptime", "expected an effective time above 0%"],
  ])("%j is refused", (text, message) => {
    expect(() => parseBudget(text)).toThrow(message);
  });
});

describe("with assumptions from the cited tables", () => {
  const budget = parseBudget("$2M of H100, served 1e12 tokens", { assume: true });

  it("$2M of H100, served 1e12 tokens: price and MFU are the medians of the tables, and are said", () => {
    expect(budget.assumed.map(({ quantity, value }) => [quantity, value])).toEqual([
      ["mfu", 0.41],
      ["pricePerHourUsd", 3.99],
    ]);
    expect(budget.flops! / ((2e6 / 3.99) * 3600 * 989.4e12 * 0.41)).toBeCloseTo(1, 12);
    expect(budget.inference?.tokens).toBe(1e12);
    expect(budget.steps.slice(0, 2).every((step) => step.startsWith("assumed: "))).toBe(true);
    expect(budget.cost?.costUsd).toBeCloseTo(2e6, 3);
  });

  it("the FLOPs at the ends of what is assumed: dearest hour and lowest MFU, and the reverse", () => {
    const [price, mfu] = [
      [3.2, 12.29],
      [0.38, 0.43],
    ];
    const at = (usd: number, share: number): number => (2e6 / usd) * 3600 * 989.4e12 * share;
    expect(budget.flopsRange![0] / at(price[1], mfu[0])).toBeCloseTo(1, 12);
    expect(budget.flopsRange![1] / at(price[0], mfu[1])).toBeCloseTo(1, 12);
  });

  it("what is said is not assumed", () => {
    const said = parseBudget("$2M of H100 at $2/h at 40% MFU", { assume: true });
    expect(said).toMatchObject({ assumed: [], flopsRange: null, mfu: 0.4, pricePerHourUsd: 2 });
    expect(said.cost).toMatchObject({ mfu: { origin: "given" }, pricePerHourUsd: { origin: "given" } });
    expect(said.flops).toBe(parseBudget("$2M of H100 at $2/h at 40% MFU").flops);
  });

  it("hardware is never assumed", () => {
    expect(parseBudget("$2M", { assume: true })).toMatchObject({ flops: null, assumed: [], cost: null });
  });

  it("an MFU that nobody has published is remarked on", () => {
    expect(parseBudget("512 H100 for 30 days at 80% MFU").remarks[0]).toMatch(
      /reaches 80% MFU: the highest is 71.5%/,
    );
    expect(parseBudget("512 H100 for 30 days at 40% MFU").remarks).toEqual([]);
  });

  it("hardware of one's own, with its price", () => {
    const [mine] = readHardware({
      name: "mine",
      peak: "1 PFLOP/s",
      memory: "96 GB",
      bandwidth: "4 TB/s",
      price: "$1.80/h",
    });
    const { flops, costUsd } = parseBudget("64 mine for a week at 50% MFU", {
      assume: true,
      hardware: [mine],
    });
    expect(flops).toBeCloseTo(64 * 168 * 3600 * 1e15 * 0.5, -10);
    expect(costUsd).toBeCloseTo(64 * 168 * 1.8, 6);
  });
});

it.each([
  ["one H100 for one day", "1 H100 for 1 day"],
  ["an A100 for 3 days", "1 A100 for 3 days"],
  ["2M$ of H100", "$2M of H100"],
  ["H100 x 512, 30 days", "512 H100 for 30 days"],
  ["16 nodes of 8 H100 for 30 days", "128 H100 for 30 days"],
])("%s is %s", (words, plainly) => {
  const of = (text: string) => ({ ...parseBudget(text, { assume: true }), text: "", steps: [] });
  const limitless = ({ limits, ...rest }: ReturnType<typeof of>) => rest;
  expect(limitless(of(words))).toEqual(limitless(of(plainly)));
});

it.each(["7B", "70B on 1.4T tokens", "100M on H100"])("%s is not taken for FLOPs", (words) => {
  expect(() => parseBudget(words)).toThrow(
    /is "\d+[BM]" a size, data or compute\? Write "\d+[BM] parameters"/,
  );
});

it("a budget is plain data that meets its schema", () => {
  const texts = ["1e23", "$2M at $2/h", "512 H100 for 30 days at 40% MFU", "loss 2.0, served 1e12 tokens"];
  for (const text of [...texts, "$2M of H100 and 30 days on 512 H100"])
    for (const assume of [false, true]) {
      const budget = parseBudget(text, { assume });
      expect(budgetSchema.parse(JSON.parse(JSON.stringify(budget)))).toEqual(budget);
      expect(budget.format).toBe("isoflop.budget/1");
    }
  expect(budgetSchema.safeParse({ ...parseBudget("1e23"), flops: -1 }).success).toBe(false);
});
