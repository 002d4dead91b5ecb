import type { Hardware } from "../models/index.ts";

/** How the devices of a cluster are joined: a fast domain (NVLink, ICI, one board), and a network between domains. */
export interface Interconnect {
  /** Devices that the fast links join. */
  readonly domain: number;
  /** Of one device to the others of its domain, one way. */
  readonly fastBytesPerSecond: number;
  /** Of one device to other domains, one way; null where a domain stands alone. */
  readonly slowBytesPerSecond: number | null;
  readonly source: string;
}

interface Network {
  readonly hardware: string;
  readonly bytesPerSecond: number;
  readonly source: string;
}

/** What one device has of the network between domains, one way, in the machines that the makers sell. */
const networks: readonly Network[] = [
  {
    hardware: "V100",
    bytesPerSecond: 6.25e9,
    source: "DGX-1: four 100 Gb/s InfiniBand ports for eight GPUs",
  },
  {
    hardware: "A100",
    bytesPerSecond: 25e9,
    source:
      "DGX A100: one 200 Gb/s InfiniBand port a GPU, as in Narayanan et al. 2021, https://arxiv.org/abs/2104.04473",
  },
  {
    hardware: "H100",
    bytesPerSecond: 50e9,
    source:
      "one 400 Gb/s port a GPU, as in Llama 3's clusters, section 3.3.1, https://arxiv.org/abs/2407.21783",
  },
  { hardware: "H200", bytesPerSecond: 50e9, source: "DGX H200: one 400 Gb/s port a GPU" },
  { hardware: "B200", bytesPerSecond: 50e9, source: "DGX B200: one 400 Gb/s port a GPU" },
  { hardware: "MI300X", bytesPerSecond: 50e9, source: "one 400 Gb/s port a GPU (an assumption)" },
  { hardware: "RTX 4090", bytesPerSecond: 12.5e9, source: "a 100 Gb/s network (an assumption)" },
  { hardware: "TPU v4", bytesPerSecond: 6.25e9, source: "50 Gb/s a chip between pods (an assumption)" },
  {
    hardware: "TPU v5e",
    bytesPerSecond: 3.125e9,
    source: "6.4 Tb/s between pods of 256 chips, Google Cloud, https://docs.cloud.google.com/tpu/docs/v5e",
  },
  {
    hardware: "TPU v5p",
    bytesPerSecond: 6.25e9,
    source: "50 Gb/s a chip between pods, Google Cloud, https://docs.cloud.google.com/tpu/docs/v5p",
  },
  { hardware: "TPU v6e", bytesPerSecond: 12.5e9, source: "100 Gb/s a chip between pods (an assumption)" },
];

/** PCIe 4.0 × 16 through the host, one way: what boards without links of their own share. */
const host = {
  domain: 8,
  fastBytesPerSecond: 32e9,
  words: "PCIe 4.0 × 16 through the host, 32 GB/s one way",
};

/**
 * How the devices of a hardware are usually joined: half of its links' rate (data sheets add both directions), and
 * what its maker's machines have between them; null where nobody has said: a network is never guessed.
 *
 * @example interconnectOf(findHardware("H100"))?.fastBytesPerSecond // 450e9
 */
export function interconnectOf({ name, link, source }: Hardware): Interconnect | null {
  const network = networks.find(({ hardware }) => hardware === name) ?? null;
  const slowBytesPerSecond = network?.bytesPerSecond ?? null;
  const between = network === null ? "alone" : network.source;
  if (link)
    return {
      domain: link.devices,
      fastBytesPerSecond: link.bytesPerSecond / 2,
      slowBytesPerSecond,
      source: `${link.bytesPerSecond / 2e9} GB/s one way among ${link.devices} devices (${source}); ${between}`,
    };
  if (!network) return null;
  const { words, ...fast } = host;
  return { ...fast, slowBytesPerSecond, source: `${words}; ${between}` };
}
