import type { Route } from "../route.ts";

/** GET /api/workspace: what the folder holds. */
export const workspaceRoute: Route = {
  method: "get",
  path: "/api/workspace",
  summary: "the files of the folder and what they are; a folder that is a sweep is one of them",
  answers: {
    type: "application/json",
    meaning:
      '{ folder, files: [{ name, kind, bytes, modified }] }; the folder itself, where it is a sweep, has the name "@"',
  },
  async handle(_asked, { workspace }) {
    return Response.json({ folder: workspace.folder, files: await workspace.files() });
  },
};
