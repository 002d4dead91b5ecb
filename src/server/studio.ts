import type { FigureMaker } from "../figures/index.ts";
import type { EndedRuns } from "../sweep/index.ts";
import type { Conductors } from "./conductors.ts";
import type { Workspace } from "./workspace.ts";

/** What a verb needs: nothing of it is of this process, so that a thread can do it. */
export interface VerbContext {
  readonly workspace: Workspace;
  readonly figureMakers: Readonly<Record<string, FigureMaker>>;
  readonly version: string;
}

/** What every route has at hand. */
export interface Studio extends VerbContext {
  readonly conductors: Conductors;
  /** By the folders of sweeps: runs that have ended are read once, however often a sweep is looked at. */
  readonly endedRuns: Map<string, EndedRuns>;
  /** How often the files of a sweep that somebody watches are looked at. */
  readonly pollMs: number;
  /** Aborts when the server closes: streams end. */
  readonly closing: AbortSignal;
}
