import { formatCount, formatFlops, formatNumber } from "isoflop/numeric";
import type { FigureName } from "./engine/messages.ts";
import { useFigure } from "./explore.tsx";
import { FigureView } from "./figure-view.tsx";
import { ExportMenu } from "./menus.tsx";
import { Button, Empty, Trouble, Verdict } from "./parts.tsx";
import { diagnoseFit, keyOf, useStudio } from "./store.ts";

const words = { identified: "pinned", weak: "roughly", "not-identified": "not pinned" } as const;
const looks = { identified: "text-good", weak: "text-warn", "not-identified": "text-bad" } as const;

/** How far the fit can be trusted, what would move it, and the run that would teach most. */
export function TrustView() {
  const fitted = useStudio((state) => state.fitted);
  const { busy, result, error, of } = useStudio((state) => state.diagnosis);
  const stale = of !== null && fitted !== null && of !== keyOf(fitted);
  if (!fitted)
    return (
      <Empty icon="warn" title="Nothing to look into yet">
        Open runs and fit a law first.
      </Empty>
    );
  return (
    <div className="mx-auto w-full max-w-6xl space-y-4 p-4">
      <section className="rounded-xl border border-line bg-surface p-4">
        <div className="flex flex-wrap items-start justify-between gap-3">
          <div className="max-w-3xl">
            <h2 className="text-[15px] font-semibold">How far can this be trusted?</h2>
            {result && !stale ? (
              <div className="mt-1">
                <Verdict {...result.verdict} />
              </div>
            ) : (
              <p className="text-muted">
                The fit is made again in every other way that a reviewer would ask about, and the run that
                would teach most is looked for.
              </p>
            )}
          </div>
          <Button look={result && !stale ? "plain" : "strong"} disabled={busy} onClick={diagnoseFit}>
            {busy ? "Looking…" : result ? "Look again" : "Look into it"}
          </Button>
        </div>
        {stale && !busy && (
          <p className="mt-2 rounded-md bg-warn-soft px-3 py-2 text-warn">
            The fit has changed since: look again.
          </p>
        )}
      </section>
      {error !== null && <Trouble title="This fit cannot be looked into" text={error} />}
      {busy && (
        <section
          className="space-y-2 rounded-xl border border-line bg-surface p-4"
          aria-busy="true"
          aria-label="Looking into the fit"
        >
          <div className="skeleton h-5 w-2/3" />
          <div className="skeleton h-40" />
        </section>
      )}
      {result && !busy && (
        <>
          {result.nextRun && (
            <section className="rounded-xl border border-accent/50 bg-accent-soft p-4" data-testid="next-run">
              <h2 className="text-[11px] font-semibold tracking-wider text-accent uppercase">What next</h2>
              <p className="mt-1 text-[14px]">{result.nextRun.message}</p>
              <dl className="mt-2 flex flex-wrap gap-x-6 gap-y-1">
                {Object.entries(result.nextRun.at).map(([quantity, value]) => (
                  <div key={quantity} className="flex gap-1.5">
                    <dt className="text-muted">{quantity}</dt>
                    <dd className="font-semibold">{formatCount(value, 3)}</dd>
                  </div>
                ))}
                {result.nextRun.flops !== null && (
                  <div className="flex gap-1.5">
                    <dt className="text-muted">compute</dt>
                    <dd className="font-semibold">{formatFlops(result.nextRun.flops)} FLOPs</dd>
                  </div>
                )}
              </dl>
            </section>
          )}
          <div className="grid gap-4 lg:grid-cols-2">
            <section className="rounded-xl border border-line bg-surface p-4">
              <h2 className="mb-2 text-[11px] font-semibold tracking-wider text-muted uppercase">
                What the runs pin
              </h2>
              <table className="w-full">
                <tbody>
                  {result.decision && (
                    <tr className="border-b border-line">
                      <th scope="row" className="py-1.5 pr-3 text-left font-normal">
                        N* at {formatFlops(result.decision.flops, 3)} FLOPs
                      </th>
                      <td className="px-2 text-right font-medium">
                        {formatCount(result.decision.params, 3)}
                      </td>
                      <td className={`pl-2 text-right ${looks[result.decision.verdict]}`}>
                        {words[result.decision.verdict]}
                      </td>
                    </tr>
                  )}
                  {Object.entries(result.parameters).map(([name, { value, verdict, reasons }]) => (
                    <tr key={name} className="border-b border-line/60 align-top last:border-b-0">
                      <th scope="row" className="py-1.5 pr-3 text-left font-normal">
                        <span className="font-serif italic">{name}</span>
                        {reasons.slice(0, 1).map(({ code, message }) => (
                          <span key={code} className="block max-w-sm text-xs text-muted">
                            {message}
                          </span>
                        ))}
                      </th>
                      <td className="px-2 py-1.5 text-right font-medium">{formatNumber(value, 4)}</td>
                      <td className={`py-1.5 pl-2 text-right whitespace-nowrap ${looks[verdict]}`}>
                        {words[verdict]}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
            <section className="rounded-xl border border-line bg-surface p-4">
              <h2 className="mb-2 text-[11px] font-semibold tracking-wider text-muted uppercase">
                What is odd about the runs
              </h2>
              {result.findings.length === 0 && <p className="text-muted">Nothing stands out.</p>}
              <ul className="space-y-2">
                {result.findings.map(({ code, message, remedy }) => (
                  <li key={`${code} ${message}`} className="border-l-2 border-warn/60 pl-2.5">
                    {message}
                    {remedy !== null && <span className="block text-xs text-muted">{remedy}</span>}
                  </li>
                ))}
              </ul>
              {result.sensitivity && <p className="mt-3 text-muted">{result.sensitivity.message}</p>}
            </section>
          </div>
          {result.sensitivity && <Made name="tornado" />}
          {result.decision && <Made name="basins" />}
        </>
      )}
    </div>
  );
}

function Made({ name }: { name: FigureName }) {
  const { figure, error } = useFigure(name);
  if (error !== null) return null; // there is no decision to place anything by
  return (
    <section className="group relative rounded-xl border border-line bg-surface p-2">
      {figure ? <FigureView figure={figure} /> : <div className="skeleton h-64" />}
      {figure && (
        <div className="absolute top-3 right-3 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100">
          <ExportMenu figure={figure} name={name} />
        </div>
      )}
    </section>
  );
}
