import type { Route } from "../route.ts";
import { compareRoute } from "./compare.ts";
import { diagnoseRoute } from "./diagnose.ts";
import { figureRoute } from "./figure.ts";
import { readFileRoute, writeFileRoute } from "./files.ts";
import { fitRoute } from "./fit.ts";
import { health } from "./health.ts";
import { planRoute } from "./plan.ts";
import { predictRoute } from "./predict.ts";
import { reportRoute } from "./report.ts";
import { sweepEventsRoute } from "./sweep-events.ts";
import { logRoute, metricsRoute, sweepRunsRoute } from "./sweep-runs.ts";
import { sweepActionRoutes, sweepRoute } from "./sweeps.ts";
import { workspaceRoute } from "./workspace.ts";

/** All routes, in the order in which the docs tell them. */
export const routes: readonly Route[] = [
  health,
  workspaceRoute,
  readFileRoute,
  writeFileRoute,
  fitRoute,
  planRoute,
  predictRoute,
  compareRoute,
  diagnoseRoute,
  figureRoute,
  reportRoute,
  sweepRoute,
  sweepEventsRoute,
  sweepRunsRoute,
  metricsRoute,
  logRoute,
  ...sweepActionRoutes,
];
