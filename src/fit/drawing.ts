import type { Law } from "../laws/index.ts";
import type { Observations } from "../runs/index.ts";
import { type BootstrapJob, type DrawScheme, inputsOf, leftOutResiduals, type Refits } from "./bootstrap.ts";
import {
  type Clusters,
  clustersBy,
  groupCount,
  leaveOutGroups,
  repeatNoise,
  runClusters,
} from "./clusters.ts";
import type { Bootstrap, DrawnEnds } from "./interval.ts";
import type { Kernel } from "./kernel.ts";
import type { Objective } from "./objective.ts";
import { outlierRows, scatterOf } from "./scatter.ts";
import type { Search } from "./solve.ts";

/** The scheme by its name, with what it draws together and what it adds. */
export interface Drawing {
  readonly scheme: DrawScheme;
  /** False where it is the default, which the residuals may still change. */
  readonly asked: boolean;
  readonly clusters: Clusters | null;
  readonly noise: Bootstrap["noise"];
}

/** @throws when the scheme asked for doesn't suit the data or the objective */
export function drawingOf(
  law: Law,
  observed: Observations,
  kernel: Kernel,
  objective: Objective,
  {
    scheme: asked,
    clusters: by,
  }: {
    scheme: DrawScheme | "auto";
    clusters: string | ArrayLike<number | string> | null;
  },
): Drawing {
  const runs = asked === "auto" || asked === "cluster" ? runClusters(observed) : null;
  const clusters = by == null ? runs : clustersBy(observed, by);
  const lopsided = objective.over !== objective.under;
  const scheme =
    asked !== "auto" ? asked : lopsided ? (clusters ? "cluster" : "pairs") : clusters ? "wild" : "residual";
  if (scheme === "cluster" && !clusters)
    throw new Error(
      "cannot draw clusters: no column names runs that have several rows; say what to draw together, such as --clusters params",
    );
  if (scheme === "pairs" && clusters)
    throw new Error(
      "cannot draw clusters by pairs, which draws rows one by one; use the scheme cluster or residual",
    );
  if ((scheme === "residual" || scheme.startsWith("wild")) && lopsided)
    throw new Error(
      `cannot draw ${scheme} for ${objective.name}: it flips residuals, and this objective tells their signs apart; use pairs`,
    );
  const noise =
    scheme === "parametric" ? repeatNoise(observed.columns, Object.keys(law.inputs), kernel.truth) : null;
  return { scheme, asked: asked !== "auto", clusters, noise };
}

/** Basins at most this much higher than the best: with a few other runs one of them could be the lowest. */
const rivalHeight = 1.05;
const mostMinima = 4;

/** The draws of a bootstrap, as jobs for whoever does refits: the jackknife first, which the others rest on. */
export function* drawSteps(
  data: Pick<BootstrapJob, "law" | "columns" | "target" | "objective" | "fixed" | "weights" | "seed">,
  {
    kernel,
    found,
    lost,
    drawing: { scheme: intended, asked, clusters, noise },
    count,
    interval,
  }: {
    kernel: Kernel;
    found: Search;
    lost: readonly string[];
    drawing: Drawing;
    count: number;
    interval: DrawnEnds;
  },
): Generator<BootstrapJob, Bootstrap, Refits> {
  // a row far off says something of its own place: wild leaves it there, where residual would scatter it over all rows
  const outliers = asked || intended !== "residual" ? [] : outlierRows(kernel.residuals(found.best.x));
  const scheme = outliers.length > 0 ? "wild" : intended;
  const { basins } = found.starts;
  const optimum = kernel.toParameters(found.best.x);
  // from where a parameter has vanished no slope leads back, though some draws would want it
  const revived = lost.map((name) => {
    const { start } = data.law.parameters[name]!;
    return [name, start[start.length >> 1]!] as const;
  });
  const starts = [
    optimum,
    ...(revived.length > 0 ? [{ ...optimum, ...Object.fromEntries(revived) }] : []),
    ...basins
      .slice(1)
      .filter(({ value }) => value <= rivalHeight * basins[0]!.value)
      .map(({ parameters }) => parameters),
  ].slice(0, mostMinima);
  const groups = leaveOutGroups(kernel.rows, clusters, data.seed);
  const units = clusters?.count ?? kernel.rows;
  const without = yield {
    ...data,
    starts,
    scheme: "leave-out",
    groups,
    residuals: null,
    noise: null,
    count: groups ? groupCount(groups) : kernel.rows,
  };
  const residuals = leftOutResiduals(kernel, found.best.x, without, groups, units);
  const { spread, noise: sized } = scatterOf(
    residuals,
    inputsOf(data.law, data.columns),
    clusters?.of ?? null,
    units,
  );
  const refits = yield {
    ...data,
    starts,
    scheme,
    groups: clusters?.of ?? null,
    residuals,
    noise: noise?.deviation ?? null,
    count,
  };
  const draws = refits.filter((draw) => draw !== null);
  // a spread made of each row's own residual is known by about half as many numbers as a common one (Imbens and
  // Kolesár 2016, https://doi.org/10.1162/REST_a_00552)
  const free = Math.max(1, units - kernel.size);
  const degrees = scheme.startsWith("wild")
    ? Math.ceil(free / 2)
    : (noise?.degrees ?? (scheme === "cluster" ? units - 1 : free));
  return {
    method: scheme,
    seed: data.seed,
    names: kernel.names,
    draws,
    failed: count - draws.length,
    interval,
    degrees,
    clusters: clusters && { by: clusters.by, count: clusters.count },
    minima: starts.length - (revived.length > 0 ? 1 : 0),
    noise: noise ?? null,
    without: without.filter((values) => values !== null),
    residuals:
      residuals.length <= mostResiduals
        ? Array.from(residuals, (r, row) => Number((r / sized[row]!).toPrecision(6)))
        : null,
    spread,
  };
}

/** Past this many a file would hold little else. */
export const mostResiduals = 100_000;
