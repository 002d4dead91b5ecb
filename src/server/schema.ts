import * as z from "zod";
import { objectiveNames } from "../fit/index.ts";

/** What a request's body has to be. */
export type Schema<T> = z.ZodType<T>;

/** Runs by the name of a file or a sweep of the folder, or the text of a file. */
export type RunsGiven = string | { readonly text: string; readonly origin?: string };

/** A law by its name, or by the name of a .json file of the folder; as JSON; or a formula with its inputs. */
export type LawGiven = string | Readonly<Record<string, unknown>>;

/** What a plan or a prediction rests on: a fit, by its file's name or whole; or a law and its coefficients. */
export type BasisGiven = string | Readonly<Record<string, unknown>>;

/** How runs are read, as the options of the command line say it. */
export interface Reading {
  readonly map?: Readonly<Record<string, string>>;
  readonly paramsConvention?: "total" | "nonEmbedding" | "active";
  readonly where?: string;
  readonly exclude?: readonly number[];
  readonly dropHighestLoss?: number;
  readonly dropFirst?: number;
  readonly dropShare?: number;
  readonly run?: string;
  readonly decimal?: "comma" | "point";
  readonly skipBadRows?: boolean;
  readonly schedule?: string;
  readonly memory?: number;
  readonly fromStep?: number;
  readonly warmup?: number;
}

/** What is minimised. */
export interface ObjectiveGiven {
  readonly objective?: string;
  readonly delta?: number;
  readonly tau?: number;
  readonly over?: number;
}

export interface FitRequest extends Reading, ObjectiveGiven {
  readonly approach?: 3;
  readonly runs: RunsGiven;
  readonly law?: LawGiven;
  readonly weights?: string;
  readonly fixed?: Readonly<Record<string, number>>;
  readonly bootstrap?: number;
  readonly scheme?: "auto" | "residual" | "pairs" | "cluster" | "wild" | "wild-webb" | "parametric";
  readonly clusters?: string;
  readonly interval?: "percentile" | "bca";
  readonly level?: number;
  readonly seed?: number;
}

/** Approaches 1 and 2, which need no law. */
export interface FrontierFitRequest extends Reading {
  readonly approach: 1 | 2;
  readonly runs: RunsGiven;
  readonly method?: "hull" | "running-minimum" | "parabola" | "akima" | "argmin" | "given";
  readonly budgetTolerance?: number;
  readonly budgets?: string;
  readonly window?: number;
  readonly curves?: string;
  readonly weights?: string;
  readonly bootstrap?: number;
  readonly level?: number;
  readonly seed?: number;
}

export interface PlanRequest {
  readonly basis: BasisGiven;
  readonly flops?: number;
  readonly budget?: string;
  readonly held?: Readonly<Record<string, number>>;
  readonly flopsPerToken?: string;
  readonly flat?: number;
  readonly level?: number;
  readonly assume?: boolean;
  readonly family?: "llama" | "gpt2" | "moe" | "chinchilla";
  readonly vocabulary?: number;
  readonly context?: number;
}

export interface PredictRequest {
  readonly basis: BasisGiven;
  readonly at: Readonly<Record<string, number>>;
  readonly solve?: string;
  readonly target?: number;
  readonly near?: number;
  /** Laws that each take what the one before gives. */
  readonly links?: readonly BasisGiven[];
  readonly level?: number;
  readonly seed?: number;
}

export interface CompareRequest extends Reading, Pick<ObjectiveGiven, "objective" | "delta"> {
  readonly runs: RunsGiven;
  readonly laws?: readonly LawGiven[] | "auto";
  readonly holdout?: string;
  readonly ahead?: number;
  readonly test?: string;
  readonly bootstrap?: number;
  readonly level?: number;
  readonly targetFlops?: number;
  readonly seed?: number;
}

export interface DiagnoseRequest extends Reading, ObjectiveGiven {
  readonly runs: RunsGiven;
  readonly fit?: BasisGiven;
  readonly law?: LawGiven;
  readonly fixed?: Readonly<Record<string, number>>;
  readonly weights?: string;
  readonly flops?: number;
  readonly held?: Readonly<Record<string, number>>;
  readonly bootstrap?: number;
  readonly level?: number;
  readonly seed?: number;
}

