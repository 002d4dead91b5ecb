import {
  allocation,
  basinFigure,
  drawPairs,
  type Figure,
  frontierFigure,
  isoflopCurves,
  lossByCompute,
  lossSurface,
  residualFigure,
  tornado,
} from "../figures/index.ts";
import { findLaw, type Law } from "../laws/index.ts";
import type { Plan } from "../plan/index.ts";
import type { ReportMaterials } from "./materials.ts";
import type { ReportBlock } from "./noun.ts";

/** Every figure that the materials allow; those that can't be drawn are named with the reason. */
export function figureBlocks(materials: ReportMaterials): ReportBlock[] {
  const { fit = null, plan = null, diagnosis = null, observations = null } = materials;
  const wanted: [id: string, name: string, make: () => Figure][] = [];
  const want = (id: string, name: string, make: () => Figure): number => wanted.push([id, name, make]);
  const ofLaw = fit?.approach === 3 ? fit : null;
  if (ofLaw && observations)
    want("loss-by-compute", "loss by compute", () => lossByCompute(observations, ofLaw));
  if (fit && observations) want("isoflop-curves", "isoFLOP curves", () => isoflopCurves(observations, fit));
  if (fit && fit.approach !== 3) want("frontier", "the frontier", () => frontierFigure(fit));
  if (fit?.exponents) want("allocation", "the allocation", () => allocation(fit));
  const law = plan && lawOf(materials, plan);
  if (plan && law)
    want("loss-surface", "the loss surface", () => lossSurface(law, plan, { observed: observations }));
  if (ofLaw && observations) want("residuals", "the residuals", () => residualFigure(ofLaw, observations));
  if (diagnosis?.sensitivity) {
    const { sensitivity } = diagnosis;
    want("sensitivity", "the sensitivity", () => tornado(sensitivity));
  }
  if (diagnosis && diagnosis.basins.basins.length > 1)
    want("basins", "the minima", () => basinFigure(diagnosis.basins));
  if (ofLaw?.bootstrap) want("draws", "the bootstrap's draws", () => drawPairs(ofLaw));

  const blocks: ReportBlock[] = [];
  const left: string[] = [];
  for (const [id, name, make] of wanted) {
    const drawn = drawnOr(make);
    if (typeof drawn === "string")
      left.push(`Without ${name}: ${drawn.replace(/^cannot draw [^:]*: /, "")}.`);
    else blocks.push({ kind: "figure", id, figure: drawn });
  }
  return [...blocks, ...(left.length === 0 ? [] : [{ kind: "list" as const, items: left }])];
}

/** The figure, or the reason why there is none; an error of ours is no reason. */
function drawnOr(make: () => Figure): Figure | string {
  try {
    return make();
  } catch (error) {
    if (error instanceof Error && error.constructor === Error) return error.message.replace(/\.$/, "");
    throw error;
  }
}

/** The law whose loss the plan minimises; null where it isn't known here, or there is none. */
export function lawOf({ fit }: ReportMaterials, { basis, formula }: Plan): Law | null {
  if (basis.kind === "frontier") return null;
  if (fit?.approach === 3) return fit.law.formula === formula ? fit.law : null;
  const found = drawnOrNull(() => findLaw(basis.law));
  return found?.formula === formula ? found : null;
}

function drawnOrNull<T>(make: () => T): T | null {
  try {
    return make();
  } catch {
    return null;
  }
}
