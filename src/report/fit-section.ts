import type { Fit, FittedParameter, FrontierFit, Interval } from "../fit/index.ts";
import { type Law, lawLatex, quantityInfo } from "../laws/index.ts";
import type { ReportBlock } from "./noun.ts";
import { columnsShown, digitsText, heads, levelText, percentText, plural, valueText } from "./wording.ts";

/** The fit: formula, parameters with intervals, how it was found, and what to be wary of. */
export function fitBlocks(fit: Fit | FrontierFit): ReportBlock[] {
  return fit.approach === 3 ? lawBlocks(fit) : frontierBlocks(fit);
}

function lawBlocks(fit: Fit): ReportBlock[] {
  const { law, warnings } = fit;
  return [
    { kind: "formula", formula: leftSide(law) + law.formula, latex: lawLatex(law) },
    {
      kind: "table",
      caption: parametersCaption(fit),
      ...columnsShown(["parameter", ">value", ">± se", ">interval", "meaning"], parameterRows(fit)),
    },
    {
      kind: "facts",
      rows: [
        ...exponentRows(fit),
        ["status", `${fit.status}: ${fit.message}`],
        ["objective", objectiveText(fit)],
        ["starts", startsText(fit)],
        ["residuals", residualsText(fit)],
        ["intervals", bootstrapText(fit)],
        ["covariance", covarianceText(fit)],
      ],
    },
    ...correlationBlocks(fit),
    ...methodBlocks(fit),
    ...(warnings.length === 0
      ? []
      : [{ kind: "warnings" as const, items: warnings.map(({ message }) => message) }]),
  ];
}

function parameterRows({ law, parameters }: Fit): string[][] {
  return Object.entries(parameters).map(([name, { value, se, interval, fixed }]) => {
    const described = law.parameters[name];
    const unit = described?.unit === undefined ? "" : `, ${described.unit}`;
    return [
      name,
      digitsText(value, 5),
      fixed ? "held fixed" : se === null ? "–" : digitsText(se, 2),
      intervalText(interval),
      described ? `${described.meaning}${unit}` : "",
    ];
  });
}

function intervalText(interval: Pick<Interval, "low" | "high"> | null, digits = 4): string {
  return interval ? `${digitsText(interval.low, digits)} to ${digitsText(interval.high, digits)}` : "";
}

function parametersCaption({ parameters, bootstrap }: Fit): string {
  const level = levelOf(Object.values(parameters));
  if (level !== null && bootstrap)
    return `Parameters with ${levelText(level)} intervals from ${bootstrap.draws.length} refits, each by itself; they are known together better than apart`;
  return "Parameters with standard errors; no intervals were asked for";
}

function levelOf(parameters: readonly FittedParameter[]): number | null {
  return parameters.find(({ interval }) => interval !== null)?.interval?.level ?? null;
}

function exponentRows({ exponents }: Pick<Fit, "exponents">): [string, string][] {
  if (!exponents) return [];
  const { a, b, interval } = exponents;
  const between = interval
    ? `; a between ${interval.low.toFixed(3)} and ${interval.high.toFixed(3)} (${levelText(interval.level)})`
    : "";
  return [["optimum", `N* ∝ C^a and D* ∝ C^b with a = ${a.toFixed(3)}, b = ${b.toFixed(3)}${between}`]];
}

/** What was minimised, by its name and with every turn of it. */
export function objectiveText({ objective }: Fit): string {
  const { name, delta, reduction, value, over, under } = objective;
  const turns = [
    ...(delta === null ? [] : [`δ = ${digitsText(delta, 4)}`]),
    ...(over === under
      ? []
      : [`weight ${digitsText(over, 3)} above the truth and ${digitsText(under, 3)} below`]),
    `${reduction} over rows`,
  ];
  return `${name}, ${turns.join(", ")}; lowest ${value === null ? "–" : digitsText(value, 8)}`;
}

export function startsText({ starts: { agree, total, failed, basins } }: Fit): string {
  const said = `${agree} of ${total} starts reached the best minimum`;
  const lost = failed > 0 ? `; ${failed} led nowhere finite` : "";
  const [best, next] = basins;
  if (!best || !next) return said + lost;
  const others = basins.length - 1;
  const height = best.value > 0 ? `, the next ${percentText(next.value / best.value - 1)} higher` : "";
  return `${said}; the others ended in ${plural(others, "other place")}${height}${lost}`;
}

export function residualsText({ residuals: { rms, largest, r2 }, objective: { scale } }: Fit): string {
  return `root mean square ${digitsText(rms, 3)}, largest ${digitsText(largest, 3)} on the ${scale} scale; R² ${digitsText(r2, 5)}`;
}

export function bootstrapText({ bootstrap }: Fit): string {
  if (!bootstrap) return "none asked for: fit with --bootstrap 400";
  const { draws, failed, method, seed, clusters, interval, minima = 1 } = bootstrap;
  const how = [
    `${method} bootstrap`,
    ...(clusters ? [`${clusters.count} clusters by ${clusters.by}`] : []),
    ...(interval === "bca" ? ["BCa ends"] : ["percentile ends"]),
    ...(minima > 1 ? [`each refitted from ${minima} minima`] : []),
  ];
  return `${how.join(", ")}, ${draws.length} draws, seed ${seed}${failed > 0 ? `; ${failed} did not converge and were left out` : ""}`;
}

