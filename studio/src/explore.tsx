import { type Figure, formatIn } from "isoflop/figures";
import { quantityInfo } from "isoflop/laws";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { CurvesView } from "./curves-view.tsx";
import { newest } from "./engine/engine.ts";
import type { FigureName } from "./engine/messages.ts";
import { FigureView, type Spot } from "./figure-view.tsx";
import { Inspector } from "./inspector.tsx";
import { ExportMenu } from "./menus.tsx";
import { Button, Trouble } from "./parts.tsx";
import { RunsTable } from "./runs-table.tsx";
import {
  askFigure,
  bestFit,
  budgetOf,
  decide,
  documentOf,
  endGesture,
  exclude,
  include,
  type Opened,
  type State,
  show,
  useStudio,
} from "./store.ts";
import { useWindowHeight } from "./window-height.ts";

const figures: readonly { name: State["figure"]; title: string; hint: string }[] = [
  { name: "compute", title: "Compute", hint: "loss against compute, the lowest so far, and the law's best" },
  { name: "isoflop", title: "IsoFLOP", hint: "loss by size on each budget" },
  { name: "allocation", title: "Best sizes", hint: "N* and D* by compute, beside published laws" },
  { name: "surface", title: "Surface", hint: "the loss over size and data, the budget and its flat region" },
  { name: "residuals", title: "Residuals", hint: "what the law misses" },
  { name: "draws", title: "Draws", hint: "the refits in pairs" },
  { name: "ladder", title: "Ladder", hint: "tokens per parameter of known models, and of this plan" },
  { name: "curves", title: "Curves", hint: "losses while training" },
];

/** A picture that follows the fit and, where it shows one, the budget; null while the first is made. */
export function useFigure(name: FigureName): { figure: Figure | null; error: string | null } {
  const fit = useStudio(bestFit);
  const budget = useStudio(budgetOf);
  const settled = useStudio((state) => state.history.gesture === null);
  const diagnosis = useStudio((state) => state.diagnosis.result);
  const [made, setMade] = useState<{ name: FigureName; figure: Figure | null; error: string | null } | null>(
    null,
  );
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);
  const ask = useMemo(
    () =>
      newest(async ({ name, flops }: { name: FigureName; flops: number | null }) => {
        const next = await askFigure(name, flops).then(
          (figure) => ({ name, figure, error: null }),
          (error: unknown) => ({
            name,
            figure: null,
            error: error instanceof Error ? error.message : String(error),
          }),
        );
        if (alive.current) setMade(next);
      }),
    [],
  );
  // those that reach to the budget are drawn anew when a drag has ended, those that show it meanwhile
  const follows = name === "surface" || name === "ladder";
  const flops = follows || (settled && name === "allocation") ? budget : null;
  const kept = useRef<number | null>(null);
  if (flops !== null) kept.current = flops;
  const asked = name === "allocation" ? kept.current : flops;
  useEffect(() => {
    if (!fit) return;
    void diagnosis;
    ask({ name, flops: asked });
  }, [fit, name, asked, diagnosis, ask]);
  return made?.name === name ? made : { figure: null, error: null };
}

/** The runs in each panel of a figure, where its axes are columns. */
function useSpots(name: State["figure"]): readonly (readonly Spot[] | null)[] {
  const fitted = useStudio((state) => state.fitted);
  const excluded = useStudio((state) => documentOf(state).excluded);
  return useMemo(() => {
    if (!fitted) return [];
    const { all, fit, observed, law } = fitted;
    const { params, tokens, loss } = all.columns;
    const flops =
      all.columns.flops ?? (params && tokens ? params.map((N, row) => 6 * N * tokens[row]!) : null);
    const spotsOf = (
      x: Float64Array | null | undefined,
      y: Float64Array | null | undefined,
    ): readonly Spot[] | null =>
      x && y
        ? Array.from(all.lines, (line, row) => ({
            line,
            x: x[row]!,
            y: y[row]!,
            excluded: excluded[line] !== undefined,
          }))
        : null;
    if (name === "compute") return [spotsOf(flops, loss)];
    if (name === "isoflop") return [spotsOf(params, loss)];
    if (name === "surface") return [spotsOf(params, tokens)];
    if (name === "residuals" && fit.residuals.values) {
      const logs = fit.objective.scale === "log";
      const left = Float64Array.from(fit.residuals.values, (r) => (logs ? 100 * Math.expm1(r) : r));
      return Object.keys(law.inputs)
        .slice(0, 2)
        .map((quantity) =>
          Array.from(observed.lines, (line, row) => ({
            line,
            x: observed.columns[quantity]![row]!,
            y: left[row]!,
            excluded: false,
          })),
        );
    }
    return [];
  }, [name, fitted, excluded]);
}

function Description({ line }: { line: number }): ReactNode {
  const fitted = useStudio((state) => state.fitted);
  const reason = useStudio((state) => documentOf(state).excluded[line]);
  if (!fitted) return null;
  const { all, fit, observed } = fitted;
  const row = all.lines.indexOf(line);
  const place = observed.lines.indexOf(line);
  const residual = place >= 0 ? fit.residuals.values?.[place] : undefined;
  const entries = Object.entries(all.columns).map(
    ([quantity, column]) => [quantity, formatIn(quantityInfo(quantity)?.unit ?? "", column[row]!)] as const,
  );
  return (
    <>
      <p className="mb-1 font-semibold">Row {line}</p>
      <dl className="grid grid-cols-[auto_1fr] gap-x-3">
        {entries.map(([quantity, text]) => (
          <div key={quantity} className="contents">
            <dt className="text-muted">{quantity}</dt>
            <dd className="text-right">{text}</dd>
          </div>
        ))}
        {residual !== undefined && fit.objective.scale === "log" && (
          <>
            <dt className="text-muted">law over run</dt>
            <dd className="text-right">{(100 * Math.expm1(residual)).toFixed(2)} %</dd>
          </>
        )}
      </dl>
      <p className="mt-1.5 border-t border-line pt-1.5 text-muted">
        {reason === undefined ? "Click to leave it out" : `Left out: ${reason}. Click to take it in`}
      </p>
    </>
  );
}

