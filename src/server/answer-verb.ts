import type { FigureMaker } from "../figures/index.ts";
import { tellError } from "./refused.ts";
import { routes } from "./routes/index.ts";
import { openWorkspace } from "./workspace.ts";

/** A verb as a thread is asked for it: plain data. */
export interface VerbWork {
  readonly path: string;
  /** The body's type, and the body. */
  readonly type: string;
  readonly text: string;
  readonly folder: string;
  readonly version: string;
}

/** An answer as plain data. */
export interface VerbAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Of a fault of ours the stack, which is for the log; else null. */
  readonly bug: string | null;
}

/** Does a verb anywhere: in this process or on a thread. It never throws. */
export async function answerVerb(
  { path, type, text, folder, version }: VerbWork,
  figureMakers: Readonly<Record<string, FigureMaker>>,
): Promise<VerbAnswer> {
  try {
    const verb = routes.find((route) => route.path === path)?.verb;
    if (verb === undefined) throw new TypeError(`no verb at ${path}`);
    const request = new Request(`http://localhost${path}`, {
      method: "POST",
      headers: type === "" ? {} : { "Content-Type": type },
      body: text,
    });
    const response = await verb(request, { workspace: await openWorkspace(folder), figureMakers, version });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      text: await response.text(),
      bug: null,
    };
  } catch (error) {
    const { status, complaint, bug } = tellError(error);
    return {
      status,
      headers: { "Content-Type": "application/json" },
      text: JSON.stringify({ error: complaint }),
      bug: bug ? (error instanceof Error && error.stack) || String(error) : null,
    };
  }
}
