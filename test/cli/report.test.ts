import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type Report, reportSchema } from "../../src/report/index.ts";
import { isoflop, plantedCsv, readably, temporaryFolder, tooWide } from "./world.ts";

const cwd = temporaryFolder();
beforeAll(async () => {
  writeFileSync(join(cwd, "runs.csv"), plantedCsv());
  await readably(["fit", "runs.csv", "--bootstrap", "100", "-o", "fit.json"], { cwd });
});

async function reported(argv: readonly string[]): Promise<Report> {
  const { code, out, err } = await isoflop(["report", ...argv, "--json"], { cwd });
  expect(code, err).toBe(0);
  return reportSchema.parse(JSON.parse(out));
}
const ids = ({ sections }: Report): string[] => sections.map(({ id }) => id);
const file = (name: string): string => readFileSync(join(cwd, name), "utf8");

test.each([["report"], ["report", "diff"]])("isoflop %s %s --help fits a terminal", async (...words) => {
  const { out } = await readably([...words, "--help"]);
  expect(out.match(/^ {2}\$ isoflop report /gm)!.length).toBeGreaterThanOrEqual(2);
});

test("a fit whose runs are beside it: diagnosed, planned and drawn; one HTML file", async () => {
  const { err, out } = await isoflop(["report", "fit.json", "-o", "report.html"], { cwd });
  expect(err).toBe("Written to report.html.\n");
  expect(out).toBe("");
  const html = file("report.html");
  expect(html).toMatch(/^<!doctype html>/);
  for (const id of ["data", "fit", "trust", "plan", "figures", "checklist", "provenance", "references"])
    expect(html).toContain(`<section id="${id}"`);
  expect(html.match(/<figure id="figure-/g)!.length).toBeGreaterThan(5);
});

test("the same files give the same report, byte for byte", async () => {
  await isoflop(["report", "fit.json", "-o", "again.html"], { cwd });
  expect(file("again.html") === file("report.html")).toBe(true);
});

test("without -o it is Markdown on stdout, and remarks alone on stderr", async () => {
  const { out, err, code } = await isoflop(["report", "fit.json"], { cwd });
  expect(code).toBe(0);
  expect(err).toBe("");
  expect(out).toMatch(/^# chinchilla fitted to 42 rows of runs\.csv\n\n> /);
  expect(out).toContain("isoflop report fit.json -o report.html");
});

test("Markdown names its figures, which lie beside it", async () => {
  const { err } = await isoflop(["report", "fit.json", "-o", "page.md"], { cwd });
  const named = [...file("page.md").matchAll(/\]\(<([^>]+)>\)/g)].map(([, name]) => name!);
  expect(named).toContain("page-residuals.svg");
  for (const name of named) expect(file(name)).toMatch(/^<svg/);
  expect(tooWide({ out: "", err, code: 0 })).toEqual([]);
});

test("a report as JSON is written in any other form later", async () => {
  await isoflop(["report", "fit.json", "-o", "report.json"], { cwd });
  await isoflop(["report", "report.json", "-o", "later.html"], { cwd });
  expect(file("later.html") === file("report.html")).toBe(true);
  await isoflop(["report", "report.json", "-o", "report.tex"], { cwd });
  expect(file("report.tex")).toContain("\\begin{longtable}");
});

test("--budget in words sets the plan, the diagnosis and the published laws beside it", async () => {
  const made = await reported(["fit.json", "--budget", "3 PF-days"]);
  // 3e15 FLOP/s for 86,400 s
  expect(made.summary.decision?.flops).toBeCloseTo(3e15 * 86_400, -10);
  expect(made.summary.decision?.interval).not.toBeNull();
});

test("runs alone are fitted with draws; rows left out are left out of everything", async () => {
  const made = await reported(["runs.csv", "--drop-highest-loss", "2", "--bootstrap", "100"]);
  expect(made.summary.data?.rows).toBe(40);
  expect(made.provenance.commands).toEqual([
    "isoflop report runs.csv --bootstrap 100 --drop-highest-loss 2 -o report.html",
  ]);
});

test("a sweep's folder: its runs are collected and fitted, and the checklist knows how they were trained", async () => {
  writeFileSync(
    join(cwd, "ladder.yaml"),
    "isoflop:\n  budgets: [1e15, 1e16, 1e17]\n  sizes: 5\nsettings: { noise: 0.003, curvePoints: 3 }\n",
  );
  await isoflop(["sweep", "run", "ladder.yaml", "--executor", "inline", "-q"], { cwd });
  const made = await reported(["ladder", "--bootstrap", "40"]);
  expect(made.summary.data).toMatchObject({ origin: "ladder", rows: 15 });
  expect(JSON.stringify(made.sections)).toContain("no model was trained");
});

test("a plan, and a fit by approach 2", async () => {
  await isoflop(
    ["plan", "--law", "chinchilla", "--source", "besiroglu2024-refit", "--flops", "1e23", "-o", "plan.json"],
    { cwd },
  );
  expect(ids(await reported(["plan.json"]))).toEqual(["plan", "figures", "provenance", "references"]);
  await isoflop(["fit", "runs.csv", "--approach", "2", "-o", "frontier.json"], { cwd });
  expect(ids(await reported(["frontier.json"]))).toContain("checklist");
});

test("--with: a plan and a comparison of the same runs", async () => {
  await isoflop(["plan", "fit.json", "--flops", "1e22", "-o", "mine.json"], { cwd });
  await isoflop(["compare", "runs.csv", "-o", "comparison.json"], { cwd });
  const made = await reported(["fit.json", "--with", "mine.json", "comparison.json"]);
  expect(made.summary.decision?.flops).toBe(1e22);
  expect(JSON.stringify(made.sections)).toContain("laws compared");
  expect(made.provenance.nouns.map(({ what }) => what)).toEqual(["fit", "plan", "diagnosis", "comparison"]);
});

test("runs that aren't those of the fit: a remark where they were only looked for, an error where they were given", async () => {
  await isoflop(["fit", "runs.csv", "--drop-highest-loss", "3", "-o", "fewer.json"], { cwd });
  const looked = await isoflop(["report", "fewer.json"], { cwd });
  expect(looked.code).toBe(0);
  expect(looked.err.replaceAll(/\s+/g, " ")).toContain("runs.csv doesn't hold the runs of the fit");
  expect(looked.out).toContain("Nobody asked how far this can be trusted");
  const given = await isoflop(["report", "fewer.json", "--data", "runs.csv"], { cwd });
  expect(given).toMatchObject({ code: 2, out: "" });
  const same = await isoflop(["report", "fewer.json", "--data", "runs.csv", "--drop-highest-loss", "3"], {
    cwd,
  });
  expect(same.out).toContain("Whether the data pin each parameter");
});

describe("refused, with what to do", () => {
  test.each([
    [["report"], 2, "nothing to report"],
    [["report", "fit.json", "-o", "report.docx"], 2, "expected a name ending in"],
    [["report", "nowhere.json"], 1, "no such file"],
    [["report", "comparison.json"], 2, "belongs to a fit"],
    [["report", "fit.json", "--with", "frontier.json"], 2, "there already is a fit"],
    [["report", "fit.json", "--budget", "3 PF-days", "--flops", "1e20"], 2, "given twice"],
    [["report", "fit.json", "--budget", "512 H100"], 2, "doesn't say how many FLOPs"],
    [["report", "diff", "fit.json", "comparison.json"], 2, "expected a report, a fit or a plan"],
  ] as const)("%j", async (argv, code, said) => {
    const outcome = await isoflop(argv, { cwd });
    expect(outcome.err.replaceAll(/\s+/g, " ")).toContain(said);
    expect(outcome.code).toBe(code);
    expect(tooWide(outcome)).toEqual([]);
  });
});

describe("PDF", () => {
  test("printed by the browser that CHROME_PATH names, from a page that holds everything", async () => {
    // a browser that copies the page to where the PDF goes
    const browser = join(cwd, "browser");
    writeFileSync(
      browser,
      `#!/bin/sh\nfor word; do case "$word" in --print-to-pdf=*) out="\${word#*=}";; file://*) page="\${word#file://}";; esac; done\ncp "$page" "$out"\n`,
    );
    chmodSync(browser, 0o755);
    const { code, err } = await isoflop(["report", "fit.json", "-o", "report.pdf"], {
      cwd,
      env: { CHROME_PATH: browser },
    });
    expect(code, err).toBe(0);
    expect(file("report.pdf")).toMatch(/^<!doctype html>/);
  });

  test("without a browser the HTML is offered instead", async () => {
    const env = { PATH: [join(cwd, "empty"), join(cwd, "void")].join(delimiter) };
    const { code, err } = await isoflop(["report", "fit.json", "-o", "none.pdf"], { cwd, env });
    // a Mac may have one where no path leads
    if (code === 0) return;
    expect(code).toBe(1);
    expect(err.replaceAll(/\s+/g, " ")).toContain("write report.html instead, open it and print it");
    expect(existsSync(join(cwd, "none.pdf"))).toBe(false);
  });
});

describe("report diff", () => {
  test("what changed, in units of intervals, in 80 columns", async () => {
    await isoflop(["report", "fewer.json", "-o", "fewer-report.json"], { cwd });
    const { out } = await readably(["report", "diff", "report.json", "fewer-report.json"], { cwd });
    expect(out).toMatch(/^The data changed; N\* at 3e21 FLOPs goes from/);
    expect(out).toMatch(/^ {2}beta +0\.\d+ +0\.\d+ +[+−]\d+\.\d half-widths$/m);
    expect(out).toMatch(/^ {4}- sha256:/m);
  });

  test("two fits at a budget, as JSON", async () => {
    const { out } = await isoflop(["report", "diff", "fit.json", "fewer.json", "--flops", "1e24", "--json"], {
      cwd,
    });
    const made = JSON.parse(out);
    expect(made).toMatchObject({ format: "isoflop.reportdiff/1", same: false, flops: 1e24 });
    // the first has draws, so its N* has an interval there
    expect(made.changes.find(({ what }: { what: string }) => what === "N* at 1e24 FLOPs").unit).toBe(
      "half-widths",
    );
  });
});
