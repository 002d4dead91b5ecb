import type { Fit, FrontierFit } from "../fit/index.ts";
import type { Law, Source } from "../laws/index.ts";
import type { Plan, RivalPlans } from "../plan/index.ts";
import type { ReportMaterials } from "./materials.ts";
import type { Reference } from "./noun.ts";

interface Work {
  readonly key: string;
  readonly authors: string;
  readonly year: number;
  readonly title: string;
  readonly url: string;
  /** Journal, volume and pages; none for a preprint. */
  readonly journal?: string;
  readonly volume?: string;
  readonly pages?: string;
}

const work = (
  key: string,
  authors: string,
  year: number,
  title: string,
  url: string,
  [journal, volume, pages]: readonly [journal?: string, volume?: string, pages?: string] = [],
): Work => ({ key, authors, year, title, url, journal, volume, pages });

const doi = (text: string): string => `https://doi.org/${text}`;
const arxiv = (text: string): string => `https://arxiv.org/abs/${text}`;

const works = {
  misfitting: work(
    "li2025misfitting",
    "Margaret Li and Sneha Kudugunta and Luke Zettlemoyer",
    2025,
    "(Mis)Fitting: A Survey of Scaling Laws",
    arxiv("2502.18969"),
  ),
  hoffmann: work(
    "hoffmann2022training",
    "Jordan Hoffmann and others",
    2022,
    "Training Compute-Optimal Large Language Models",
    arxiv("2203.15556"),
  ),
  besiroglu: work(
    "besiroglu2024chinchilla",
    "Tamay Besiroglu and Ege Erdil and Matthew Barnett and Josh You",
    2024,
    "Chinchilla Scaling: A replication attempt",
    arxiv("2404.10102"),
  ),
  kaplan: work(
    "kaplan2020scaling",
    "Jared Kaplan and others",
    2020,
    "Scaling Laws for Neural Language Models",
    arxiv("2001.08361"),
  ),
  huber: work(
    "huber1964robust",
    "Peter J. Huber",
    1964,
    "Robust Estimation of a Location Parameter",
    doi("10.1214/aoms/1177703732"),
    ["The Annals of Mathematical Statistics", "35(1)", "73--101"],
  ),
  quantile: work(
    "koenker1978regression",
    "Roger Koenker and Gilbert Bassett",
    1978,
    "Regression Quantiles",
    doi("10.2307/1913643"),
    ["Econometrica", "46(1)", "33--50"],
  ),
  sandwich: work(
    "huber1967behavior",
    "Peter J. Huber",
    1967,
    "The Behavior of Maximum Likelihood Estimates under Nonstandard Conditions",
    "https://projecteuclid.org/euclid.bsmsp/1200512988",
    [
      "Proceedings of the Fifth Berkeley Symposium on Mathematical Statistics and Probability",
      "1",
      "221--233",
    ],
  ),
  projection: work(
    "golub1973differentiation",
    "Gene H. Golub and Victor Pereyra",
    1973,
    "The Differentiation of Pseudo-Inverses and Nonlinear Least Squares Problems Whose Variables Separate",
    doi("10.1137/0710036"),
    ["SIAM Journal on Numerical Analysis", "10(2)", "413--432"],
  ),
  bootstrap: work(
    "efron1979bootstrap",
    "Bradley Efron",
    1979,
    "Bootstrap Methods: Another Look at the Jackknife",
    doi("10.1214/aos/1176344552"),
    ["The Annals of Statistics", "7(1)", "1--26"],
  ),
  bca: work(
    "efron1987better",
    "Bradley Efron",
    1987,
    "Better Bootstrap Confidence Intervals",
    doi("10.1080/01621459.1987.10478410"),
    ["Journal of the American Statistical Association", "82(397)", "171--185"],
  ),
  cluster: work(
    "field2007bootstrapping",
    "C. A. Field and A. H. Welsh",
    2007,
    "Bootstrapping Clustered Data",
    doi("10.1111/j.1467-9868.2007.00593.x"),
    ["Journal of the Royal Statistical Society: Series B", "69(3)", "369--390"],
  ),
  wild: work(
    "wu1986jackknife",
    "C. F. J. Wu",
    1986,
    "Jackknife, Bootstrap and Other Resampling Methods in Regression Analysis",
    doi("10.1214/aos/1176350142"),
    ["The Annals of Statistics", "14(4)", "1261--1295"],
  ),
  webb: work(
    "webb2023reworking",
    "Matthew D. Webb",
    2023,
    "Reworking Wild Bootstrap-Based Inference for Clustered Errors",
    doi("10.1111/caje.12661"),
    ["Canadian Journal of Economics", "56(3)", "839--858"],
  ),
  aicc: work(
    "hurvich1989regression",
    "Clifford M. Hurvich and Chih-Ling Tsai",
    1989,
    "Regression and Time Series Model Selection in Small Samples",
    doi("10.1093/biomet/76.2.297"),
    ["Biometrika", "76(2)", "297--307"],
  ),
} as const;

