/** The models of one paper or card; sizes and tokens as one writes them there, in 1e9. */
export interface Release {
  readonly family: string;
  readonly year: number;
  readonly authors: string;
  readonly where: string;
  readonly url: string;
  /** What agrees with the source; null where nothing was compared with it. */
  readonly checked: string | null;
  readonly note?: string;
  readonly models: readonly ReleasedModel[];
}

/** Name, parameters and tokens in 1e9 (null where they aren't published), and what the model has of its own. */
type ReleasedModel = readonly [
  name: string,
  params: number | null,
  tokens: number | null,
  own?: { readonly active?: number; readonly note?: string; readonly checked?: string | null },
];

/** The model sizes and tokens that a study of many models collected: a second source for several families. */
export const ruan2024 = "the table of Ruan et al. 2024, https://github.com/ryoungj/ObsScaling";
