import type { Hardware, HourlyPrice } from "./hardware.ts";

// Prices were read where `url` points, or in a public transcript of that page that names the day (github.com/
// tgarg01/silybench-data, datareceipts/data-receipts, api-evangelist/lambda-labs and nexgen-cloud; huggingface.co/
// datasets/tokenwatt/gpu-cloud-prices). They age fast: whoever knows their own price says it.
const onDemand = (provider: string, usd: number, date: string | null, url: string): HourlyPrice => ({
  usd,
  provider,
  plan: "on-demand",
  date,
  url,
  verified: true,
});
const runPod = (usd: number, date = "2026-09-25"): HourlyPrice =>
  onDemand("RunPod Secure Cloud", usd, date, "https://www.runpod.io/pricing");
const lambda = (usd: number, date = "2026-09-25"): HourlyPrice =>
  onDemand("Lambda, 8 devices", usd, date, "https://lambda.ai/pricing");
const nebius = (usd: number): HourlyPrice =>
  onDemand("Nebius", usd, "2026-09-25", "https://nebius.com/prices");
const hyperstack = (usd: number): HourlyPrice =>
  onDemand("Hyperstack", usd, "2026-08-26", "https://www.hyperstack.cloud/gpu-pricing");
const aws = (instance: string, usd: number): HourlyPrice =>
  onDemand(`AWS ${instance}, us-east-1`, usd, "2026-11-09", "https://aws.amazon.com/ec2/pricing/on-demand/");
/** Google's list prices a chip-hour, known from what others write of them: the page itself was not seen. */
const googleTpu = (usd: number): HourlyPrice => ({
  ...onDemand("Google Cloud", usd, null, "https://cloud.google.com/tpu/pricing"),
  verified: false,
});

