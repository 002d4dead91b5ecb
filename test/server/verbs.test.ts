import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isoflop, plantedCsv } from "../cli/world.ts";
import { studioOf, temporaryFolder } from "./app.ts";

// Four doors, the same verbs: what a route gives is what the command line prints under --json.

const folder = temporaryFolder();
writeFileSync(join(folder, "runs.csv"), plantedCsv());
const studio = await studioOf(folder);

async function byCommand(words: readonly string[]): Promise<unknown> {
  const { code, out, err } = await isoflop([...words, "--json"], { cwd: folder });
  expect(err).not.toMatch(/^error: /m);
  expect(code).toBe(0);
  return JSON.parse(out);
}

async function byRoute(verb: string, body: unknown): Promise<ReturnType<typeof JSON.parse>> {
  const { status, json } = await studio.post(`/api/${verb}`, body);
  expect([status, json?.error]).toEqual([200, undefined]);
  return json;
}

const fitted = await byRoute("fit", { runs: "runs.csv", bootstrap: 30, seed: 3 });
writeFileSync(join(folder, "fit.json"), JSON.stringify(fitted));

describe("a route gives the noun that the command line gives", () => {
  test.each([
    ["fit", { runs: "runs.csv", bootstrap: 30, seed: 3 }, "fit runs.csv --bootstrap 30 --seed 3"],
    [
      "fit",
      { runs: "runs.csv", law: "kaplan-nd", dropHighestLoss: 2 },
      "fit runs.csv --law kaplan-nd --drop-highest-loss 2",
    ],
    [
      "fit",
      { runs: "runs.csv", where: "tokens>=1B", weights: "thirds", fixed: { E: 1.8 } },
      "fit runs.csv --where tokens>=1B --weights thirds --fix E=1.8",
    ],
    [
      "fit",
      { runs: "runs.csv", approach: 2, bootstrap: 20, budgetTolerance: 0.05 },
      "fit runs.csv --approach 2 --bootstrap 20 --budget-tolerance 5%",
    ],
    [
      "fit",
      { runs: "runs.csv", law: { formula: "E + A / N^alpha", inputs: "params=N" } },
      "fit runs.csv --formula E+A/N^alpha --inputs params=N",
    ],
    ["plan", { basis: "fit.json", flops: 1e22 }, "plan fit.json --flops 1e22"],
    [
      "plan",
      { basis: { law: "chinchilla", source: "besiroglu2024-refit" }, budget: "3 PF-days" },
      "plan --law chinchilla --source besiroglu2024-refit --budget 3_PF-days",
    ],
    [
      "predict",
      { basis: "fit.json", at: { params: 7e9, tokens: 2e12 } },
      "predict fit.json --params 7B --tokens 2T",
    ],
    [
      "predict",
      { basis: "fit.json", solve: "params", target: 2.5, at: { tokens: 1e12 } },
      "predict fit.json --solve params --target 2.5 --tokens 1T",
    ],
    [
      "compare",
      { runs: "runs.csv", laws: ["chinchilla", "kaplan-nd"], targetFlops: 1e22 },
      "compare runs.csv --laws chinchilla,kaplan-nd --target-flops 1e22",
    ],
    [
      "diagnose",
      { runs: "runs.csv", fit: "fit.json", flops: 1e22, bootstrap: 20 },
      "diagnose fit.json --data runs.csv --flops 1e22 --bootstrap 20",
    ],
    ["figure", { figure: "allocation", fit: "fit.json" }, "figure allocation fit.json"],
    [
      "figure",
      { figure: "residuals", fit: "fit.json", runs: "runs.csv" },
      "figure residuals fit.json --data runs.csv",
    ],
  ])("%s %j", async (verb, body, words) => {
    const argv = words.split(" ").map((word) => word.replaceAll("_", " "));
    const [here, there] = [await byRoute(verb, body), await byCommand(argv)];
    // only the formula's spaces differ, as a word of a command line can't hold them here
    const plain = (noun: unknown): unknown =>
      JSON.parse(JSON.stringify(noun).replaceAll("E + A / N^alpha", "E+A/N^alpha"));
    expect(plain(here)).toEqual(plain(there));
  });

  test("report: the noun but for the command that made it, and pages that run nothing", async () => {
    const asked = { fit: "fit.json", runs: "runs.csv", flops: 1e22, bootstrap: 20, title: "Ours" };
    const here = await byRoute("report", asked);
    const words = "report fit.json --data runs.csv --flops 1e22 --bootstrap 20 --title Ours";
    const there = (await byCommand(words.split(" "))) as typeof here;
    const { provenance, sections, ...rest } = here;
    expect(rest).toEqual(Object.fromEntries(Object.keys(rest).map((name) => [name, there[name]])));
    expect(provenance.nouns).toEqual(there.provenance.nouns);
    expect(sections.map(({ id }: { id: string }) => id)).toEqual(
      there.sections.map(({ id }: { id: string }) => id),
    );
    const alone = { fit: "fit.json", flops: 1e22, title: "Ours" };
    const page = await studio.post("/api/report", { ...alone, as: "html" });
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(page.headers.get("content-security-policy")).toMatch(/^sandbox; default-src 'none'/);
    expect(page.text).toContain("<svg");
    expect((await studio.post("/api/report", { ...alone, as: "md" })).text).toContain("# Ours");
  });

  test("runs may be given as text, fits whole: nothing need be saved first", async () => {
    const text = plantedCsv();
    const fit = await byRoute("fit", { runs: { text, origin: "runs.csv" }, bootstrap: 30, seed: 3 });
    expect(fit).toEqual(fitted);
    expect(await byRoute("plan", { basis: fit, flops: 1e22 })).toEqual(
      await byRoute("plan", { basis: "fit.json", flops: 1e22 }),
    );
  });

  test("lines left out by hand are left out, and the fit says so", async () => {
    const less = await byRoute("fit", { runs: "runs.csv", exclude: [2, 3] });
    expect(less.rows).toBe(40);
    expect(less.data.notes ?? less.warnings).toBeDefined();
  });
});

