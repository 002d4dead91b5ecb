import { formatIn } from "isoflop/figures";
import type { Fit, Interval } from "isoflop/fit";
import { quantityInfo } from "isoflop/laws";
import { hardware as catalogue, trainingPeak } from "isoflop/models";
import {
  formatCount,
  formatDollars,
  formatFlops,
  formatGrouped,
  formatNumber,
  numberOrNull,
} from "isoflop/numeric";
import { parseBudget } from "isoflop/plan";
import type { ColumnMapping } from "isoflop/runs";
import { type ReactNode, useState } from "react";
import { LawPicker } from "./law-picker.tsx";
import { Button, Icon, ProgressBar, Section, Trouble, Verdict } from "./parts.tsx";
import {
  bestFit,
  budgetOf,
  decide,
  diagnoseFit,
  documentOf,
  endGesture,
  type Opened,
  show,
  useStudio,
} from "./store.ts";

/** The law, what it says, and what it says of a budget. */
export function Inspector({ opened }: { opened: Opened }) {
  const fitted = useStudio((state) => state.fitted);
  const fitting = useStudio((state) => state.fitting);
  const fitError = useStudio((state) => state.fitError);
  const fit = useStudio(bestFit);
  return (
    <div data-testid="inspector">
      <Section title="Law">
        <LawPicker laws={opened.laws} />
        <Objective />
        <Mapping />
        {fit?.verdict && fitError === null && (
          <div className="mt-2.5">
            <Verdict {...fit.verdict} />
          </div>
        )}
      </Section>
      {fitError !== null && (
        <div className="p-4">
          <FitTrouble text={fitError} />
        </div>
      )}
      {fitError === null && !fit && (
        <Section title="Fit">
          <div aria-busy={fitting} className="space-y-2">
            <div className="skeleton h-4 w-4/5" />
            <div className="skeleton h-4 w-full" />
            <div className="skeleton h-24 w-full" />
          </div>
        </Section>
      )}
      {fit && fitted && (
        <>
          {fitted.plannable === null ? (
            <PlanPanel fit={fit} />
          ) : (
            <Section title="Plan">
              <p className="text-muted">No budget can be planned with this law. {fitted.plannable}</p>
            </Section>
          )}
          <FitPanel fit={fit} milliseconds={fitted.milliseconds} />
        </>
      )}
    </div>
  );
}