/** Accelerators that language models are trained on, newest last within a maker, and a laptop to compare with. */
export const hardware: readonly Hardware[] = [
  {
    name: "V100",
    peakFlopsPerSecond: { bf16: null, fp16: 125e12, tf32: null, fp32: 15.7e12, fp8: null, int8: null },
    memoryBytes: 32e9,
    bandwidthBytesPerSecond: 900e9,
    link: { bytesPerSecond: 300e9, devices: 8 },
    powerWatts: 300,
    prices: [],
    aliases: ["V100 SXM", "V100 SXM2", "V100 32GB"],
    source: "NVIDIA V100 data sheet (SXM2, 32 GB), 2020",
    url: "https://images.nvidia.com/content/technologies/volta/pdf/volta-v100-datasheet-update-us-1165301-r5.pdf",
  },
  {
    name: "A100",
    peakFlopsPerSecond: {
      bf16: 312e12,
      fp16: 312e12,
      tf32: 156e12,
      fp32: 19.5e12,
      fp8: null,
      int8: 624e12,
    },
    memoryBytes: 80e9,
    bandwidthBytesPerSecond: 2039e9,
    link: { bytesPerSecond: 600e9, devices: 8 },
    powerWatts: 400,
    prices: [runPod(1.79, "2026-11-09"), lambda(2.79), aws("p4de.24xlarge", 3.43)],
    aliases: ["A100 SXM", "A100 SXM4", "A100 80GB", "A100 SXM 80GB", "A100 80GB SXM"],
    source: "NVIDIA A100 data sheet (SXM, 80 GB), 2021",
    url: "https://www.nvidia.com/content/dam/en-zz/Solutions/Data-Center/a100/pdf/nvidia-a100-datasheet-us-nvidia-1758950-r4-web.pdf",
  },
  {
    name: "RTX 4090",
    peakFlopsPerSecond: {
      bf16: 165.2e12,
      fp16: 165.2e12,
      tf32: 82.6e12,
      fp32: 82.6e12,
      fp8: 330.3e12,
      int8: 660.6e12,
    },
    memoryBytes: 24e9,
    bandwidthBytesPerSecond: 1008e9,
    link: null,
    powerWatts: 450,
    prices: [runPod(0.74)],
    aliases: ["4090", "GeForce RTX 4090"],
    source: "NVIDIA Ada GPU architecture white paper, 2022, Appendix A (FP32 accumulate)",
    url: "https://images.nvidia.com/aem-dam/Solutions/geforce/ada/nvidia-ada-gpu-architecture.pdf",
  },
  {
    name: "H100",
    peakFlopsPerSecond: {
      bf16: 989.4e12,
      fp16: 989.4e12,
      tf32: 494.7e12,
      fp32: 66.9e12,
      fp8: 1978.9e12,
      int8: 1978.9e12,
    },
    memoryBytes: 80e9,
    bandwidthBytesPerSecond: 3.35e12,
    link: { bytesPerSecond: 900e9, devices: 8 },
    powerWatts: 700,
    prices: [
      hyperstack(3.2),
      nebius(3.85),
      runPod(3.99, "2026-11-09"),
      lambda(3.99),
      aws("p5.48xlarge", 6.88),
      onDemand(
        "Azure ND96isr H100 v5",
        12.29,
        "2026-11-09",
        "https://azure.microsoft.com/pricing/details/virtual-machines/linux/",
      ),
    ],
    aliases: ["H100 SXM", "H100 SXM5", "H100 80GB", "H100 SXM 80GB"],
    source: "NVIDIA H100 architecture white paper, 2022 (SXM5, dense); memory and power: data sheet",
    url: "https://resources.nvidia.com/en-us-tensor-core/gtc22-whitepaper-hopper",
  },
  {
    name: "H200",
    peakFlopsPerSecond: {
      bf16: 989.4e12,
      fp16: 989.4e12,
      tf32: 494.7e12,
      fp32: 66.9e12,
      fp8: 1978.9e12,
      int8: 1978.9e12,
    },
    memoryBytes: 141e9,
    bandwidthBytesPerSecond: 4.8e12,
    link: { bytesPerSecond: 900e9, devices: 8 },
    powerWatts: 700,
    prices: [hyperstack(3.99), nebius(4.5), runPod(4.59)],
    aliases: ["H200 SXM", "H200 141GB"],
    source: "NVIDIA H200 data sheet (SXM), 2023; the H100's chip, so its unrounded rates",
    url: "https://www.nvidia.com/en-us/data-center/h200/",
  },
  {
    name: "B200",
    peakFlopsPerSecond: {
      bf16: 2.25e15,
      fp16: 2.25e15,
      tf32: 1.1e15,
      fp32: 80e12,
      fp8: 4.5e15,
      int8: 4.5e15,
    },
    memoryBytes: 180e9,
    bandwidthBytesPerSecond: 8e12,
    link: { bytesPerSecond: 1.8e12, devices: 8 },
    powerWatts: 1000,
    prices: [hyperstack(6), lambda(6.69, "2026-09-20"), runPod(6.79), nebius(7.15)],
    aliases: ["B200 SXM", "B200 180GB"],
    source: "NVIDIA HGX and DGX B200 data sheets, 2024, per GPU (half of the sparse figures; HGX at 1,000 W)",
    url: "https://www.nvidia.com/en-us/data-center/hgx/",
  },
  {
    name: "MI300X",
    peakFlopsPerSecond: {
      bf16: 1307.4e12,
      fp16: 1307.4e12,
      tf32: 653.7e12,
      fp32: 163.4e12,
      fp8: 2614.9e12,
      int8: 2614.9e12,
    },
    memoryBytes: 192e9,
    bandwidthBytesPerSecond: 5.3e12,
    link: { bytesPerSecond: 896e9, devices: 8 },
    powerWatts: 750,
    prices: [
      onDemand("DigitalOcean", 2.59, "2026-10-08", "https://www.digitalocean.com/pricing/gpu-droplets"),
    ],
    aliases: ["Instinct MI300X"],
    source: "AMD Instinct MI300X data sheet, 2023 (dense)",
    url: "https://www.amd.com/content/dam/amd/en/documents/instinct-tech-docs/data-sheets/amd-instinct-mi300x-data-sheet.pdf",
  },
  {
    name: "TPU v4",
    peakFlopsPerSecond: { bf16: 275e12, fp16: null, tf32: null, fp32: null, fp8: null, int8: 275e12 },
    memoryBytes: 32e9,
    bandwidthBytesPerSecond: 1200e9,
    link: { bytesPerSecond: 600e9, devices: 4096 },
    powerWatts: 192,
    prices: [googleTpu(3.22)],
    aliases: ["TPU4"],
    source: "Jouppi et al. 2023, TPU v4, Table 4 (power: largest measured; links: both directions)",
    url: "https://arxiv.org/abs/2304.01433",
  },
  {
    name: "TPU v5e",
    peakFlopsPerSecond: { bf16: 197e12, fp16: null, tf32: null, fp32: null, fp8: null, int8: 393e12 },
    memoryBytes: 16e9,
    bandwidthBytesPerSecond: 819e9,
    link: { bytesPerSecond: 400e9, devices: 256 },
    powerWatts: null,
    prices: [googleTpu(1.2)],
    aliases: ["v5e", "v5 lite", "TPU v5 lite"],
    source: "Google Cloud documentation, TPU v5e",
    url: "https://docs.cloud.google.com/tpu/docs/v5e",
  },
  {
    name: "TPU v5p",
    peakFlopsPerSecond: { bf16: 459e12, fp16: null, tf32: null, fp32: null, fp8: null, int8: 918e12 },
    memoryBytes: 95e9,
    bandwidthBytesPerSecond: 2765e9,
    link: { bytesPerSecond: 1200e9, devices: 8960 },
    powerWatts: null,
    prices: [googleTpu(4.2)],
    aliases: ["v5p"],
    source: "Google Cloud documentation, TPU v5p (4,800 Gbps of links a direction)",
    url: "https://docs.cloud.google.com/tpu/docs/v5p",
  },
  {
    name: "TPU v6e",
    peakFlopsPerSecond: { bf16: 918e12, fp16: null, tf32: null, fp32: null, fp8: null, int8: 1836e12 },
    memoryBytes: 32e9,
    bandwidthBytesPerSecond: 1638e9,
    link: { bytesPerSecond: 800e9, devices: 256 },
    powerWatts: null,
    prices: [googleTpu(2.7)],
    aliases: ["v6e", "Trillium"],
    source: "Google Cloud documentation, TPU v6e",
    url: "https://docs.cloud.google.com/tpu/docs/v6e",
  },
  {
    name: "laptop CPU",
    // 8 Zen 4 cores · 3.3 GHz (base) · 32 FLOPs a cycle: two 256-bit fused multiply-adds of 8 fp32 lanes each.
    peakFlopsPerSecond: { bf16: null, fp16: null, tf32: null, fp32: 844.8e9, fp8: null, int8: null },
    memoryBytes: 32e9,
    bandwidthBytesPerSecond: 120e9,
    link: null,
    powerWatts: 28,
    prices: [],
    aliases: ["laptop", "CPU", "Ryzen 7 7840U"],
    source:
      "AMD Ryzen 7 7840U (8 cores, 3.3 GHz base, 28 W, LPDDR5x-7500 on 128 bits; 32 GB as laptops have it), 2023; the peak is computed",
    url: "https://liliputing.com/amd-ryzen-mobile-7040u-chips-are-coming-to-thin-and-light-laptops-zen-4-and-rdna-3/",
  },
];