describe("what can't be done is told as what, got, remedy", () => {
  const of = (error: unknown): unknown => ({ error });
  test.each([
    [
      "fit",
      { runs: "runs.csv", law: "chinchila" },
      422,
      { what: 'unknown law "chinchila"', remedy: 'did you mean "chinchilla"?' },
    ],
    ["fit", { runs: "rums.csv" }, 404, { what: "no file rums.csv in the folder" }],
    ["fit", { runs: "../runs.csv" }, 400, {}],
    [
      "fit",
      {},
      422,
      { what: "cannot read the request: runs: expected the name of a file or a sweep, or { text, origin }" },
    ],
    ["fit", { runs: "runs.csv", bootstap: 3 }, 422, { remedy: 'did you mean "bootstrap"?' }],
    ["fit", { runs: "runs.csv", bootstrap: 1e9 }, 422, {}],
    ["fit", { runs: { text: "params,tokens,loss\n1,2,3\n" } }, 422, { got: "1" }],
    ["fit", { runs: "runs.csv", approach: 1, window: 2 }, 422, {}],
    ["plan", { basis: "runs.csv", flops: 1e20 }, 422, {}],
    ["plan", { basis: "fit.json" }, 422, {}],
    [
      "plan",
      { basis: { law: "chinchilla" }, flops: 1e20 },
      422,
      { remedy: expect.stringContaining("besiroglu2024-refit") },
    ],
    ["report", { runs: "runs.csv", plan: "fit.json", flops: 1e22 }, 422, {}],
    ["report", {}, 422, {}],
    ["figure", { figure: "alocation", fit: "fit.json" }, 422, { remedy: 'did you mean "allocation"?' }],
    ["figure", { figure: "residuals", fit: "fit.json" }, 422, { remedy: "give runs too" }],
  ])("%s %j", async (verb, body, status, error) => {
    const answer = await studio.post(`/api/${verb}`, body);
    expect(answer.status, answer.text).toBe(status);
    expect(answer.json).toMatchObject(of(error) as object);
    expect(Object.keys(answer.json.error)).toEqual(["what", "got", "remedy"]);
  });

  test.each(["./mine.ts", "mine.mjs", "mine.JS", "more/mine.cts"])(
    "a law that is a program is refused, and not run: %s",
    async (law) => {
      const proof = join(folder, "ran");
      const program = `require("node:fs").writeFileSync(${JSON.stringify(proof)}, ""); export default {};`;
      writeFileSync(join(folder, "mine.ts"), program);
      for (const [verb, body] of [
        ["fit", { runs: "runs.csv", law }],
        ["compare", { runs: "runs.csv", laws: ["chinchilla", law] }],
        ["plan", { basis: { law, source: "a" }, flops: 1e20 }],
      ] as const) {
        const { status, json } = await studio.post(`/api/${verb}`, body);
        expect([status, json.error.what]).toEqual([403, "a law that is a program is not run over HTTP"]);
      }
      expect(existsSync(proof)).toBe(false);
    },
  );

  test("a body that is no JSON, or says it is none", async () => {
    const send = (type: string, body: string): ReturnType<typeof studio.ask> =>
      studio.ask("/api/fit", { method: "POST", body, headers: { "content-type": type } });
    expect((await send("application/json", "{")).status).toBe(400);
    // what a form of another site could send without asking first
    expect((await send("text/plain", '{"runs":"runs.csv"}')).status).toBe(415);
    expect((await send("application/x-www-form-urlencoded", "runs=runs.csv")).status).toBe(415);
  });

  test("a fault of ours is a 500 without its insides, which the log gets", async () => {
    const bugs: unknown[] = [];
    const figureMakers = {
      broken: {
        summary: "",
        make: async (): Promise<never> => {
          throw new TypeError("undefined is not a secret");
        },
      },
    };
    const { post } = await studioOf(folder, { figureMakers, onBug: (bug) => void bugs.push(bug) });
    const { status, text } = await post("/api/figure", { figure: "broken" });
    expect([status, text]).toEqual([500, expect.not.stringContaining("secret")]);
    expect(bugs).toHaveLength(1);
  });
});
