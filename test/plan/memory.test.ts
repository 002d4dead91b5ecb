import { describe, expect, it } from "vitest";
import { countParameters, gpt2Shape, llamaShape, moeShape } from "../../src/models/index.ts";
import {
  activationBytesPerLayer,
  memoryOf,
  mixedPrecisionAdam,
  type ParallelLayout,
  stateBytes,
} from "../../src/plan/index.ts";

const one: ParallelLayout = {
  data: 1,
  tensor: 1,
  pipeline: 1,
  context: 1,
  expert: 1,
  zero: 0,
  sequenceParallel: false,
  recompute: "none",
  microBatch: 1,
  interleave: 1,
};
/** GPT as Megatron trains it: 2,048 tokens, 51,200 of vocabulary. */
const gpt = (layers: number, width: number, heads: number): ReturnType<typeof gpt2Shape> =>
  gpt2Shape({ layers, width, heads, vocabulary: 51200, context: 2048 });
const zeroBytes = { weight: 2, gradient: 2, optimizer: 12 };

describe("ZeRO's table 1 (Rajbhandari et al. 2020): GB of states a device by data parallelism, 2 + 2 + 12 bytes a parameter", () => {
  // printed to three digits, cut off rather than rounded (4187 for 4187.5): a unit of the last
  const table: [params: number, rows: [ranks: number, os: number, osg: number, osgp: number][]][] = [
    [
      7.5e9,
      [
        [1, 120, 120, 120],
        [4, 52.5, 41.3, 30],
        [16, 35.6, 21.6, 7.5],
        [64, 31.4, 16.6, 1.88],
        [256, 30.4, 15.4, 0.47],
        [1024, 30.1, 15.1, 0.12],
      ],
    ],
    [
      128e9,
      [
        [1, 2048, 2048, 2048],
        [4, 896, 704, 512],
        [16, 608, 368, 128],
        [64, 536, 284, 32],
        [256, 518, 263, 8],
        [1024, 513, 257, 2],
      ],
    ],
    [
      1e12,
      [
        [1, 16000, 16000, 16000],
        [4, 7000, 5500, 4000],
        [16, 4750, 2875, 1000],
        [64, 4187, 2218, 250],
        [256, 4046, 2054, 62.5],
        [1024, 4011, 2013, 15.6],
      ],
    ],
  ];
  const digit = (printed: number): number =>
    printed >= 100 ? 1 : 10 ** Math.min(0, Math.floor(Math.log10(printed)) - 1);
  it.each(table)("%d parameters", (params, rows) => {
    for (const [ranks, ...printed] of rows)
      for (const zero of [1, 2, 3] as const) {
        const { weights, gradients, optimizer } = stateBytes(params, zero, ranks, zeroBytes);
        const GB = (weights + gradients + optimizer) / 1e9;
        expect(Math.abs(GB - printed[zero - 1]!)).toBeLessThanOrEqual(digit(printed[zero - 1]!));
      }
  });

  it("without ZeRO all of it on each device, and 4 bytes of gradient where micro-batches are summed in fp32", () => {
    expect(stateBytes(7.5e9, 0, 64, zeroBytes)).toEqual({ weights: 15e9, gradients: 15e9, optimizer: 90e9 });
    expect(stateBytes(7.5e9, 0, 1).gradients).toBe(30e9);
    expect(mixedPrecisionAdam).toEqual({ weight: 2, gradient: 4, optimizer: 12 });
  });
});