function covarianceText({ covariance, identifiability }: Fit): string {
  if (!covariance) return "none: the rows are too few to tell";
  const { worstPair, smallestEigenvalue } = identifiability;
  const pair =
    worstPair === null
      ? ""
      : `; ${worstPair.names.join(" and ")} are correlated ${worstPair.correlation.toFixed(4)}`;
  return `${covariance.method}, of logs of positive parameters${pair}; smallest eigenvalue of the correlation ${digitsText(smallestEigenvalue, 2)}`;
}

/** The correlations, while they fit on a page. */
function correlationBlocks({ covariance }: Fit): ReportBlock[] {
  if (!covariance || covariance.names.length < 2 || covariance.names.length > 8) return [];
  const { names, matrix } = covariance;
  const correlation = (i: number, j: number): string => {
    const size = Math.sqrt(matrix[i]![i]! * matrix[j]![j]!);
    return size > 0 ? (matrix[i]![j]! / size).toFixed(3) : "–";
  };
  return [
    {
      kind: "table",
      caption:
        "Correlations of the estimates (of logs where positive): near ±1 two parameters are known only together, and the interval of one alone misleads",
      columns: heads("", ...names.map((name) => `>${name}`)),
      rows: names.map((name, i) => [name, ...names.map((_, j) => (j > i ? "" : correlation(i, j)))]),
    },
  ];
}

/** Intervals by several methods, where they were asked for. */
function methodBlocks({ intervals }: Fit): ReportBlock[] {
  if (!intervals || intervals.length === 0) return [];
  return [
    {
      kind: "table",
      caption: `Intervals by method (${levelText(intervals[0]!.level)})`,
      columns: heads("quantity", ">value", "method", "interval"),
      rows: intervals.flatMap(({ quantity, value, intervals: by }) =>
        by.map(({ method, low, high, message }) => [
          quantity,
          digitsText(value, 5),
          method,
          low === null && high === null
            ? (message ?? "–")
            : `${low === null ? "open" : digitsText(low, 4)} to ${high === null ? "open" : digitsText(high, 4)}`,
        ]),
      ),
    },
  ];
}

function frontierBlocks(fit: FrontierFit): ReportBlock[] {
  const { laws, optima, refused, warnings, bootstrap, approach, method, slices } = fit;
  const level = laws?.params.exponent.interval?.level;
  const line = (
    name: string,
    { value, se, interval }: NonNullable<typeof laws>["params"]["exponent"],
  ): string[] => [name, digitsText(value, 4), se === null ? "–" : digitsText(se, 2), intervalText(interval)];
  return [
    { kind: "formula", formula: "N* = k * C^a; D* = q * C^b", latex: null },
    ...(laws
      ? [
          {
            kind: "table" as const,
            caption:
              level === undefined
                ? "The lines; no intervals were asked for"
                : `The lines, with ${levelText(level)} intervals`,
            ...columnsShown(
              ["", ">value", ">± se", ">interval"],
              [
                line("k", laws.params.coefficient),
                line("a", laws.params.exponent),
                line("q", laws.tokens.coefficient),
                line("b", laws.tokens.exponent),
              ],
            ),
          },
        ]
      : []),
    {
      kind: "facts",
      rows: [
        [
          "approach",
          `${approach}: ${approach === 1 ? "the envelope of the curves" : "the minimum of each budget"} (${method})`,
        ],
        ...(slices
          ? [
              [
                "budgets",
                `rows grouped by ${slices.by}${slices.tolerance === null ? "" : `, within ${percentText(slices.tolerance)}`}; parabolas on the ${slices.scale} loss${slices.window === null ? "" : `, ${slices.window} sizes each side`}`,
              ] as [string, string],
            ]
          : []),
        ["status", `${fit.status}: ${fit.message}`],
        [
          "intervals",
          bootstrap
            ? `${bootstrap.draws.length} draws of ${bootstrap.method}, seed ${bootstrap.seed}`
            : "none asked for: fit with --bootstrap 400",
        ],
      ],
    },
    {
      kind: "table",
      caption: approach === 1 ? "Points of the envelope" : "The minimum of each budget",
      columns: heads(">C", ">N*", ">D*", ">loss", ">from points"),
      rows: thinned(optima, 24).map(({ flops, params, tokens, loss, points }) => [
        valueText("flops", flops),
        valueText("params", params),
        valueText("tokens", tokens),
        valueText("loss", loss),
        String(points),
      ]),
    },
    ...(refused.length === 0
      ? []
      : [
          {
            kind: "list" as const,
            items: refused
              .slice(0, 12)
              .map(
                ({ flops, points, reason }) =>
                  `Left out: ${valueText("flops", flops)} FLOPs (${plural(points, "point")}): ${reason}.`,
              ),
          },
        ]),
    ...(warnings.length === 0
      ? []
      : [{ kind: "warnings" as const, items: warnings.map(({ message }) => message) }]),
  ];
}

function thinned<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, i) => items[Math.round((i * (items.length - 1)) / (most - 1))]!);
}

/** "L(N, D) = " */
function leftSide({ output, inputs }: Law): string {
  const letters = Object.values(inputs).filter((letter) => !/([2-9]|\d\d+)$/.test(letter));
  return `${quantityInfo(output)?.symbol ?? output}(${letters.join(", ")}) = `;
}
