import type { Route } from "../route.ts";

/** GET /api/health: that we are there, and what we can do. */
export const health: Route = {
  method: "get",
  path: "/api/health",
  summary: "the version, the folder, and what this studio can do",
  answers: { type: "application/json", meaning: "{ version, folder, capabilities }" },
  async handle(_asked, { version, workspace, figureMakers }) {
    return Response.json({
      version,
      folder: workspace.folder,
      capabilities: [
        "fit",
        "plan",
        "predict",
        "compare",
        "diagnose",
        "figure",
        "report",
        "sweeps",
        "events",
        "save",
      ],
      figures: Object.entries(figureMakers).map(([name, { summary }]) => ({ name, summary })),
    });
  },
};
