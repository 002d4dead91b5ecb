/** What an error says: the reason why something is left out instead of stopping everything. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
