/** What a data centre adds, or what a grid emits, and who says so. */
export interface ElectricityFactor {
  readonly name: string;
  readonly value: number;
  readonly source: string;
  readonly url: string;
}

const llama: Pick<ElectricityFactor, "source" | "url"> = {
  source: "Touvron et al. 2023, LLaMA, section 6",
  url: "https://arxiv.org/abs/2302.13971",
};

/** Power usage effectiveness: energy of the whole data centre over that of its machines. */
export const defaultPue: ElectricityFactor = { name: "PUE", value: 1.1, ...llama };

/** Kilograms of CO2 equivalents for a kilowatt-hour, by grid (location-based; a contract for clean power is another matter). */
export const gridCarbon: readonly ElectricityFactor[] = [
  { name: "US average", value: 0.385, ...llama },
  { name: "OPT's data centre", value: 0.231, ...llama },
  { name: "BLOOM's data centre, France", value: 0.057, ...llama },
];

/**
 * Energy of training: device-hours · power of a device · PUE, in kilowatt-hours.
 *
 * Touvron et al. 2023, section 6 (Wh = GPU-h × GPU power consumption × PUE), https://arxiv.org/abs/2302.13971: the power
 * is the largest that the data sheet allows, so this is an upper bound for the devices; hosts and network are left out.
 *
 * @example trainingEnergyKwh({ deviceHours: 1022362, powerWatts: 400, pue: 1.1 }) // 449839
 */
export function trainingEnergyKwh({
  deviceHours,
  powerWatts,
  pue,
}: {
  readonly deviceHours: number;
  readonly powerWatts: number;
  readonly pue: number;
}): number {
  return (deviceHours * powerWatts * pue) / 1000;
}