/** Runs, their law and its plan on one screen: what is touched in one moves in the others. */
export function Explore({ opened }: { opened: Opened }) {
  const name = useStudio((state) => state.figure);
  const fitError = useStudio((state) => state.fitError);
  const hasCurves = opened.curves.length > 0;
  const shown = name === "curves" && !hasCurves ? "compute" : name;
  return (
    <div className="relative flex min-h-0 flex-1 flex-col overflow-auto lg:flex-row lg:overflow-hidden">
      <div className="flex min-w-0 flex-1 flex-col lg:min-h-0">
        <div className="flex items-center gap-1 border-b border-line bg-surface px-3 py-1.5">
          <div role="tablist" aria-label="Pictures" className="flex min-w-0 flex-1 gap-0.5 overflow-x-auto">
            {figures
              .filter((figure) => figure.name !== "curves" || hasCurves)
              .map((figure) => (
                <button
                  key={figure.name}
                  type="button"
                  role="tab"
                  aria-selected={figure.name === shown}
                  title={figure.hint}
                  className={`cursor-pointer rounded-md px-2.5 py-1 whitespace-nowrap ${figure.name === shown ? "bg-accent-soft font-semibold text-accent" : "text-muted hover:bg-ground hover:text-ink"}`}
                  onClick={() => show({ figure: figure.name })}
                >
                  {figure.title}
                </button>
              ))}
          </div>
        </div>
        <div className="border-b border-line bg-surface">
          {shown === "curves" ? (
            <div className="p-3">
              <CurvesView curves={opened.curves} height={380} />
            </div>
          ) : fitError !== null ? (
            <div className="flex h-72 items-center justify-center p-8 text-muted">
              The picture comes with the fit.
            </div>
          ) : (
            <Picture name={shown} />
          )}
        </div>
        <div className="h-80 min-h-40 bg-surface lg:h-auto lg:flex-1">
          <RunsTable opened={opened} />
        </div>
      </div>
      <aside
        aria-label="Law, fit and plan"
        className="shrink-0 border-line bg-surface lg:w-[360px] lg:overflow-auto lg:border-l"
      >
        <Inspector opened={opened} />
      </aside>
    </div>
  );
}

function Picture({ name }: { name: FigureName }) {
  const { figure, error } = useFigure(name);
  const spots = useSpots(name);
  const hovered = useStudio((state) => state.hovered);
  const excluded = useStudio((state) => documentOf(state).excluded);
  const flops = useStudio(budgetOf);
  const plannable = useStudio((state) => state.fitted?.plannable === null);
  const best = useStudio((state) => state.plan?.plan.optimum.loss ?? null);
  const [chosen, setChosen] = useState<readonly number[] | null>(null);
  // about three fifths of the window, so that some of the table is always seen
  const height = useWindowHeight((pixels) => Math.max(300, Math.round(pixels * 0.56)));
  const interaction = useMemo(
    () => ({
      spots,
      describe: (line: number) => <Description line={line} />,
      hovered,
      onHover: (line: number | null) => show({ hovered: line }),
      onToggle: (line: number) =>
        excluded[line] === undefined ? exclude([line], "left out by hand") : include([line]),
      onChoose: setChosen,
      budget:
        flops !== null && plannable
          ? {
              flops,
              best,
              onDrag: (to: number) => decide({ flops: Number(to.toPrecision(3)) }, "budget"),
              onEnd: endGesture,
            }
          : null,
    }),
    [spots, hovered, excluded, flops, plannable, best],
  );
  if (error !== null)
    return (
      <div className="p-4">
        <Trouble title="This picture cannot be drawn of these runs" text={error} />
      </div>
    );
  if (!figure)
    return (
      <div className="p-4" aria-busy="true">
        <div className="skeleton h-80 w-full" />
      </div>
    );
  const out = chosen?.filter((line) => excluded[line] !== undefined) ?? [];
  const used = chosen?.filter((line) => excluded[line] === undefined) ?? [];
  return (
    <div className="group relative max-h-[74vh] overflow-x-hidden overflow-y-auto px-2">
      <FigureView figure={figure} interaction={interaction} maxHeight={height} />
      <div className="absolute top-2 right-3 opacity-0 transition-opacity group-focus-within:opacity-100 group-hover:opacity-100">
        <ExportMenu figure={figure} name={name} />
      </div>
      {chosen && (
        <div
          role="dialog"
          aria-label="Chosen runs"
          className="absolute bottom-4 left-1/2 z-20 flex -translate-x-1/2 items-center gap-2 rounded-lg border border-line bg-raised px-3 py-2 shadow-xl"
        >
          <span className="mr-1 font-medium whitespace-nowrap">{chosen.length} runs</span>
          {used.length > 0 && (
            <Button
              look="strong"
              autoFocus
              onClick={() => {
                exclude(used, "left out by hand");
                setChosen(null);
              }}
            >
              Leave {used.length} out
            </Button>
          )}
          {out.length > 0 && (
            <Button
              onClick={() => {
                include(out);
                setChosen(null);
              }}
            >
              Take {out.length} in
            </Button>
          )}
          <Button look="quiet" icon="close" aria-label="Cancel" onClick={() => setChosen(null)} />
        </div>
      )}
    </div>
  );
}