/** Everything that the report's numbers rest on, each once, in the order of the report. */
export function referencesOf(
  { fit, plan, comparison, rivals }: ReportMaterials,
  law: Law | null,
): Reference[] {
  const found = new Map<string, { work: Work; used: string[] }>();
  const cite = (cited: Work, used: string): void => {
    const known = [...found.values()].find(
      ({ work: { url, title } }) => url === cited.url && title === cited.title,
    );
    if (known) {
      if (!known.used.includes(used)) known.used.push(used);
      return;
    }
    // two works of one name and year: li2025predictable, li2025predictableb
    const key = ["", ..."bcdefghij"].map((letter) => cited.key + letter).find((name) => !found.has(name))!;
    found.set(key, { work: { ...cited, key }, used: [used] });
  };
  if (law && law.source.year !== 0) cite(workOf(law.source), `the law ${law.name} (${law.source.where})`);
  if (fit) citeFit(fit, cite);
  if (comparison) cite(works.aicc, "AICc, by which laws are compared beside their held-out error");
  if (plan) citePlan(plan, rivals ?? null, cite);
  cite(works.misfitting, "the checklist");
  return [...found.values()].map(({ work: cited, used }) => ({
    key: cited.key,
    text: `${namesText(cited.authors)} ${cited.year}: ${cited.title}${cited.journal === undefined ? "" : `. ${cited.journal} ${cited.volume ?? ""}`.trimEnd()}`,
    url: cited.url === "" ? null : cited.url,
    used: used.join("; "),
    bibtex: bibtexOf(cited),
  }));
}

type Cite = (cited: Work, used: string) => void;

function citeFit(fit: Fit | FrontierFit, cite: Cite): void {
  if (fit.approach !== 3) {
    cite(works.hoffmann, `approach ${fit.approach} (section 3.${fit.approach})`);
    if (fit.bootstrap) cite(works.bootstrap, "the bootstrap of the intervals");
    return;
  }
  const { objective, bootstrap, covariance } = fit;
  if (objective.loss === "huber") {
    cite(works.huber, "Huber's loss");
    if (objective.delta === 1e-3 && objective.scale === "log")
      cite(works.hoffmann, "the objective: Huber's loss of log residuals with δ = 1e-3 (section 3.3)");
  }
  if (objective.name.startsWith("quantile")) cite(works.quantile, "the quantile objective");
  cite(works.projection, "variable projection, by which the starts come down");
  if (covariance?.method === "sandwich") cite(works.sandwich, "the sandwich covariance");
  if (bootstrap) {
    cite(works.bootstrap, "the bootstrap of the intervals");
    if (bootstrap.method === "cluster") cite(works.cluster, "drawing whole clusters");
    if (bootstrap.method === "wild") cite(works.wild, "the wild bootstrap");
    if (bootstrap.method === "wild-webb") cite(works.webb, "the weights of the wild bootstrap");
    if (bootstrap.interval === "bca") cite(works.bca, "BCa ends of intervals");
  }
}

function citePlan({ basis, budget }: Plan, rivals: RivalPlans | null, cite: Cite): void {
  if (budget.convention === "6ND") cite(works.kaplan, "counting a budget as C = 6·N·D");
  if (basis.kind === "published" && basis.set.startsWith("besiroglu2024"))
    cite(works.besiroglu, `the coefficients ${basis.set}`);
  if (basis.kind === "published" && basis.set.startsWith("hoffmann2022"))
    cite(works.hoffmann, `the coefficients ${basis.set}`);
  for (const { source } of rivals?.rows ?? []) cite(workOf(source), "the published laws beside the plan");
}

/** A law's own source as a work. */
function workOf({ authors, year, title, url }: Source): Work {
  const known = Object.values(works).find((entry) => url !== "" && entry.url === url);
  if (known) return known;
  const word = (text: string): string =>
    /[A-Za-z]{2,}/.exec(text.normalize("NFKD").replace(/\p{M}/gu, ""))?.[0].toLowerCase() ?? "";
  const first =
    title
      .split(/\s+/)
      .map(word)
      .find((found) => found.length > 3) ?? "";
  return work(
    `${word(authors)}${year}${first}`,
    authors.replace(/\s*et al\.?/, " and others").replaceAll(/, (?:and )?/g, " and "),
    year,
    title,
    url,
  );
}

/** "Jordan Hoffmann and others" → "Hoffmann et al."; two names stay, of more the first. */
function namesText(authors: string): string {
  const names = authors.split(" and ").map((name) => name.trim().split(/\s+/).at(-1) ?? "");
  if (names.length === 2 && names[1] !== "others") return names.join(" and ");
  return names.length > 1 ? `${names[0]} et al.` : names[0]!;
}

/** An entry: @article for a journal, @misc else; what BibTeX would read as its own is escaped. */
function bibtexOf({ key, authors, year, title, url, journal, volume, pages }: Work): string {
  const eprint = /^https:\/\/arxiv\.org\/abs\/([\w.]+)$/.exec(url)?.[1];
  const found = /^https:\/\/doi\.org\/(.+)$/.exec(url)?.[1];
  const fields: [string, string | undefined][] = [
    ["title", `{${bibtexText(title)}}`],
    ["author", bibtexText(authors)],
    ["year", String(year)],
    ["journal", journal],
    ["volume", volume?.replace(/\(.*/, "")],
    ["number", volume === undefined ? undefined : /\((.*)\)/.exec(volume)?.[1]],
    ["pages", pages],
    ["eprint", eprint],
    ["archivePrefix", eprint === undefined ? undefined : "arXiv"],
    ["doi", found],
    ["url", url === "" ? undefined : url.replaceAll(/[{}\\\s]/g, "")],
  ];
  const lines = fields.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name} = {${value}}`]));
  return `@${journal === undefined ? "misc" : "article"}{${key},\n${lines.join(",\n")}\n}`;
}

function bibtexText(text: string): string {
  return text
    .replaceAll(/[{}\\]/g, "")
    .replaceAll(/[%&#$_]/g, "\\$&")
    .replaceAll(/\s+/g, " ")
    .trim();
}
