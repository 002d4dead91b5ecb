import { type FrontierFit, frontierAt, type Interval, percentileInterval } from "../fit/index.ts";
import { type ComputeOptimum, quantityAt } from "../laws/index.ts";
import {
  type Basis,
  type BasisNote,
  budgetOptions,
  type Extrapolation,
  extrapolations,
  type OpenBasis,
  openBasis,
} from "./basis.ts";
import { answersOf } from "./drawn.ts";
import { isFrontier, openFrontier } from "./frontier.ts";
import { servedTokensFor, sizeElasticities } from "./ratio.ts";
import { type Surface, surfacesOf } from "./surface.ts";
import { ruleOfThumb } from "./world-claims.ts";
import { type WorldModel, worldModels } from "./world-models.ts";

/** A number and, where the basis has draws, its interval. */
export interface PlacedValue {
  readonly value: number;
  readonly interval: Interval | null;
}

/** One model of the world beside what a law would have made of its compute. */
export interface Placement {
  readonly model: WorldModel;
  /** N as the law took it: the parameters that a token passes. */
  readonly params: number;
  readonly tokens: number;
  readonly flops: number;
  readonly tokensPerParam: number;
  /** Times the rule of 20 tokens per parameter. */
  readonly timesTwenty: number;
  /** The law's own best at this compute. */
  readonly optimum: { readonly params: number; readonly tokens: number; readonly loss: number | null };
  /** Tokens per parameter over those of the law's best at this compute: above 1 over-trained, below 1 under-trained. */
  readonly overTraining: PlacedValue;
  /** Null where the basis knows no losses (approach 1 or 2). */
  readonly loss: PlacedValue | null;
  /** The compute that the law's best model needs for that loss, as a share of what was spent. */
  readonly efficiency: number | null;
  /** Tokens to serve over its lifetime for which size and data were the cheapest way to this loss; null where no load is. */
  readonly servedTokens: PlacedValue | null;
  readonly extrapolation: readonly Extrapolation[] | null;
}

/** Models of the world against one law. */
export interface WorldPlacement {
  readonly format: "isoflop.world/1";
  readonly basis: BasisNote;
  readonly formula: string;
  readonly convention: string;
  /** Which parameters the law's N counts. */
  readonly counts: string | null;
  readonly held: Readonly<Record<string, number>>;
  readonly placements: readonly Placement[];
  /** Models that could not be placed, and why. */
  readonly left: readonly { readonly name: string; readonly reason: string }[];
  readonly warnings: readonly string[];
  readonly remarks: readonly string[];
}

export interface PlaceOptions {
  readonly models?: readonly WorldModel[];
  readonly held?: Readonly<Record<string, number>>;
  readonly flopsPerToken?: string;
  /** Of the intervals. */
  readonly level?: number;
}

/**
 * Published models placed against a law: the loss it predicts for them, by which factor they are over- or under-trained, and the
 * lifetime inference for which they are right.
 *
 * A mixture of experts is placed by its active parameters, since those cost the compute.
 *
 * @throws when the law has no optimum on a budget
 * @example placeModels({ law: chinchilla, set: "besiroglu2024-refit" }).placements[0].overTraining.value // GPT-3: 0.1
 */
export function placeModels(
  basis: Basis | FrontierFit,
  { models = worldModels, held = {}, flopsPerToken, level = 0.9 }: PlaceOptions = {},
): WorldPlacement {
  const { known, left } = placeable(models);
  const experts = known.some(({ model }) => model.params !== model.activeParams);
  const remarks = experts
    ? [
        "Mixtures of experts are placed by the parameters that a token passes; a law of dense models knows no others.",
      ]
    : [];
  if (isFrontier(basis)) {
    const frontier = openFrontier(basis, held, flopsPerToken);
    return {
      format: "isoflop.world/1",
      basis: frontier.note,
      formula: "N* = k * C^a; D* = q * C^b",
      convention: basis.conventions.flops ?? "unstated",
      counts: basis.conventions.params,
      held,
      placements: known.map((known) => placeByFrontier(known, basis, frontier.laws, level)),
      left,
      warnings: [],
      remarks: [...remarks, "Approaches 1 and 2 say where the best model lies and not how low its loss is."],
    };
  }
  const open = openBasis(basis);
  const { convention, surfaceAt } = surfacesOf(open, { held, flopsPerToken });
  const cost = budgetOptions(open, held, flopsPerToken).flopsPerToken;
  const placing: Placing = { open, surfaceAt, held, flopsPerToken: cost, level };
  return {
    format: "isoflop.world/1",
    basis: open.note,
    formula: open.law.formula,
    convention,
    counts: open.params,
    held,
    placements: known.map((known) => placeByLaw(known, placing)),
    left,
    warnings: open.warnings,
    remarks: [
      ...open.remarks,
      "Losses are those of the law's own corpus and tokenizer, not what the models' makers measured.",
      ...remarks,
    ],
  };
}

