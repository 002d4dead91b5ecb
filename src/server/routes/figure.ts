import { didYouMean } from "../../numeric/index.ts";
import { materialsOf } from "../materials.ts";
import { Refused } from "../refused.ts";
import { type Route, verbRoute } from "../route.ts";
import { type FigureRequest, figureRequestSchema } from "../schema.ts";

/** POST /api/figure: a figure's name and what it is made of → a Figure. */
export const figureRoute: Route = verbRoute<FigureRequest>({
  name: "figure",
  summary: "a picture as data; GET /api/health names the figures",
  body: [figureRequestSchema],
  noun: "Figure",
  async work(given, { workspace, figureMakers }) {
    const { figure: name } = given;
    if (Object.hasOwn(figureMakers, name))
      return figureMakers[name]!.make(await materialsOf(workspace, given));
    const near = didYouMean(name, Object.keys(figureMakers));
    throw new Refused(422, `unknown figure "${name}"`, {
      remedy: near === null ? `there are ${Object.keys(figureMakers).join(", ")}` : `did you mean "${near}"?`,
    });
  },
});
