import { extname } from "node:path";
import {
  type Figure,
  type FigureMaterials,
  figureMakers,
  figureSchema,
  terminalFigure,
} from "../../figures/index.ts";
import { type Fit, type FrontierFit, fit, frontierQuantities, objective } from "../../fit/index.ts";
import type { Law } from "../../laws/index.ts";
import { didYouMean } from "../../numeric/index.ts";
import { plan, planSchema } from "../../plan/index.ts";
import { type Diagnosis, diagnose, diagnosisSchema } from "../../trust/index.ts";
import { jsonText, openAnswer } from "../answer.ts";
import { asTheFit } from "../as-the-fit.ts";
import {
  type DataOptions,
  type LawOptions,
  lawOf,
  type ObjectiveOptions,
  readObservations,
  withDataOptions,
  withLawOptions,
  withObjectiveOptions,
} from "../data-options.ts";
import { Failed } from "../fail.ts";
import { readInput, saveText } from "../files.ts";
import { readAnyFit } from "../fit-file.ts";
import { fitFrontier } from "../frontier-fit.ts";
import { numberOption, shareOption, wholeOption, wordOption } from "../options.ts";
import { columns, wrap } from "../text.ts";
import { type RunnableVerb, verb } from "../verb.ts";
import type { World } from "../world.ts";

type FigureOptions = DataOptions &
  LawOptions &
  ObjectiveOptions & {
    readonly data?: string;
    readonly flops?: number;
    readonly approach?: number;
    readonly source?: string;
    readonly loss?: number;
    readonly served?: number;
    readonly curves?: string;
    readonly bootstrap?: number;
    readonly level: number;
    readonly seed: number;
  };

/** isoflop figure: a name and what it is made of → a Figure, drawn here, as SVG or PNG, or as it is. */
export function figureVerb(world: World): RunnableVerb {
  const command = verb(
    world,
    "figure",
    "A picture of runs, a fit, a plan or a diagnosis. Without -o it is drawn here; -o writes it as .svg, .png or .json by the name's end. What isn't given is worked out: runs are fitted, a fit is diagnosed.",
    [
      "figure isoflop runs.csv",
      "figure allocation fit.json -o allocation.svg",
      "figure surface fit.json --flops 1e22 --theme dark -o surface.png",
      "figure residuals fit.json --data runs.csv",
      "figure law --law chinchilla --source besiroglu2024-refit",
    ],
  )
    .argument("[name]", "which figure")
    .argument("[file]", "runs, or a fit, a plan, a diagnosis or a figure as JSON")
    .addHelpText(
      "after",
      `\nFigures:\n${columns(Object.entries(figureMakers).map(([name, { summary }]) => [name, summary])).join("\n")}`,
    );
  return withObjectiveOptions(withDataOptions(withLawOptions(command)))
    .option("--data <runs>", "the runs of the fit, which doesn't hold them")
    .option("--flops <C>", "the budget of surface, basins and tornado", numberOption("--flops", { above: 0 }))
    .option(
      "--approach <n>",
      "1 or 2: how runs are fitted for isoflop, frontier, allocation",
      wholeOption("--approach"),
    )
    .option("--source <set>", "a published set of --law, for law and cost")
    .option("--loss <l>", "for cost: the loss that is wanted", numberOption("--loss", { above: 0 }))
    .option(
      "--served <tokens>",
      "for cost: the tokens that it will serve",
      numberOption("--served", { above: 0 }),
    )
    .option("--curves <column>", "for curves: the column that names the run (default: by size)")
    .option(
      "--bootstrap <n>",
      "draws where runs are fitted (default: 200 for bands)",
      wholeOption("--bootstrap"),
    )
    .option("--level <share>", "level of bands", shareOption("--level"), 0.9)
    .option(
      "--theme <name>",
      "light, dark, or auto: as the reader's system is (SVG)",
      wordOption("--theme", ["light", "dark", "auto"] as const),
      "auto",
    )
    .option("--width <pixels>", "of the SVG", wholeOption("--width", { least: 320 }), 720)
    .option("-o, --out <file>", "write it here: .svg, .png or .json")
    .action(async (name, file, options) => {
      const answer = openAnswer(world, options);
      if (name === undefined)
        throw new Error(`which figure? ${Object.keys(figureMakers).join(", ")}; see isoflop figure --help`);
      const end = options.out === undefined ? null : extname(options.out).toLowerCase();
      if (end !== null && ![".svg", ".png", ".json"].includes(end))
        throw new Error(`cannot write ${options.out}: expected a name ending in .svg, .png or .json`);
      const figure = await made(world, name, file, options);
      if (options.out !== undefined) {
        await saveText(world, options.out, await written(figure, end!, options), {
          inputs: [file, options.data].filter((input) => input !== undefined),
        });
        answer.remark(`Written to ${options.out}.`);
        if (!answer.json) return;
      }
      answer.give(figure, () => [
        ...terminalFigure(figure),
        ...(figure.subtitle === null ? [] : ["", ...wrap(figure.subtitle).map(answer.paint.dim)]),
      ]);
    });
}

async function written(
  figure: Figure,
  end: string,
  { theme, width }: { readonly theme: "light" | "dark" | "auto"; readonly width: number },
): Promise<string | Uint8Array> {
  if (end === ".json") return jsonText(figure);
  // loaded only here: a drawing in the terminal needs no document
  const { pngBytes, svgText } = await import("../../draw/index.ts");
  return end === ".svg" ? svgText(figure, { theme, width }) : pngBytes(figure, { theme, width });
}

