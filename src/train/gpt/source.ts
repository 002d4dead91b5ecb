/** Names the embedded trainer's engine: what was measured with one source says nothing of another. */
export async function engineSource(): Promise<string> {
  return (await import("./engine/built.ts")).sourceHash;
}