function Objective() {
  const objective = useStudio((state) => documentOf(state).objective);
  const options = [
    ["huber-log", "Huber on logs, δ = 0.001"],
    ["squared-log", "squares of logs"],
    ["absolute-log", "absolute logs"],
    ["huber", "Huber on losses"],
    ["squared", "squares of losses"],
  ] as const;
  return (
    <label className="mt-2 flex items-center gap-2 text-muted">
      <span className="shrink-0">Minimises</span>
      <select
        value={objective}
        onChange={(event) => decide({ objective: event.target.value })}
        className="h-7 min-w-0 flex-1 cursor-pointer rounded-md border border-line bg-surface px-1.5 text-ink"
      >
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The library's sentence, and the remedies that the studio has a button for. */
function FitTrouble({ text }: { text: string }) {
  const skips = useStudio((state) => documentOf(state).skipBadRows);
  const badRow = /row \d+/.test(text) && !skips;
  return (
    <Trouble title="These runs cannot be fitted as they are" text={text}>
      {badRow && <Button onClick={() => decide({ skipBadRows: true })}>Leave unreadable rows out</Button>}
      <ColumnChooser text={text} />
    </Trouble>
  );
}

/** The columns that fit equally well, a click each; and all of them, where none was found. */
function ColumnChooser({ text }: { text: string }) {
  const map = useStudio((state) => documentOf(state).map);
  if (!/column|find/i.test(text) || /row \d+/.test(text)) return null;
  const [, quantity, several] = /cannot choose the (\w+) column.*? \((".*")\)/.exec(text) ?? [];
  const names = [...(several ?? "").matchAll(/"([^"]+)"/g)].map(([, name]) => name!);
  if (quantity !== undefined && names.length > 0)
    return names.map((name) => (
      <Button key={name} onClick={() => decide({ map: { ...map, [quantity]: name } })}>
        Use {name}
      </Button>
    ));
  return <Columns quantities={["params", "tokens", "loss"]} />;
}

/** Which column is which quantity, to be said by hand. */
function Columns({ quantities }: { quantities: readonly string[] }) {
  const opened = useStudio((state) => state.opened);
  const mapping = useStudio((state) => state.fitted?.all.mapping ?? noMapping);
  const map = useStudio((state) => documentOf(state).map);
  if (!opened) return null;
  const names = Object.keys(opened.table.columns);
  return (
    <div className="grid w-full grid-cols-[auto_1fr] items-center gap-x-3 gap-y-1.5">
      {quantities.map((quantity) => {
        const found = mapping.find((entry) => entry.quantity === quantity);
        const how = found === undefined ? "by its name" : (found.column ?? found.rule ?? "worked out");
        return (
          <label key={quantity} className="contents">
            <span className="text-muted">{quantity}</span>
            <select
              value={map[quantity] ?? ""}
              className="h-7 min-w-0 rounded-md border border-line bg-surface px-1"
              onChange={({ target: { value } }) => {
                const { [quantity]: _, ...rest } = map;
                decide({ map: value === "" ? rest : { ...rest, [quantity]: value } });
              }}
            >
              <option value="">{found?.how === "given" ? "by its name" : how}</option>
              {names.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        );
      })}
    </div>
  );
}

const noMapping: readonly ColumnMapping[] = [];

/** What was taken for what, a line; opened, it can be changed. */
function Mapping() {
  const fitted = useStudio((state) => state.fitted);
  const [open, setOpen] = useState(false);
  if (!fitted) return null;
  const { law, all } = fitted;
  const quantities = [...Object.keys(law.inputs), law.output];
  const said = quantities.map(
    (quantity) =>
      all.mapping.find((entry) => entry.quantity === quantity)?.column ?? `${quantity} worked out`,
  );
  return (
    <div className="mt-2">
      <button
        type="button"
        aria-expanded={open}
        className="flex w-full cursor-pointer items-center gap-1 text-left text-muted hover:text-ink"
        onClick={() => setOpen(!open)}
      >
        <span className="min-w-0 truncate">Reads {said.join(", ")}</span>
        <span className={`ml-auto ${open ? "rotate-180" : ""}`}>
          <Icon name="down" size={12} />
        </span>
      </button>
      {open && (
        <div className="mt-1.5 space-y-1.5">
          <Columns quantities={quantities} />
          {quantities.includes("params") && <Counts />}
        </div>
      )}
    </div>
  );
}

/** Which parameters N counts, where the column's name doesn't say it. */
function Counts() {
  const convention = useStudio((state) => documentOf(state).convention);
  const stated = useStudio((state) => state.fitted?.fit.conventions.params ?? "unstated");
  return (
    <label className="grid grid-cols-[auto_1fr] items-center gap-x-3">
      <span className="text-muted">N counts</span>
      <select
        value={convention ?? ""}
        className="h-7 min-w-0 rounded-md border border-line bg-surface px-1"
        onChange={({ target: { value } }) =>
          decide({
            convention: value === "total" || value === "nonEmbedding" || value === "active" ? value : null,
          })
        }
      >
        <option value="">{convention === null ? stated : "as the column says"}</option>
        <option value="total">total</option>
        <option value="nonEmbedding">nonEmbedding</option>
        <option value="active">active</option>
      </select>
    </label>
  );
}

function FitPanel({ fit, milliseconds }: { fit: Fit; milliseconds: number }) {
  const drawing = useStudio((state) => state.drawing);
  const [open, setOpen] = useState(false);
  const { starts, residuals, warnings } = fit;
  return (
    <Section
      title="Fit"
      aside={
        <span className="text-xs text-muted" data-testid="fit-time">
          {fit.rows.toLocaleString("en")} runs in {Math.max(1, Math.round(milliseconds))} ms
        </span>
      }
    >
      <table className="w-full" data-testid="parameters">
        <thead className="sr-only">
          <tr>
            <th scope="col">Parameter</th>
            <th scope="col">Value</th>
            <th scope="col">Interval</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(fit.parameters).map(([name, { value, interval }]) => (
            <tr
              key={name}
              title={fit.law.parameters[name]?.meaning}
              className="border-t border-line/60 first:border-t-0"
            >
              <th scope="row" className="py-1 text-left font-serif text-[14px] font-normal italic">
                {greek[name] ?? name}
              </th>
              <td className="py-1 pr-3 text-right font-medium" data-parameter={name}>
                {formatNumber(value, 4)}
              </td>
              <td className="w-[46%] py-1 text-right text-xs text-muted">
                {rangeText(interval, (x) => formatNumber(x, 3))}
              </td>
            </tr>
          ))}
          {fit.exponents && (
            <tr className="border-t border-line" title="N* grows as C to the a">
              <th scope="row" className="py-1 text-left font-serif text-[14px] font-normal italic">
                a
              </th>
              <td className="py-1 pr-3 text-right font-medium" data-parameter="exponent-a">
                {formatNumber(fit.exponents.a, 3)}
              </td>
              <td className="py-1 text-right text-xs text-muted">
                {rangeText(fit.exponents.interval, (x) => formatNumber(x, 3))}
              </td>
            </tr>
          )}
        </tbody>
      </table>
      <div className="mt-2 h-6" aria-live="off">
        {drawing ? (
          <>
            <ProgressBar share={drawing.done / drawing.total} label="Refits for intervals" />
            <p className="mt-1 text-xs text-muted">
              intervals: refit {drawing.done} of {drawing.total}
            </p>
          </>
        ) : (
          <p className="text-xs text-muted">
            R² {formatNumber(residuals.r2, 4)} · {starts.agree} of {starts.total} starts agree
            {fit.bootstrap ? ` · ${fit.bootstrap.draws.length} refits` : ""}
          </p>
        )}
      </div>
      {warnings.length > 0 && (
        <div className="mt-2">
          <button
            type="button"
            aria-expanded={open}
            className="flex cursor-pointer items-center gap-1 font-medium text-warn"
            onClick={() => setOpen(!open)}
          >
            <Icon name="warn" size={13} /> {warnings.length} {warnings.length === 1 ? "remark" : "remarks"} on
            this fit
            <span className={open ? "rotate-180" : ""}>
              <Icon name="down" size={12} />
            </span>
          </button>
          {open && (
            <ul className="mt-2 space-y-2 text-muted">
              {warnings.map(({ code, message }) => (
                <li key={`${code} ${message}`} className="border-l-2 border-warn/60 pl-2">
                  {message}
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </Section>
  );
}

const greek: Readonly<Record<string, string>> = {
  alpha: "α",
  beta: "β",
  gamma: "γ",
  delta: "δ",
  lambda: "λ",
  kappa: "κ",
  eta: "η",
};

const rangeText = (interval: Interval | null, format: (x: number) => string): string =>
  interval ? `${format(interval.low)} – ${format(interval.high)}` : "";

function PlanPanel({ fit }: { fit: Fit }) {
  const made = useStudio((state) => state.plan);
  const error = useStudio((state) => state.planError);
  const drawing = useStudio((state) => state.drawing !== null);
  const flops = useStudio(budgetOf);
  const plan = made?.plan ?? null;
  const cost = made?.cost ?? null;
  const count = (x: number): string => formatCount(x, 3);
  return (
    <Section
      title="Plan"
      aside={
        <Button
          look="quiet"
          className="!h-6 !px-1.5 text-xs"
          onClick={() => {
            show({ tab: "trust" });
            diagnoseFit();
          }}
        >
          What next? <Icon name="next" size={12} />
        </Button>
      }
    >
      <BudgetInput fit={fit} flops={flops} />
      <HeldInputs />
      {error !== null && <p className="mt-2 text-bad">{error}</p>}
      {plan && (
        <div className="mt-3" data-testid="plan">
          <div className="grid grid-cols-2 gap-x-4 gap-y-3">
            <Number_
              name="Parameters N*"
              text={count(plan.optimum.params)}
              range={rangeText(plan.intervals?.params ?? null, count)}
              busy={drawing}
              id="params"
            />
            <Number_
              name="Tokens D*"
              text={count(plan.optimum.tokens)}
              range={rangeText(plan.intervals?.tokens ?? null, count)}
              busy={drawing}
              id="tokens"
            />
            <Number_
              name="Loss"
              text={plan.optimum.loss === null ? "–" : formatIn("nats/token", plan.optimum.loss)}
              range={rangeText(plan.intervals?.loss ?? null, (x) => formatNumber(x, 4))}
              busy={drawing}
              id="loss"
            />
            <Number_
              name="Tokens per parameter"
              text={formatNumber(plan.optimum.tokensPerParam, 3)}
              range={rangeText(plan.intervals?.tokensPerParam ?? null, (x) => formatNumber(x, 3))}
              busy={drawing}
              id="ratio"
            />
            {cost && (
              <>
                <Number_
                  name={`Dollars on ${cost.hardware}`}
                  text={cost.costUsd === null ? "no price known" : formatDollars(cost.costUsd)}
                  range={
                    cost.ranges.costUsd
                      ? `${formatDollars(cost.ranges.costUsd[0])} – ${formatDollars(cost.ranges.costUsd[1])}`
                      : ""
                  }
                  busy={false}
                  id="dollars"
                />
                <Number_
                  name="Device-hours"
                  text={hoursText(cost.deviceHours)}
                  range={cost.ranges.deviceHours ? cost.ranges.deviceHours.map(hoursText).join(" – ") : ""}
                  busy={false}
                  id="hours"
                />
              </>
            )}
          </div>
          {plan.flatRegion && (
            <p className="mt-3 text-muted">
              From {count(plan.flatRegion.params[0])} to {count(plan.flatRegion.params[1])} parameters the
              loss stays within {formatNumber(plan.flatRegion.tolerance, 2)} of the best: any of them will do.
            </p>
          )}
          {plan.extrapolation && plan.extrapolation.length > 0 && (
            <p className="mt-2 rounded-md bg-warn-soft px-2 py-1.5 text-warn">
              {plan.extrapolation
                .slice(0, 2)
                .map(
                  ({ quantity, factor, side }) =>
                    `${formatNumber(factor, 2)} times ${side} the runs in ${quantityNames[quantity] ?? quantity}`,
                )
                .join(", ")}
              .
            </p>
          )}
          {plan.warnings.map((text) => (
            <p key={text} className="mt-2 text-warn">
              {text}
            </p>
          ))}
        </div>
      )}
      {!plan && error === null && <div className="skeleton mt-3 h-28 w-full" />}
    </Section>
  );
}

const quantityNames: Readonly<Record<string, string>> = {
  flops: "compute",
  params: "parameters",
  tokens: "tokens",
  tokensPerParam: "tokens per parameter",
};

const hoursText = (hours: number): string =>
  hours < 100 ? formatNumber(hours, 2) : hours < 1e6 ? formatGrouped(hours) : formatCount(hours, 3);

function Number_({
  name,
  text,
  range,
  busy,
  id,
}: {
  name: string;
  text: string;
  range: ReactNode;
  busy: boolean;
  id: string;
}) {
  return (
    <div>
      <p className="text-xs text-muted">{name}</p>
      <p className="text-[19px] leading-6 font-semibold tracking-tight" data-number={id}>
        {text}
      </p>
      <p className="h-4 text-xs text-muted" data-interval={id}>
        {range === "" && busy ? <span className="skeleton inline-block h-2.5 w-24" /> : range}
      </p>
    </div>
  );
}

/** A budget in FLOPs, or in the words of `isoflop plan`: 512 H100 for 30 days, $2M of H100. */
function BudgetInput({ fit, flops }: { fit: Fit; flops: number | null }) {
  const hardware = useStudio((state) => documentOf(state).hardware);
  const [draft, setDraft] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  const range = fit.range.flops;
  if (flops === null || !range) return <p className="text-muted">The runs have no compute to plan beyond.</p>;
  const low = Math.log10(range[0]);
  const high = Math.max(Math.log10(range[1]) + 5, Math.log10(flops));
  const at = Math.log10(flops);
  const commit = (): void => {
    if (draft === null) return;
    try {
      const read = parseBudget(draft, { assume: true });
      if (read.flops === null) throw new Error(`its FLOPs do not follow: add ${read.missing.join(", ")}`);
      decide({ flops: read.flops, ...(read.hardware === null ? {} : { hardware: read.hardware }) });
      setError(null);
      setDraft(null);
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem));
    }
  };
  return (
    <>
      <div className="flex gap-2">
        <input
          type="text"
          aria-label="Budget"
          aria-invalid={error !== null}
          value={draft ?? `${formatFlops(flops)} FLOPs`}
          className="h-8 min-w-0 flex-1 rounded-md border border-line bg-surface px-2 font-medium"
          placeholder="5.76e23, or $2M of H100"
          onFocus={(event) => event.target.select()}
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") commit();
            if (event.key === "Escape") {
              setDraft(null);
              setError(null);
            }
          }}
          onBlur={commit}
        />
        <select
          aria-label="Hardware"
          value={hardware}
          onChange={(event) => decide({ hardware: event.target.value })}
          className="h-8 cursor-pointer rounded-md border border-line bg-surface px-1.5"
        >
          {trainers.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <input
        type="range"
        aria-label="Budget, by compute"
        aria-valuetext={`${formatFlops(flops)} FLOPs`}
        min={low}
        max={high}
        step={0.01}
        value={at}
        className="mt-2 w-full"
        style={{ "--filled": `${(100 * (at - low)) / (high - low)}%` } as object}
        onChange={(event) =>
          decide({ flops: Number((10 ** Number(event.target.value)).toPrecision(3)) }, "budget")
        }
        onPointerUp={endGesture}
        onBlur={endGesture}
      />
      <div className="flex justify-between text-[11px] text-muted" aria-hidden="true">
        <span>{formatFlops(range[0], 2)}</span>
        <span>largest run {formatFlops(range[1], 2)}</span>
        <span>{formatFlops(10 ** high, 2)}</span>
      </div>
      {error !== null && (
        <p role="alert" className="mt-1 text-bad">
          {error}
        </p>
      )}
    </>
  );
}

/** What a budget does not set and the law asks for all the same. */
function HeldInputs() {
  const needs = useStudio((state) => state.fitted?.needs ?? nothing);
  const held = useStudio((state) => documentOf(state).held);
  return (
    <div className="mt-2 grid grid-cols-[auto_1fr] items-center gap-x-3 gap-y-1.5">
      {Object.entries(needs).map(([quantity, most]) => {
        const value = held[quantity] ?? most;
        const unit = quantityInfo(quantity)?.unit ?? "";
        return (
          <label key={quantity} className="contents" title={quantityInfo(quantity)?.meaning}>
            <span className="text-muted">{quantity}</span>
            <input
              key={value}
              type="text"
              defaultValue={formatIn(unit, value)}
              className="h-7 min-w-0 rounded-md border border-line bg-surface px-2"
              onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
              onBlur={({ currentTarget }) => {
                const said = numberOrNull(currentTarget.value);
                if (said === null || !(said > 0)) currentTarget.value = formatIn(unit, value);
                else if (currentTarget.value !== formatIn(unit, value))
                  decide({ held: { ...held, [quantity]: said } });
              }}
            />
          </label>
        );
      })}
    </div>
  );
}

const nothing: Readonly<Record<string, number>> = {};

const trainers = catalogue.filter((item) => trainingPeak(item) !== null).map(({ name }) => name);