async function made(
  world: World,
  name: string,
  file: string | undefined,
  options: FigureOptions,
): Promise<Figure> {
  const maker = Object.hasOwn(figureMakers, name) ? figureMakers[name]! : null;
  if (maker) return maker.make(await materials(world, file, options));
  // a figure that was written as JSON is drawn again
  if (file === undefined && extname(name) === ".json") {
    const found = figureSchema.safeParse(await jsonOf(world, name));
    if (found.success) return found.data;
    throw new Error(
      `cannot read ${name} as a figure: ${found.error.issues[0]!.path.join(".")}: ${found.error.issues[0]!.message}; to make one of it say which, such as isoflop figure allocation ${name}`,
    );
  }
  const near = didYouMean(name, Object.keys(figureMakers));
  throw new Error(
    `unknown figure "${name}"; ${near === null ? `there are ${Object.keys(figureMakers).join(", ")}` : `did you mean "${near}"?`}`,
  );
}

async function jsonOf(world: World, file: string): Promise<unknown> {
  const { text, origin } = await readInput(world, file);
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`cannot read ${origin}: expected JSON`);
  }
}

/** What the file is, by its format; runs for all that says none. */
function formatOf(text: string): string {
  return /^\s*\{/.test(text) ? (/"format"\s*:\s*"isoflop\.(\w+)\//.exec(text)?.[1] ?? "runs") : "runs";
}

/** @param file read once, as standard input can't be read again */
async function materials(
  world: World,
  file: string | undefined,
  options: FigureOptions,
): Promise<FigureMaterials> {
  const text = file === undefined ? null : (await readInput(world, file)).text;
  const kind = text === null ? "none" : formatOf(text);
  const reading: World = text === null ? world : { ...world, stdin: async () => text };
  const given: Fit | FrontierFit | null = kind === "fit" ? await readAnyFit(reading, file!) : null;
  if (options.data !== undefined && given === null)
    throw new Error(
      `--data stands beside a fit${file === undefined ? "" : `, and ${file} is none`}; give the runs alone`,
    );
  const runsFile = kind === "runs" ? file : options.data;
  const frontier = given ? given.approach !== 3 : options.approach === 1 || options.approach === 2;
  if (options.approach !== undefined && ![1, 2, 3].includes(options.approach))
    throw new Error(`unknown approach ${options.approach}: expected 1, 2 or 3`);

  const law = once(async (): Promise<Law> => (given?.approach === 3 ? given.law : lawOf(world, options)));
  const runs = once(async () => {
    if (runsFile === undefined)
      throw new Error(
        file === undefined
          ? "this figure is made of runs: give a file of them"
          : `this figure also needs the runs, which a ${kind} doesn't hold: add --data${given ? ` ${given.data.origin}` : ""}, or give the runs alone`,
      );
    const how = given?.approach === 3 ? asTheFit(given, options) : options;
    return readObservations(
      kind === "runs" ? reading : world,
      runsFile,
      frontier ? frontierQuantities : await law(),
      how,
    );
  });
  const fitted = async (draws: number): Promise<Fit> => {
    const found = fit(await law(), await runs(), {
      objective: objective(options.objective, { delta: options.delta }),
      bootstrap: options.bootstrap ?? draws,
      level: options.level,
      seed: options.seed,
    });
    if (found.status === "non-finite") throw new Failed(`no fit to draw: ${found.message}`);
    return found;
  };
  const ofLaw = async (draws = 0): Promise<Fit> => {
    if (given?.approach === 3) return given;
    if (given)
      throw new Error(
        `cannot draw this of approach ${given.approach}: it has no law of the loss; fit one with --approach 3`,
      );
    return fitted(draws);
  };
  const planned = once(async () => {
    if (kind === "plan") {
      const found = planSchema.safeParse(await jsonOf(reading, file!));
      if (found.success) return found.data;
      throw new Error(`cannot read ${file}: it is no whole plan: ${found.error.issues[0]!.message}`);
    }
    if (options.flops === undefined)
      throw new Error("which budget? add --flops, such as --flops 1e22, or give a plan");
    return plan(await ofLaw(), options.flops, { level: options.level });
  });
  const diagnosed = once(async (): Promise<Diagnosis> => {
    if (kind === "diagnosis") {
      const found = diagnosisSchema.safeParse(await jsonOf(reading, file!));
      if (found.success) return found.data;
      throw new Error(`cannot read ${file}: it is no whole diagnosis: ${found.error.issues[0]!.message}`);
    }
    return diagnose(await ofLaw(), await runs(), {
      flops: options.flops ?? null,
      bootstrap: options.bootstrap ?? 200,
      level: options.level,
    });
  });
  return {
    runs,
    law,
    fit: ofLaw,
    anyFit: async () => {
      if (given) return given;
      if (!frontier) return fitted(200);
      const { seed, level } = options;
      return fitFrontier(
        options.approach!,
        await runs(),
        {},
        { weights: null, bootstrap: options.bootstrap ?? 200, level, seed },
      );
    },
    givenFit: async () => (given?.approach === 3 ? given : null),
    plan: planned,
    diagnosis: diagnosed,
    hasPlan: kind === "plan" || (options.flops !== undefined && kind !== "none"),
    hasRuns: runsFile !== undefined,
    source: options.source,
    loss: options.loss,
    served: options.served,
    curves: options.curves,
    level: options.level,
  };
}

/** Works a thing out when it is first asked for, and only then. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | null = null;
  return () => {
    found ??= work();
    return found;
  };
}
