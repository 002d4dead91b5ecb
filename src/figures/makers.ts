import type { Fit, FrontierFit } from "../fit/index.ts";
import { findLaw, findSet, type Law } from "../laws/index.ts";
import { type Plan, worldModels } from "../plan/index.ts";
import type { Observations } from "../runs/index.ts";
import { type Diagnosis, holdOut, rollingFolds } from "../trust/index.ts";
import { allocation } from "./allocation.ts";
import { basinFigure } from "./basins.ts";
import { drawPairs } from "./draws.ts";
import type { Figure } from "./figure.ts";
import { frontierFigure } from "./frontier.ts";
import { heldOutFigure } from "./held-out.ts";
import { isoflopCurves } from "./isoflop-curves.ts";
import { lawShape } from "./law-shape.ts";
import { lifetimeCost } from "./lifetime-cost.ts";
import { lossByCompute } from "./loss-by-compute.ts";
import { lossSurface } from "./loss-surface.ts";
import { residualFigure } from "./residuals.ts";
import { tokenLadder } from "./token-ladder.ts";
import { tornado } from "./tornado.ts";
import { curvesOfRows, trainingCurves } from "./training-curves.ts";

/** What figures are made of; each is read, fitted or worked out when a figure asks for it. */
export interface FigureMaterials {
  readonly runs: () => Promise<Observations>;
  readonly anyFit: () => Promise<Fit | FrontierFit>;
  /** That of a law, with so many draws where it is fitted here. */
  readonly fit: (draws?: number) => Promise<Fit>;
  /** null where only runs were given. */
  readonly givenFit: () => Promise<Fit | null>;
  readonly plan: () => Promise<Plan>;
  readonly diagnosis: () => Promise<Diagnosis>;
  /** Whether the file is a plan, or there are a fit and a budget to make one of. */
  readonly hasPlan: boolean;
  readonly hasRuns: boolean;
  readonly law: () => Promise<Law>;
  readonly source: string | undefined;
  readonly loss: number | undefined;
  readonly served: number | undefined;
  readonly curves: string | undefined;
  readonly level: number;
}

export interface FigureMaker {
  readonly summary: string;
  readonly make: (materials: FigureMaterials) => Promise<Figure>;
}

/** The figures by the names that the command line knows them by. */
export const figureMakers: Readonly<Record<string, FigureMaker>> = {
  compute: {
    summary: "loss against compute, the lowest so far, and the law's best",
    make: async ({ runs, fit, level }) => lossByCompute(await runs(), await fit(200), { level }),
  },
  isoflop: {
    summary: "loss by size on each budget; parabolas with --approach 2",
    make: async ({ runs, anyFit }) => isoflopCurves(await runs(), await anyFit()),
  },
  frontier: {
    summary: "the optima that approach 1 or 2 found, and the line through them",
    make: async ({ anyFit }) => {
      const made = await anyFit();
      if (made.approach === 3)
        throw new Error(
          "cannot draw the frontier of a law's fit: it has no optima of its own; draw its allocation, or add --approach 2",
        );
      return frontierFigure(made);
    },
  },
  allocation: {
    summary: "N* and D* by compute with intervals, beside published laws",
    make: async ({ anyFit, level }) => allocation(await anyFit(), { level }),
  },
  surface: {
    summary: "the loss over size and data, a budget and its flat region",
    make: async ({ plan, runs, hasRuns }) => {
      const made = await plan();
      if (made.basis.kind === "frontier")
        throw new Error("cannot draw the surface: approaches 1 and 2 have no law of the loss");
      return lossSurface(findLaw(made.basis.law), made, { observed: hasRuns ? await runs() : null });
    },
  },
  curves: {
    summary: "losses while training, with the law of each size",
    make: async ({ runs, givenFit, curves }) =>
      trainingCurves(curvesOfRows(await runs(), curves ?? null), await givenFit()),
  },
  residuals: {
    summary: "what the law misses: by size, data, row and normal quantiles",
    make: async ({ fit, runs }) => residualFigure(await fit(), await runs()),
  },
  basins: {
    summary: "where the starts of the search ended",
    make: async ({ diagnosis }) => basinFigure((await diagnosis()).basins),
  },
  draws: {
    summary: "the bootstrap's draws in pairs",
    make: async ({ fit }) => drawPairs(await fit(200)),
  },
  tornado: {
    summary: "how far other choices move N*",
    make: async ({ diagnosis }) => {
      const { sensitivity, basis } = await diagnosis();
      if (sensitivity === null)
        throw new Error(`cannot draw the sensitivity: no budget can be split with ${basis.law}`);
      return tornado(sensitivity);
    },
  },
  heldout: {
    summary: "what the law says of larger runs than it was fitted to",
    make: async ({ runs, law }) => {
      const [observed, found] = [await runs(), await law()];
      const { folds } = rollingFolds(observed);
      return heldOutFigure(found.name, holdOut(found, observed, folds), folds, observed, found.output);
    },
  },
  ladder: {
    summary: "tokens per parameter of known models, and of a plan",
    make: async ({ plan, hasPlan }) => {
      const mine = hasPlan ? { name: "this plan", ...(await plan()).optimum } : null;
      return tokenLadder(worldModels, { mine });
    },
  },
  cost: {
    summary: "training and serving by size, at --loss with --served tokens",
    make: async ({ loss, served, source, law, fit }) => {
      if (loss === undefined || served === undefined)
        throw new Error("cost needs a loss and what is served, such as --loss 2.1 --served 2T");
      const found = await law();
      const parameters =
        source === undefined
          ? Object.fromEntries(
              Object.entries((await fit()).parameters).map(([name, { value }]) => [name, value]),
            )
          : findSet(found, source).parameters;
      return lifetimeCost(found, parameters, { loss, served });
    },
  },
  law: {
    summary: "a law's shape: --law NAME [--source SET]",
    make: async ({ law, source }) => lawShape(await law(), source),
  },
};
