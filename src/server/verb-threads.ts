import type { ThreadPool } from "../pool/index.ts";
import { answerVerb, type VerbAnswer, type VerbWork } from "./answer-verb.ts";
import type { VerbContext } from "./studio.ts";

/** Verbs on threads: a comparison that takes a minute keeps nobody waiting but who asked for it. */
export interface VerbThreads {
  readonly answer: (request: Request) => Promise<Response>;
  readonly close: () => Promise<void>;
}

/** Opens the threads at the first verb; where there are none (the source itself is run) verbs are done here. */
export function verbThreads(
  open: () => Promise<ThreadPool>,
  { workspace: { folder }, figureMakers, version }: VerbContext,
  onBug: (error: unknown) => void,
): VerbThreads {
  let pool: Promise<ThreadPool | null> | null = null;
  return {
    async answer(request) {
      const work: VerbWork = {
        path: new URL(request.url).pathname,
        type: request.headers.get("content-type") ?? "",
        text: await request.text(),
        folder,
        version,
      };
      pool ??= open().catch(() => null);
      const threads = await pool;
      const { status, headers, text, bug } = threads
        ? ((await threads.run("answerVerb", work)) as VerbAnswer)
        : await answerVerb(work, figureMakers);
      if (bug !== null) onBug(bug);
      return new Response(text, { status, headers });
    },
    close: async () => (await pool)?.close(),
  };
}