describe("Korthikanti et al. 2022, table 2: bytes of activations a layer, 16 bits, dropout masks of one byte, scores kept", () => {
  const models = [
    ["22B", gpt(48, 6144, 64), 4],
    ["175B", gpt(96, 12288, 96), 1],
    ["530B", gpt(105, 20480, 128), 1],
    ["1T", gpt(128, 25600, 160), 1],
  ] as const;
  const options = { attention: "scores", dropout: true } as const;

  // whole formulas, so equal but for rounding
  it.each(models)(
    "%s: no parallelism, tensor, tensor and sequence, selective, full",
    (_, shape, microBatch) => {
      const s = 2048;
      const { width: h, heads: a } = shape;
      const sbh = s * microBatch * h;
      const t = 8;
      const bytes = (layout: Partial<ParallelLayout>): number =>
        activationBytesPerLayer(shape, { ...one, microBatch, ...layout }, options) / sbh;
      const scores = (5 * a * s) / h;
      expect(bytes({})).toBeCloseTo(34 + scores, 9);
      expect(bytes({ tensor: t })).toBeCloseTo(10 + 24 / t + scores / t, 9);
      expect(bytes({ tensor: t, sequenceParallel: true })).toBeCloseTo((34 + scores) / t, 9);
      expect(bytes({ tensor: t, recompute: "selective" })).toBeCloseTo(10 + 24 / t, 9);
      expect(bytes({ tensor: t, sequenceParallel: true, recompute: "selective" })).toBeCloseTo(34 / t, 9);
      expect(bytes({ tensor: t, recompute: "full" })).toBe(2);
    },
  );

  it("selective recomputation saves 70 % for GPT-3 and 65 % for MT-NLG 530B (section 5)", () => {
    // whole percents
    const saved = (shape: ReturnType<typeof gpt>): number => {
      const bytes = (recompute: ParallelLayout["recompute"]): number =>
        activationBytesPerLayer(shape, { ...one, tensor: 8, sequenceParallel: true, recompute }, options);
      return Math.round(100 * (1 - bytes("selective") / bytes("none")));
    };
    expect(saved(models[1][1])).toBe(70);
    expect(saved(models[2][1])).toBe(65);
  });

  it("both together save five times the memory (abstract): 4.6 to 6.2 times against tensor parallelism alone", () => {
    // the four models differ in 5·a·s/h; the abstract says 5×
    for (const [, shape, microBatch] of models) {
      const layout = { ...one, tensor: 8, microBatch };
      const ratio =
        activationBytesPerLayer(shape, layout, options) /
        activationBytesPerLayer(
          shape,
          { ...layout, sequenceParallel: true, recompute: "selective" },
          options,
        );
      expect(ratio).toBeGreaterThan(4.5);
      expect(ratio).toBeLessThan(6.5);
    }
  });

  it("the first stage of an interleaved pipeline holds L·(1 + (p − 1)/(p·m)) layers (section 4.2.3; GPT-3, p = 8, m = 3)", () => {
    const shape = gpt(96, 12288, 96);
    const layout: ParallelLayout = { ...one, tensor: 8, sequenceParallel: true, pipeline: 8, interleave: 3 };
    const perLayer = activationBytesPerLayer(shape, layout, { attention: "scores" });
    const { activations, stage } = memoryOf(shape, layout, { attention: "scores", microBatches: 64 });
    expect(stage).toBe(0);
    expect(activations / perLayer).toBeCloseTo(96 * (1 + 7 / (8 * 3)), 9);
    const plain = memoryOf(shape, { ...layout, interleave: 1 }, { attention: "scores", microBatches: 64 });
    expect(plain.activations / perLayer).toBeCloseTo(96, 9);
  });
});