interface Known {
  readonly model: WorldModel;
  readonly params: number;
  readonly tokens: number;
}

function placeable(models: readonly WorldModel[]): { known: Known[]; left: WorldPlacement["left"] } {
  const known: Known[] = [];
  const left: { name: string; reason: string }[] = [];
  for (const model of models) {
    const { name, activeParams, tokens } = model;
    if (activeParams !== null && tokens !== null) known.push({ model, params: activeParams, tokens });
    else {
      const missing = [activeParams === null ? "parameters" : "", tokens === null ? "tokens" : ""];
      left.push({ name, reason: `its ${missing.filter((m) => m !== "").join(" and ")} are not published` });
    }
  }
  return { known, left };
}

function ratios({
  params,
  tokens,
}: Omit<Known, "model">): Pick<Placement, "params" | "tokens" | "tokensPerParam" | "timesTwenty"> {
  const tokensPerParam = tokens / params;
  return { params, tokens, tokensPerParam, timesTwenty: tokensPerParam / ruleOfThumb };
}

function placeByLaw(
  { model, params, tokens }: Known,
  { open, surfaceAt, level, held, flopsPerToken }: Placing,
): Placement {
  const { law, parameters, draws, range } = open;
  const surface = surfaceAt(parameters);
  const flops = tokens * surface.costOf(params);
  const inputs: Record<string, number> = { ...held };
  for (const quantity of Object.keys(law.inputs))
    inputs[quantity] ??= quantityAt(quantity, params, tokens) ?? Number.NaN;
  const answer = (drawn: Readonly<Record<string, number>>): Answer | null => {
    const own = surfaceAt(drawn);
    const best = own.optimum(flops);
    return best && { best, loss: own.loss(params, tokens), served: serve(drawn) };
  };
  const serve = (drawn: Readonly<Record<string, number>>): number =>
    servedTokensFor(sizeElasticities(law, drawn, inputs), { params, tokens }, flopsPerToken);
  const fitted = answer(parameters);
  if (!fitted)
    throw new Error(
      `cannot place ${model.name} by ${law.name}: at its compute the loss falls all the way to one end, so there is no best size; use a law of both params and tokens with a term in each`,
    );
  const { best, loss, served } = fitted;
  const over = ({ best }: Answer): number => (tokens / params) * (best.params / best.tokens);
  const drawn = answersOf(draws, answer, level);
  const cheapest = surface.cheapest(loss, flops);
  return {
    model,
    ...ratios({ params, tokens }),
    flops,
    optimum: { params: best.params, tokens: best.tokens, loss: best.loss },
    overTraining: { value: over(fitted), interval: drawn.of(over) },
    loss: { value: loss, interval: drawn.of((one) => one.loss) },
    efficiency: cheapest && Math.min(1, cheapest.flops / flops),
    servedTokens: served > 0 ? { value: served, interval: drawn.of((one) => Math.max(0, one.served)) } : null,
    extrapolation: extrapolations(range, { flops, params, tokens, tokensPerParam: tokens / params }),
  };
}

/** What a law, or one draw of it, says of one model. */
interface Answer {
  readonly best: ComputeOptimum;
  readonly loss: number;
  readonly served: number;
}

interface Placing {
  readonly open: OpenBasis;
  readonly surfaceAt: (parameters: Readonly<Record<string, number>>) => Surface;
  readonly held: Readonly<Record<string, number>>;
  readonly flopsPerToken: ((params: number) => number) | undefined;
  readonly level: number;
}

function placeByFrontier(
  known: Known,
  fit: FrontierFit,
  laws: NonNullable<FrontierFit["laws"]>,
  level: number,
): Placement {
  const { model, params, tokens } = known;
  const flops = 6 * params * tokens;
  const best = frontierAt(laws, flops);
  const ratio = (k: number, a: number, q: number, b: number): number =>
    tokens / params / ((q * flops ** b) / (k * flops ** a));
  const drawn = fit.bootstrap?.draws.map(([k, a, q, b]) => ratio(k!, a!, q!, b!)) ?? [];
  const value = tokens / params / (best.tokens / best.params);
  return {
    model,
    ...ratios(known),
    flops,
    optimum: { params: best.params, tokens: best.tokens, loss: null },
    overTraining: {
      value,
      interval: fit.bootstrap ? percentileInterval(drawn, level) : null,
    },
    loss: null,
    efficiency: null,
    servedTokens: null,
    extrapolation: extrapolations(fit.range, { flops, params, tokens, tokensPerParam: tokens / params }),
  };
}
