import { svgElement } from "isoflop/draw";
import { type Report, reportHtml, reportMarkdown } from "isoflop/report";
import { useEffect, useMemo, useState } from "react";
import { download, jsonText } from "./files.ts";
import { Button, Empty, Trouble } from "./parts.tsx";
import { askReport, bestFit, diagnoseFit, keyOf, type Opened, useStudio } from "./store.ts";

/** The report as it can be sent: one file, made again whenever what it is of has changed. */
export function ReportView({ opened }: { opened: Opened }) {
  const fitted = useStudio((state) => state.fitted);
  const fit = useStudio(bestFit);
  const plan = useStudio((state) => state.plan);
  const drawing = useStudio((state) => state.drawing !== null);
  const diagnosis = useStudio((state) => state.diagnosis);
  const comparison = useStudio((state) => state.comparison.result);
  const [made, setMade] = useState<{ report: Report | null; error: string | null } | null>(null);
  useEffect(() => {
    // all that a report is of
    if (!fit || drawing || [plan, diagnosis.result, comparison].includes(undefined as never)) return;
    let alive = true;
    askReport().then(
      (report) => alive && setMade({ report, error: null }),
      (error: unknown) =>
        alive && setMade({ report: null, error: error instanceof Error ? error.message : String(error) }),
    );
    return () => {
      alive = false;
    };
  }, [fit, drawing, plan, diagnosis.result, comparison]);
  const html = useMemo(() => (made?.report ? htmlOf(made.report) : null), [made]);
  if (!fitted)
    return (
      <Empty icon="file" title="Nothing to report yet">
        A report is made of a fit: open runs and choose a law that fits them.
      </Empty>
    );
  const stem = opened.name
    .split("/")
    .at(-1)!
    .replace(/\.\w+$/, "");
  const looked = diagnosis.result !== null && diagnosis.of === keyOf(fitted);
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex flex-wrap items-center gap-2 border-b border-line bg-surface px-4 py-2">
        <p className="mr-auto text-muted">
          {drawing
            ? "Waiting for the intervals…"
            : looked
              ? "One file, to be sent: it loads nothing."
              : "One file, to be sent. It says more once the fit was looked into."}
        </p>
        {!looked && (
          <Button disabled={diagnosis.busy} onClick={diagnoseFit}>
            {diagnosis.busy ? "Looking…" : "Look into the fit"}
          </Button>
        )}
        <Button
          icon="save"
          look="strong"
          disabled={html === null}
          onClick={() =>
            html !== null && download(`${stem}.report.html`, new Blob([html], { type: "text/html" }))
          }
        >
          HTML
        </Button>
        <Button
          icon="save"
          disabled={!made?.report}
          onClick={() =>
            made?.report &&
            download(`${stem}.report.md`, new Blob([reportMarkdown(made.report)], { type: "text/markdown" }))
          }
        >
          Markdown
        </Button>
        <Button
          icon="save"
          disabled={!made?.report}
          onClick={() => made?.report && download(`${stem}.report.json`, jsonText(made.report))}
        >
          JSON
        </Button>
      </div>
      {made?.error ? (
        <div className="p-4">
          <Trouble title="This report cannot be made" text={made.error} />
        </div>
      ) : html === null ? (
        <div className="mx-auto w-full max-w-3xl space-y-3 p-8" aria-busy="true">
          <div className="skeleton h-8 w-2/3" />
          <div className="skeleton h-20" />
          <div className="skeleton h-72" />
        </div>
      ) : (
        // the report runs nothing; what the sandbox leaves are links that open beside it
        <iframe
          title="The report"
          sandbox="allow-popups"
          srcDoc={html}
          className="min-h-0 w-full flex-1 border-0 bg-surface"
        />
      )}
    </div>
  );
}

function htmlOf(report: Report): string {
  const figures: Record<string, string> = {};
  for (const { blocks } of report.sections)
    for (const block of blocks)
      if (block.kind === "figure") {
        const svg = svgElement(block.figure, { document: document as never }) as unknown as SVGSVGElement;
        figures[block.id] = new XMLSerializer().serializeToString(svg);
      }
  return reportHtml(report, { figures });
}