describe("the memory of a device", () => {
  const llama405 = llamaShape({
    layers: 126,
    width: 16384,
    heads: 128,
    kvHeads: 8,
    ffnSize: 53248,
    vocabulary: 128256,
    context: 8192,
  });
  const llama3: ParallelLayout = {
    ...one,
    data: 128,
    tensor: 8,
    pipeline: 16,
    zero: 2,
    sequenceParallel: true,
  };

  it("Llama 3 405B on 16,384 H100 fits into 80 GB without recomputation, as it was trained (Grattafiori et al. 2024, table 4, section 3.3.2)", () => {
    for (const interleave of [1, 4, 8]) {
      const memory = memoryOf(llama405, { ...llama3, interleave }, { microBatches: 16 });
      expect(memory.total).toBeLessThan(80e9);
      // the paper calls it tight: chosen by a memory estimator, tensors freed by hand
      expect(memory.total).toBeGreaterThan(60e9);
    }
    // 128K tokens over 16 context-parallel devices hold as much
    const long = { ...llama3, data: 8, context: 16 };
    expect(memoryOf(llama405, long, { context: 131072, microBatches: 16 }).activations).toBe(
      memoryOf(llama405, { ...llama3, data: 8 }, { microBatches: 16 }).activations,
    );
  });

  it("Llama 3 405B does not fit with its gradients or activations whole", () => {
    expect(memoryOf(llama405, { ...llama3, zero: 0 }, { microBatches: 16 }).total).toBeGreaterThan(85e9);
    expect(
      memoryOf(llama405, { ...llama3, sequenceParallel: false }, { microBatches: 16 }).total,
    ).toBeGreaterThan(85e9);
  });

  it("Megatron-LM's ten models fit into 80 GB in their layouts with full recomputation (Narayanan et al. 2021, table 1)", () => {
    // 1F1B with one sequence at a time; the paper gives neither micro-batch nor memory, only that they ran
    for (const [shape, tensor, pipeline, devices, batch] of megatron()) {
      const data = devices / tensor / pipeline;
      const layout: ParallelLayout = { ...one, data, tensor, pipeline, recompute: "full" };
      const options = { attention: "scores", dropout: true, microBatches: batch / data } as const;
      expect(memoryOf(shape, layout, options).total).toBeLessThan(80e9);
    }
  });

  it("Megatron-LM's ten models have the parameters of the table: P = 12·l·h²·(1 + 13/(12·h) + (V + s)/(12·l·h)), one decimal", () => {
    const printed = [1.7, 3.6, 7.5, 18.4, 39.1, 76.1, 145.6, 310.1, 529.6, 1008.0];
    const counted = megatron().map(([shape]) => Number((countParameters(shape).total / 1e9).toFixed(1)));
    expect(counted).toEqual(printed);
  });

  it("the devices of all stages together hold the whole model once, tied embeddings twice", () => {
    const shape = gpt(12, 768, 12);
    const whole = memoryOf(shape, one).params;
    // the count of one device has the last norm in full
    expect(whole).toBe(countParameters(shape).total);
    expect(memoryOf(shape, { ...one, zero: 3, data: 4 }).weights).toBeCloseTo((2 * whole) / 4, 3);
  });

  it("experts are shared by expert parallelism, and only by it", () => {
    const mixtral = moeShape({ layers: 32, width: 4096, heads: 32, kvHeads: 8, expertSize: 14336 });
    const params = (layout: Partial<ParallelLayout>): number =>
      memoryOf(mixtral, { ...one, ...layout }).params;
    const routed = 32 * 8 * 3 * 4096 * 14336;
    expect(params({ data: 8 })).toBe(params({}));
    expect(params({}) - params({ data: 8, expert: 8 })).toBeCloseTo((routed * 7) / 8, 0);
  });

  it("holds more with more sequences at a time, longer sequences, and no recomputation", () => {
    const shape = llamaShape({ layers: 16, width: 2048, heads: 16 });
    const total = (layout: Partial<ParallelLayout>, context = 2048): number =>
      memoryOf(shape, { ...one, ...layout }, { context }).total;
    expect(total({ microBatch: 2 })).toBeGreaterThan(total({}));
    expect(total({}, 4096)).toBeGreaterThan(total({}));
    expect(total({ recompute: "full" })).toBeLessThan(total({}));
  });

  it.each([
    [{ tensor: 5 }, "tensor parallelism must divide the heads, got 5 for 12 heads"],
    [{ pipeline: 13 }, "there are fewer layers than model chunks, got 12 layers for 13 stages of 1"],
    [{ expert: 2, data: 2 }, "expert parallelism needs experts, got a dense shape"],
    [{ data: 0 }, "data must be a whole number above 0, got 0"],
    [{ sequenceParallel: true }, "sequence parallelism splits over tensor-parallel devices, got tensor 1"],
  ])("refuses %j", (layout, message) => {
    expect(() => memoryOf(gpt(12, 768, 12), { ...one, ...layout })).toThrow(
      `cannot lay out this shape: ${message}`,
    );
  });
});

/** Narayanan et al. 2021, table 1: shape, tensor, pipeline, GPUs, batch. */
function megatron(): (readonly [ReturnType<typeof gpt>, number, number, number, number])[] {
  return [
    [gpt(24, 2304, 24), 1, 1, 32, 512],
    [gpt(30, 3072, 32), 2, 1, 64, 512],
    [gpt(36, 4096, 32), 4, 1, 128, 512],
    [gpt(40, 6144, 48), 8, 1, 256, 1024],
    [gpt(48, 8192, 64), 8, 2, 512, 1536],
    [gpt(60, 10240, 80), 8, 4, 1024, 1792],
    [gpt(80, 12288, 96), 8, 8, 1536, 2304],
    [gpt(96, 16384, 128), 8, 16, 1920, 2160],
    [gpt(105, 20480, 128), 8, 35, 2520, 2520],
    [gpt(128, 25600, 160), 8, 64, 3072, 3072],
  ];
}
