/** A question that a calculator of the field answers, by its formula and by ours: a row of docs/calculators.md. */
export interface Comparison {
  readonly who: string;
  readonly url: string;
  /** The formula of its page or source, written again here: nothing under src has a part in it. */
  readonly theirs: () => string;
  readonly ours: () => string;
}

export const billions = (n: number): string => `${(n / 1e9).toFixed(1)}B`;
const trillions = (n: number): string => `${(n / 1e12).toFixed(2)}T`;
export const grouped = (n: number): string => Math.round(n).toLocaleString("en-US");
export const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
/** A model and its data. */
export const split = ({ params, tokens }: { params: number; tokens: number }): string =>
  `${billions(params)} on ${trillions(tokens)}`;
