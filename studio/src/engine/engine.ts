import type { Answer, Ask, Kind, Progress, Reply } from "./messages.ts";

/** A worker with questions on their way. */
export interface Engine {
  ask<K extends Kind>(kind: K, ask: Ask<K>, onProgress?: (progress: Progress) => void): Promise<Answer<K>>;
  /** Stops whatever it is at; questions on their way are never answered. */
  end(): void;
}

/** A worker of its own: the library's pure half beside the page, so that the page never waits for it. */
export function openEngine(): Engine {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const waiting = new Map<
    number,
    {
      resolve: (answer: never) => void;
      reject: (error: Error) => void;
      onProgress?: (progress: Progress) => void;
    }
  >();
  let last = 0;
  worker.onmessage = ({ data }: MessageEvent<Reply>) => {
    const question = waiting.get(data.id);
    if (!question) return;
    if ("progress" in data) {
      question.onProgress?.(data.progress);
      return;
    }
    waiting.delete(data.id);
    if ("error" in data) question.reject(new Error(data.error));
    else question.resolve(data.answer as never);
  };
  worker.onerror = ({ message }) => {
    for (const { reject } of waiting.values()) reject(new Error(`the worker stopped: ${message}`));
    waiting.clear();
  };
  return {
    ask: (kind, ask, onProgress) =>
      new Promise((resolve, reject) => {
        const id = ++last;
        waiting.set(id, { resolve, reject, onProgress });
        worker.postMessage({ id, kind, ask });
      }),
    end: () => {
      worker.terminate();
      waiting.clear();
    },
  };
}

/**
 * Only the newest question counts: while one is being answered the next waits, and one that is asked meanwhile takes its
 * place. So a drag of a hundred steps asks as often as answers come, and ends with the last.
 */
export function newest<Question>(work: (question: Question) => Promise<void>): (question: Question) => void {
  let busy = false;
  let next: { question: Question } | null = null;
  const run = async (question: Question): Promise<void> => {
    busy = true;
    try {
      await work(question);
    } finally {
      busy = false;
      const { question: following } = next ?? {};
      const more = next !== null;
      next = null;
      if (more) void run(following as Question);
    }
  };
  return (question) => {
    if (busy) next = { question };
    else void run(question);
  };
}