export interface FigureRequest extends Reading, ObjectiveGiven {
  readonly figure: string;
  readonly runs?: RunsGiven;
  readonly fit?: BasisGiven;
  readonly plan?: BasisGiven;
  readonly diagnosis?: BasisGiven;
  readonly law?: LawGiven;
  readonly source?: string;
  readonly approach?: 1 | 2 | 3;
  readonly flops?: number;
  readonly loss?: number;
  readonly served?: number;
  readonly curves?: string;
  readonly bootstrap?: number;
  readonly level?: number;
  readonly seed?: number;
}

export interface ReportRequest extends Reading, ObjectiveGiven {
  readonly runs?: RunsGiven;
  readonly fit?: BasisGiven;
  readonly plan?: BasisGiven;
  readonly diagnosis?: BasisGiven;
  readonly comparison?: BasisGiven;
  readonly law?: LawGiven;
  readonly weights?: string;
  readonly flops?: number;
  readonly budget?: string;
  readonly held?: Readonly<Record<string, number>>;
  readonly title?: string;
  readonly as?: "json" | "html" | "md" | "tex";
  readonly bootstrap?: number;
  readonly level?: number;
  readonly seed?: number;
}

export interface SweepRequest {
  readonly concurrency?: number;
}

const positive = z.number().positive();
const whole = z.number().int().nonnegative();
const share = z.number().gt(0).lt(1);
const numbers = z.record(z.string(), z.number());
const draws = whole.max(100_000);

const runsGiven: Schema<RunsGiven> = z
  .union([z.string(), z.strictObject({ text: z.string(), origin: z.string().optional() })], {
    error: "expected the name of a file or a sweep, or { text, origin }",
  })
  .describe(
    "a file or a sweep of the folder by its name, or { text, origin }: the text of a CSV or of JSON lines",
  );
const lawGiven: Schema<LawGiven> = z
  .union([z.string(), z.record(z.string(), z.unknown())], {
    error: "expected a law's name, a law as JSON, or { formula, inputs }",
  })
  .describe(
    "a law's name, a .json file of the folder, a law as JSON, or { formula, inputs, output, real }; no programs",
  );
const basisGiven: Schema<BasisGiven> = z
  .union([z.string(), z.record(z.string(), z.unknown())], {
    error: "expected the name of a fit's file, a fit, { law, source } or { law, parameters }",
  })
  .describe("a fit's file by its name, a fit as JSON, { law, source } or { law, parameters }");

const reading = {
  map: z
    .record(z.string(), z.string())
    .optional()
    .describe("quantity → column, where the header's guess is wrong"),
  paramsConvention: z.enum(["total", "nonEmbedding", "active"]).optional(),
  where: z.string().optional().describe("only these rows: used_in_fit=1, params>=70M"),
  exclude: z.array(whole).optional().describe("lines of the file that are left out, the header being line 1"),
  dropHighestLoss: whole.optional(),
  dropFirst: positive.optional().describe("of training curves: rows up to so many tokens are left out"),
  dropShare: share.optional().describe("of training curves: this first share of each run is left out"),
  run: z.string().optional().describe("with dropShare: the column that names the run"),
  decimal: z.enum(["comma", "point"]).optional(),
  skipBadRows: z.boolean().optional(),
  schedule: z.string().optional(),
  memory: positive.optional(),
  fromStep: whole.optional(),
  warmup: whole.optional(),
};
const minimised = {
  objective: z.enum(objectiveNames as [string, ...string[]]).optional(),
  delta: positive.optional(),
  tau: share.optional(),
  over: positive.optional(),
};
const drawn = { bootstrap: draws.optional(), level: share.optional(), seed: whole.optional() };

export const fitRequestSchema: Schema<FitRequest> = z.strictObject({
  approach: z.literal(3).optional(),
  runs: runsGiven,
  law: lawGiven.optional(),
  ...reading,
  ...minimised,
  weights: z.string().optional().describe("a column of weights"),
  fixed: numbers.optional().describe("parameters held at a value"),
  scheme: z.enum(["auto", "residual", "pairs", "cluster", "wild", "wild-webb", "parametric"]).optional(),
  clusters: z.string().optional(),
  interval: z.enum(["percentile", "bca"]).optional(),
  ...drawn,
});

