/** What is fixed about a quantity. */
export interface QuantityInfo {
  /** The base unit, in words. */
  unit: string;
  meaning: string;
  /** The letter of the papers. */
  symbol: string;
  /** "positive" > 0, "nonnegative" ≥ 0, "unit" from 0 to 1, "real" any number. */
  domain: "positive" | "nonnegative" | "unit" | "real";
  /** The smallest value that means anything, where that is above what the domain says: there is no half a sample. */
  least?: number;
  /** Column headers of the field that mean it, as `normaliseHeader` writes them, the surest first. */
  headers: readonly string[];
}
