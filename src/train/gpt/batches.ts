import { seededRandom } from "../../numeric/index.ts";

/**
 * Where a run's sequences come from: the text is cut into windows of one context, each epoch meets every window once in
 * an order of its own, and sequence i is a function of the seed and i alone, so a run can go on anywhere.
 *
 * @example
 * const batchAt = batches(tokens, { context: 128, batch: 4, seed: 0 });
 * batchAt(0); // 4 · 129 tokens: each sequence and the token behind it
 */
export function batches(
  tokens: Uint16Array,
  { context, batch, seed }: { readonly context: number; readonly batch: number; readonly seed: number },
): (step: number) => Int32Array {
  const windows = windowsIn(tokens, context);
  let epoch = -1;
  let order = new Int32Array(0);
  return (step) => {
    const sequences = new Int32Array(batch * (context + 1));
    for (let b = 0; b < batch; b++) {
      const index = step * batch + b;
      if (Math.floor(index / windows) !== epoch) {
        epoch = Math.floor(index / windows);
        order = shuffled(windows, seed, epoch);
      }
      const start = order[index % windows] * context;
      sequences.set(tokens.subarray(start, start + context + 1), b * (context + 1));
    }
    return sequences;
  };
}

/** How many sequences a text holds; each needs one token more than it is long. */
export function windowsIn(tokens: Uint16Array, context: number): number {
  return Math.floor((tokens.length - 1) / context);
}

/** The held-out sequences that every validation loss is measured on: spread evenly over the text. */
export function validationWindows(tokens: Uint16Array, context: number, wanted: number): Int32Array[] {
  const windows = windowsIn(tokens, context);
  const count = Math.min(windows, Math.max(1, Math.floor(wanted / context)));
  return Array.from({ length: count }, (_, i) => {
    const start = Math.floor((i * windows) / count) * context;
    return Int32Array.from(tokens.subarray(start, start + context + 1));
  });
}

/** Fisher and Yates. */
function shuffled(count: number, seed: number, epoch: number): Int32Array<ArrayBuffer> {
  const random = seededRandom(seed).fork(epoch + 1);
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
