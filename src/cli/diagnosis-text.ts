import { formatCount, formatFlops, formatNumber } from "../numeric/index.ts";
import type { Diagnosis, Identified, Reason } from "../trust/index.ts";
import type { Paint } from "./answer.ts";
import { columns, labelled, rowsInColumns, warned, wrap } from "./text.ts";

/** A diagnosis for people: the verdict first. */
export function diagnosisLines(made: Diagnosis, paint: Paint): string[] {
  return [
    ...verdictLines(made, paint),
    ...decisionLines(made, paint),
    "",
    ...parameterLines(made, paint),
    ...sharedReasons(made),
    ...(made.nextRun ? ["", ...labelled("next run", made.nextRun.message)] : []),
    "",
    ...basinLines(made, paint),
    ...sensitivityLines(made, paint),
    ...spreadLines(made),
    "",
    ...findingLines(made, paint),
  ];
}

function verdictLines({ verdict, basis, data }: Diagnosis, paint: Paint): string[] {
  const colour = { sound: paint.green, caution: paint.yellow, "do-not-use": paint.red }[verdict.grade];
  return [
    ...wrap(`${paint.bold(basis.law)}, ${data.rows} rows of ${data.origin}`),
    "",
    ...wrap(verdict.sentence).map(colour),
    "",
  ];
}

const painted = (verdict: Identified, { green, yellow, red }: Paint): string =>
  ({ identified: green, weak: yellow, "not-identified": red })[verdict](
    verdict === "not-identified" ? "not identified" : verdict,
  );

function decisionLines({ decision }: Diagnosis, paint: Paint): string[] {
  if (!decision)
    return labelled("decision", "this law has no best size at a budget, so only its parameters are judged");
  const { flops, held, params, tokens, loss, interval, regret, verdict, reasons } = decision;
  const others = Object.entries(held).map(([quantity, value]) => `, ${quantity} ${formatCount(value)}`);
  return [
    ...labelled(
      "decision",
      `N* at ${formatFlops(flops)} FLOPs${others.join("")}: ${paint.bold(formatCount(params))} (${formatCount(interval.low)} … ${formatCount(interval.high)}, ${formatNumber(100 * interval.level, 3)} %) on ${formatCount(tokens)} tokens, loss ${formatNumber(loss)}`,
    ),
    ...labelled(
      "",
      `${painted(verdict, paint)}; the worse end of that interval costs ${formatNumber(100 * regret, 2)} % more loss`,
    ),
    ...reasons.flatMap(({ message }) =>
      wrap(message, { first: `${" ".repeat(13)}- `, rest: " ".repeat(15) }),
    ),
  ];
}

function parameterLines({ parameters }: Diagnosis, paint: Paint): string[] {
  return columns(
    [
      ["", "value", "± se", "", "why not better"].map(paint.dim),
      ...Object.entries(parameters).map(([name, { value, spread, verdict, reasons }]) => [
        name,
        formatNumber(value),
        spread === null ? "–" : spread > 10 ? "> 1000 %" : `${formatNumber(100 * spread, 2)} %`,
        painted(verdict, paint),
        [...new Set(reasons.map(({ code, message }) => short[code] ?? message))].join("; "),
      ]),
    ],
    { align: ["left", "right", "right"] },
  );
}

/** Reasons that several parameters share: in the table a word or two, and the sentence once. */
const short: Readonly<Partial<Record<Reason["code"], string>>> = {
  "range-too-short": "range too short",
  "one-ratio": "inputs never apart",
  "floor-not-reached": "floor not reached",
  "few-rows": "few rows",
  scatter: "scatter",
};

function sharedReasons({ parameters, decision }: Diagnosis): string[] {
  const said = decision?.reasons.map(({ message }) => message) ?? [];
  const all = Object.values(parameters).flatMap(({ reasons }) =>
    reasons.flatMap(({ code, message }) => {
      const label = short[code];
      return label === undefined || said.includes(message) ? [] : [`${label}: ${message}`];
    }),
  );
  return [...new Set(all)].flatMap((text) => wrap(text, { first: "  - ", rest: "    " }));
}

function basinLines({ basins: { basins, message } }: Diagnosis, paint: Paint): string[] {
  if (basins.length === 1) return labelled("minima", message);
  const percent = (share: number): string =>
    share > 10 ? `${formatNumber(share, 2)}×` : `${formatNumber(100 * share, 2)} %`;
  return [
    ...labelled("minima", message),
    "",
    ...columns(
      [
        ["higher by", "pass", "starts", "N*", "where"].map(paint.dim),
        ...basins.map(({ name, above, pass, starts, optimum }) => [
          above === 0 ? "best" : percent(above),
          pass === null ? "–" : percent(pass),
          String(starts),
          optimum ? formatCount(optimum.params) : "–",
          name,
        ]),
      ],
      { align: ["right", "right", "right", "right"] },
    ),
  ];
}

function sensitivityLines({ sensitivity: table }: Diagnosis, paint: Paint): string[] {
  if (!table) return [];
  const { fit, rows } = table;
  const shown = rowsInColumns(
    [
      ["N*", "a", "moved", "under another choice"].map(paint.dim),
      [formatCount(fit.params), fit.a === null ? "–" : fit.a.toFixed(3), "–", "the fit as it is"],
      ...rows.map(({ params, a, moved, choice, note }) => {
        const far = Math.abs(moved ?? 0);
        const size = far < 999.95 ? far.toFixed(1) : "> 999";
        const by = moved === null ? "–" : size === "0.0" ? size : `${moved < 0 ? "−" : "+"}${size}`;
        return [
          params === null ? "none" : formatCount(params),
          a === null ? "–" : a.toFixed(3),
          Math.abs(moved ?? 0) > 1 ? paint.yellow(by) : by,
          note === null ? choice : `${choice} (${note})`,
        ];
      }),
    ],
    { align: ["right", "right", "right"] },
  );
  return [
    "",
    ...labelled("choices", table.message),
    ...labelled(
      "",
      "Moves are measured by the interval of N*, whose ends are at ±1: beyond them a choice matters more than the noise.",
    ),
    "",
    ...shown.flat(),
  ];
}

/** The interval takes one law for true; what the others say stands beside it. */
function spreadLines({ spread, decision, basis, sensitivity }: Diagnosis): string[] {
  if (!decision) return [];
  if (!sensitivity?.rows.some(({ kind }) => kind === "law"))
    return [
      "",
      ...labelled("laws", "no other law could be tried: too few rows, or none that takes the same inputs"),
    ];
  if (!spread) return ["", ...labelled("laws", `no other law tried fits about as well as ${basis.law}`)];
  const [low, high] = spread.params;
  const loss = spread.loss.map((value) => formatNumber(value, 5)).join(" … ");
  return [
    "",
    ...labelled(
      "laws",
      `${spread.laws.join("; ")} fit about as well (an objective at most ${100 * spread.within} % higher) and put N* at ${formatCount(low)} … ${formatCount(high)}, the loss at ${loss}; the interval ${formatCount(decision.interval.low)} … ${formatCount(decision.interval.high)} takes one law for true`,
    ),
  ];
}

function findingLines({ findings }: Diagnosis, paint: Paint): string[] {
  if (findings.length === 0) return labelled("data", "nothing odd about the runs");
  return findings.flatMap(({ message, remedy }) =>
    warned(
      `${message[0]!.toUpperCase()}${message.slice(1)}.${remedy === undefined ? "" : ` Remedy: ${remedy}.`}`,
      paint,
    ),
  );
}
