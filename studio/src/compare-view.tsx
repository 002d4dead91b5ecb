import { formatCount, formatNumber } from "isoflop/numeric";
import { useState } from "react";
import { FigureView } from "./figure-view.tsx";
import { ExportMenu } from "./menus.tsx";
import { Button, Empty, Trouble } from "./parts.tsx";
import { compareLaws, decide, documentOf, type Opened, show, stopComparing, useStudio } from "./store.ts";

/** Laws held against each other by what they say of larger runs than they were fitted to. */
export function CompareView({ opened }: { opened: Opened }) {
  const { busy, result, error, of } = useStudio((state) => state.comparison);
  const fitted = useStudio((state) => state.fitted);
  const choice = useStudio((state) => documentOf(state).law);
  const able = opened.laws.filter(({ able, output }) => able && output === (fitted?.law.output ?? "loss"));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(able.map(({ name }) => name)));
  const stale = of !== null && fitted !== null && !of.endsWith(fitted.fit.data.hash);
  const comparison = result?.comparison ?? null;
  if (!fitted)
    return (
      <Empty icon="fit" title="Nothing to compare yet">
        The laws are compared on the runs that one of them could be fitted to.
      </Empty>
    );
  return (
    <div className="mx-auto w-full max-w-6xl space-y-4 p-4">
      <section className="rounded-xl border border-line bg-surface p-4">
        <div className="flex flex-wrap items-start justify-between gap-3">
          <div>
            <h2 className="text-[15px] font-semibold">Which law says most of larger runs?</h2>
            <p className="max-w-2xl text-muted">
              Each law is fitted to the smaller runs and asked for the next larger ones, again and again; what
              it misses by is its score.
            </p>
          </div>
          {busy ? (
            <Button onClick={stopComparing}>Stop</Button>
          ) : (
            <Button look="strong" disabled={chosen.size < 2} onClick={() => compareLaws([...chosen])}>
              {result ? "Compare again" : `Compare ${chosen.size} laws`}
            </Button>
          )}
        </div>
        <div className="mt-3 flex flex-wrap gap-1.5">
          {able.map(({ name, formula }) => (
            <label
              key={name}
              title={formula}
              className={`flex cursor-pointer items-center gap-1.5 rounded-full border px-2.5 py-1 ${chosen.has(name) ? "border-accent bg-accent-soft" : "border-line"}`}
            >
              <input
                type="checkbox"
                className="accent-(--accent)"
                checked={chosen.has(name)}
                onChange={() =>
                  setChosen((was) => {
                    const next = new Set(was);
                    if (!next.delete(name)) next.add(name);
                    return next;
                  })
                }
              />
              {name}
            </label>
          ))}
        </div>
      </section>
      {error !== null && <Trouble title="These laws cannot be compared on these runs" text={error} />}
      {busy && (
        <section className="rounded-xl border border-line bg-surface p-4" aria-busy="true">
          <p className="mb-3 text-muted">
            Fitting every law to every step up in scale; this takes some seconds.
          </p>
          <div className="space-y-2">
            {able.slice(0, 5).map(({ name }) => (
              <div key={name} className="skeleton h-7" />
            ))}
          </div>
        </section>
      )}
      {comparison && !busy && (
        <>
          {stale && (
            <p className="rounded-md bg-warn-soft px-3 py-2 text-warn">
              The runs have changed since: compare again.
            </p>
          )}
          <section className="rounded-xl border border-line bg-surface p-4" data-testid="comparison">
            <p className="mb-3 text-[14px]">{comparison.verdict}</p>
            <div className="overflow-x-auto">
              <table className="w-full">
                <thead className="text-left text-xs text-muted">
                  <tr className="border-b border-line">
                    <th scope="col" className="py-1.5 pr-3 font-medium">
                      Law
                    </th>
                    <th scope="col" className="px-3 text-right font-medium">
                      Misses by
                    </th>
                    <th scope="col" className="px-3 font-medium">
                      Behind the best, {100 * comparison.level} %
                    </th>
                    <th scope="col" className="px-3 text-right font-medium">
                      ΔAICc
                    </th>
                    <th scope="col" className="px-3 text-right font-medium">
                      Free
                    </th>
                    <th scope="col" className="px-3 text-right font-medium">
                      N*
                    </th>
                    <th scope="col" className="pl-3" />
                  </tr>
                </thead>
                <tbody>
                  {comparison.laws.map(
                    ({ law, formula, heldOut, margin, aicc, free, optimum, status, rank }) => (
                      <tr key={law} className="border-b border-line/60 last:border-b-0">
                        <th scope="row" className="py-2 pr-3 text-left font-normal">
                          <span className={rank === 1 ? "font-semibold" : ""}>{law}</span>
                          {status !== "converged" && <span className="ml-2 text-xs text-warn">{status}</span>}
                          <span className="block font-serif text-xs text-muted italic">{formula}</span>
                        </th>
                        <td className="px-3 text-right">
                          {heldOut ? `${formatNumber(100 * heldOut.error, 2)} %` : "–"}
                        </td>
                        <td className="px-3 whitespace-nowrap">
                          {rank === 1 ? (
                            <span className="font-medium text-good">the best</span>
                          ) : margin ? (
                            marginText(margin)
                          ) : (
                            "–"
                          )}
                        </td>
                        <td className="px-3 text-right">{aicc ? formatNumber(aicc.difference, 3) : "–"}</td>
                        <td className="px-3 text-right">{free}</td>
                        <td className="px-3 text-right">{optimum ? formatCount(optimum.params, 3) : "–"}</td>
                        <td className="pl-3 text-right">
                          {choice.kind === "named" && choice.name === law ? (
                            <span className="text-xs text-muted">in use</span>
                          ) : (
                            <button
                              type="button"
                              className="cursor-pointer font-medium text-accent hover:underline"
                              onClick={() => {
                                decide({ law: { kind: "named", name: law } });
                                show({ tab: "explore" });
                              }}
                            >
                              Use
                            </button>
                          )}
                        </td>
                      </tr>
                    ),
                  )}
                </tbody>
              </table>
            </div>
            {comparison.leftOut.length > 0 && (
              <ul className="mt-3 space-y-1 text-xs text-muted">
                {comparison.leftOut.map(({ law, reason }) => (
                  <li key={law}>
                    {law} could not take part: {reason}
                  </li>
                ))}
              </ul>
            )}
            {comparison.warnings.map((text) => (
              <p key={text} className="mt-2 text-warn">
                {text}
              </p>
            ))}
          </section>
          {result?.heldOut && (
            <section className="rounded-xl border border-line bg-surface p-2">
              <div className="float-right p-2">
                <ExportMenu figure={result.heldOut} name="heldout" />
              </div>
              <FigureView figure={result.heldOut} />
            </section>
          )}
        </>
      )}
    </div>
  );
}

function marginText({ difference, low, high }: { difference: number; low: number; high: number }): string {
  const percent = (x: number): string => formatNumber(100 * x, 2);
  return `${percent(difference)} % (${percent(low)} to ${percent(high)})`;
}
