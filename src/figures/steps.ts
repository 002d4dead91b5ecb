/** So many values from one end to the other, both included, evenly on a log scale. */
export function logSteps(low: number, high: number, count: number): number[] {
  const by = Math.log(high / low) / (count - 1);
  return Array.from({ length: count }, (_, i) =>
    i === 0 ? low : i === count - 1 ? high : low * Math.exp(by * i),
  );
}

/** At most so many of the items, the first and the last among them, evenly chosen. */
export function thinned<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  if (most === 1) return items.slice(-1);
  return Array.from({ length: most }, (_, i) => items[Math.round((i * (items.length - 1)) / (most - 1))]!);
}