export const frontierFitRequestSchema: Schema<FrontierFitRequest> = z.strictObject({
  approach: z.union([z.literal(1), z.literal(2)]),
  runs: runsGiven,
  ...reading,
  method: z.enum(["hull", "running-minimum", "parabola", "akima", "argmin", "given"]).optional(),
  budgetTolerance: share.optional(),
  budgets: z.string().optional(),
  window: z.number().int().positive().optional(),
  curves: z.string().optional(),
  weights: z.string().optional(),
  ...drawn,
});

export const planRequestSchema: Schema<PlanRequest> = z.strictObject({
  basis: basisGiven,
  flops: positive.optional(),
  budget: z.string().optional().describe('in words: "$2M of H100, served 1e12 tokens"; flops or this'),
  assume: z
    .boolean()
    .optional()
    .describe("take an MFU and a price from the cited tables where none is given"),
  family: z.enum(["llama", "gpt2", "moe", "chinchilla"]).optional().describe("of the shape"),
  vocabulary: positive.optional().describe("of the shape"),
  context: positive.optional().describe("tokens in a training sequence"),
  held: numbers.optional(),
  flopsPerToken: z.string().optional(),
  flat: share.optional(),
  level: share.optional(),
});

export const predictRequestSchema: Schema<PredictRequest> = z.strictObject({
  basis: basisGiven,
  at: numbers,
  solve: z.string().optional(),
  target: z.number().optional(),
  near: z.number().optional(),
  links: z.array(basisGiven).max(20).optional().describe("laws that each take what the one before gives"),
  level: share.optional(),
  seed: whole.optional(),
});

export const compareRequestSchema: Schema<CompareRequest> = z.strictObject({
  runs: runsGiven,
  laws: z.union([z.literal("auto"), z.array(lawGiven).min(1).max(50)]).optional(),
  ...reading,
  objective: minimised.objective,
  delta: minimised.delta,
  holdout: z.string().optional(),
  ahead: z.number().int().positive().optional(),
  test: z.string().optional(),
  targetFlops: positive.optional(),
  ...drawn,
});

export const diagnoseRequestSchema: Schema<DiagnoseRequest> = z.strictObject({
  runs: runsGiven,
  fit: basisGiven.optional(),
  law: lawGiven.optional(),
  ...reading,
  ...minimised,
  fixed: numbers.optional(),
  weights: z.string().optional(),
  flops: positive.optional(),
  held: numbers.optional(),
  ...drawn,
});

export const figureRequestSchema: Schema<FigureRequest> = z.strictObject({
  figure: z.string(),
  runs: runsGiven.optional(),
  fit: basisGiven.optional(),
  plan: basisGiven.optional(),
  diagnosis: basisGiven.optional(),
  law: lawGiven.optional(),
  source: z.string().optional(),
  approach: z.union([z.literal(1), z.literal(2), z.literal(3)]).optional(),
  ...reading,
  ...minimised,
  flops: positive.optional(),
  loss: positive.optional(),
  served: positive.optional(),
  curves: z.string().optional(),
  ...drawn,
});

export const reportRequestSchema: Schema<ReportRequest> = z.strictObject({
  runs: runsGiven.optional(),
  fit: basisGiven.optional(),
  plan: basisGiven.optional(),
  diagnosis: basisGiven.optional(),
  comparison: basisGiven.optional(),
  law: lawGiven.optional(),
  ...reading,
  ...minimised,
  weights: z.string().optional(),
  flops: positive.optional(),
  budget: z.string().optional().describe("in words; flops or this"),
  held: numbers.optional(),
  title: z.string().optional(),
  as: z.enum(["json", "html", "md", "tex"]).optional().describe("json, the Report itself, unless said"),
  ...drawn,
});

export const sweepRequestSchema: Schema<SweepRequest> = z.strictObject({
  concurrency: z.number().int().positive().max(1024).optional(),
});

/**
 * A schema as OpenAPI 3.1 has it, for `#/components/schemas/<name>`: what it repeats inside itself is found there too.
 */
export function jsonSchema(schema: Schema<unknown>, name: string): unknown {
  const { $schema: _, ...plain } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  const text = JSON.stringify(plain).replaceAll('"$ref":"#', `"$ref":"#/components/schemas/${name}`);
  return JSON.parse(text);
}
