import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findLaw } from "../../src/laws/index.ts";
import { predictionSchema } from "../../src/plan/index.ts";
import { isoflop, planted, plantedCsv, readably, temporaryFolder } from "./world.ts";

const cwd = temporaryFolder();
const rounded = ["predict", "--law", "chinchilla", "--source", "hoffmann2022-rounded"];

test("what a person reads of a prediction", async () => {
  const { out, err } = await readably([...rounded, "--params", "70B", "--tokens", "1.4T"]);
  await expect(out).toMatchFileSnapshot("golden/predict.txt");
  expect(err).toBe("");
});

test("Chinchilla itself by the printed equation: 1.69 + 0.083 + 0.163 = 1.9366 nats per token", async () => {
  const { out } = await isoflop([...rounded, "--at", "params=70B", "tokens=1.4T", "--json"]);
  const { value, at } = predictionSchema.parse(JSON.parse(out));
  expect(value).toBeCloseTo(1.9366, 4); // as many digits as the rounded coefficients carry
  expect(at).toEqual({ params: 70e9, tokens: 1.4e12 });
});

test("laws of other kinds take their inputs with --at, and a lone set needs no --source", async () => {
  const { out } = await readably(["predict", "--law", "coverage", "--at", "samples=250"]);
  expect(out).toContain("coverage 0.56"); // Brown et al. 2024, abstract: 56 % with 250 samples
});

test("a missing and an unknown input are told by name", async () => {
  const missing = await isoflop([...rounded, "--params", "70B"]);
  expect(missing).toMatchObject({ code: 2, out: "" });
  expect(missing.err).toContain("tokens");
  const unknown = await isoflop([...rounded, "--params", "70B", "--tokens", "1T", "--at", "samples=3"]);
  expect(unknown.err).toContain('no input "samples"');
  const twice = await isoflop([...rounded, "--params", "70B", "--at", "params=3"]);
  expect(twice.err).toContain("params is given twice");
});

describe("with coefficients of one's own, --set", () => {
  const mup = ["predict", "--law", "mup-learning-rate", "--at", "width=4096"];

  test("what a person reads: 0.01 tuned at width 256 is 0.01 · 256 / 4096 at 4096", async () => {
    const { out, err } = await readably([...mup, "--set", "eta_0=0.01", "d_0=256"]);
    await expect(out).toMatchFileSnapshot("golden/predict-set.txt");
    expect(err).toBe("");
  });

  test("repeated or with commas they are the same, and the JSON says that they were given", async () => {
    const once = await isoflop([...mup, "--set", "eta_0=0.01,d_0=256", "--json"]);
    const twice = await isoflop([...mup, "--set", "eta_0=0.01", "--set", "d_0=256", "--json"]);
    expect(twice).toEqual(once);
    const made = predictionSchema.parse(JSON.parse(once.out));
    expect(made).toMatchObject({ basis: { kind: "given", law: "mup-learning-rate" }, value: 0.000625 });
  });

  test("a published set given by hand is that set", async () => {
    const point = ["--params", "70B", "--tokens", "1.4T", "--json"];
    const set = ["--set", "E=1.69", "A=406.4", "alpha=0.34", "B=410.7", "beta=0.28"];
    const given = await isoflop(["predict", "--law", "chinchilla", ...set, ...point]);
    const published = await isoflop([...rounded, ...point]);
    expect(JSON.parse(given.out).value).toBe(JSON.parse(published.out).value);
  });

  const refused: [string, string[], string][] = [
    ["none", [], "mup-learning-rate has no published coefficients; give yours with --set eta_0=… d_0=…"],
    ["one missing", ["eta_0=0.01"], "no value for d_0 (width at which the value was tuned)"],
    ["one misspelt", ["eta_0=0.01", "d0=256"], 'no parameter "d0"; did you mean "d_0"?'],
    ["one twice", ["eta_0=0.01", "eta_0=0.02"], "--set: eta_0 is given twice"],
    ["one no number", ["eta_0=high", "d_0=256"], "--set eta_0: cannot read"],
    ["one outside its domain", ["eta_0=-1", "d_0=256"], "eta_0 (learning rate tuned at the base width) is"],
  ];
  test.each(refused)("%s: refused", async (_, set, complaint) => {
    const { code, out, err } = await isoflop([...mup, ...(set.length > 0 ? ["--set", ...set] : [])]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err.replaceAll(/\s+/g, " ")).toContain(complaint);
  });

  test("needs a law, and no other source beside it", async () => {
    expect((await isoflop(["predict", "--set", "E=1"])).err).toContain("add --law");
    const both = await isoflop([...rounded, "--set", "E=1"]);
    expect(both.err.replaceAll(/\s+/g, " ")).toContain("give one of them");
  });
});

describe("an input that is missing or means nothing", () => {
  test("is told with what to type", async () => {
    const { err } = await isoflop([...rounded, "--params", "70B"]);
    expect(err.replaceAll(/\s+/g, " ")).toContain("it also needs tokens (training tokens seen");
    expect(err).toContain("add --tokens 1.4T");
    const misspelt = await isoflop([...rounded, "--at", "param=7B"]);
    expect(misspelt.err.replaceAll(/\s+/g, " ")).toContain('did you mean "params"?');
    const coverage = await isoflop(["predict", "--law", "coverage"]);
    expect(coverage.err.replaceAll(/\s+/g, " ")).toContain("; add --at samples=…");
  });

  // impossible values, each of which the formula alone would answer
  const impossible: [string, string[]][] = [
    ["coverage", ["samples=0.5"]],
    ["gadre-error", ["loss=0"]],
    ["gadre-error", ["loss=-1"]],
    ["routed", ["params=145M", "experts=0.5"]],
    ["precision", ["params=100M", "tokens=6B", "weightBits=0.5", "activationBits=8", "cacheBits=8"]],
    ["chinchilla", ["params=0", "tokens=1B"]],
  ];
  test.each(impossible)("is refused: %s at %j", async (law, at) => {
    const [source] = Object.keys(findLaw(law).sets);
    const { code, out, err } = await isoflop(["predict", "--law", law, "--source", source, "--at", ...at]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err.replaceAll(/\s+/g, " ")).toMatch(/at \w+ \S+: expected a number (above 0|of at least 1)/);
  });

  test("a share above 1 is refused too", async () => {
    const set = ["--set", "c=1", "k=1", "t_1=-0.3", "t_2=-0.3", "t_3=-0.3"];
    const at = ["--at", "share1=1.2", "share2=0", "share3=0"];
    const { err } = await isoflop(["predict", "--law", "data-mixing", ...set, ...at]);
    expect(err.replaceAll(/\s+/g, " ")).toContain("at share1 1.2: expected a number from 0 to 1");
  });

  test("precision of 2 bits means something, and is said to lie outside the data", async () => {
    const at = ["params=100M", "tokens=6B", "weightBits=2", "activationBits=8", "cacheBits=8"];
    const { out } = await readably(["predict", "--law", "precision", "--source", "kumar2024", "--at", ...at]);
    expect(out).toContain("1.5× below the lowest weightBits in the data (3 bits)");
  });
});

test("a set's note is a plain remark, a law's caution a warning", async () => {
  const { out } = await readably([
    ...["predict", "--law", "kaplan-nd", "--source", "kaplan2020"],
    ...["--params", "1B", "--tokens", "10B"],
  ]);
  expect(out).toMatch(/^ {2}Differs from eqs\. 1\.1/m);
  expect(out).toMatch(/^! D is the size of the data set/m);
});

describe("turned round, with --solve and --target", () => {
  const refit = ["predict", "--law", "chinchilla", "--source", "besiroglu2024-refit"];

  test("what a person reads", async () => {
    const { out, err } = await readably([...refit, "--solve", "params", "--target", "2", "--tokens", "1T"]);
    await expect(out).toMatchFileSnapshot("golden/predict-solve.txt");
    expect(err).toBe("");
  });

  test("the JSON is the prediction at the point that was found", async () => {
    const { out } = await isoflop([
      ...refit,
      "--solve",
      "tokens",
      "--target",
      "2.1",
      "--params",
      "7B",
      "--json",
    ]);
    const { at, value, solved } = predictionSchema.parse(JSON.parse(out));
    expect(value).toBeCloseTo(2.1, 12);
    expect(solved).toEqual({ quantity: "tokens", target: 2.1, interval: null });
    // chinchilla solved for D by hand
    const { E, A, alpha, B, beta } = planted;
    expect(at.tokens / (B / (2.1 - E - A / 7e9 ** alpha)) ** (1 / beta)).toBeCloseTo(1, 10);
  });

  test("a fit with draws gives an interval, and none where some draws never reach the target", async () => {
    writeFileSync(join(cwd, "runs.csv"), plantedCsv());
    await isoflop(["fit", "runs.csv", "--bootstrap", "60", "-o", "fit.json", "--quiet"], { cwd });
    const ask = ["predict", "fit.json", "--solve", "params", "--tokens", "20B"];
    const { out } = await isoflop([...ask, "--target", "2.4", "--json"], { cwd });
    const { at, solved } = predictionSchema.parse(JSON.parse(out));
    expect(solved?.interval?.low).toBeLessThan(at.params);
    expect(solved?.interval?.high).toBeGreaterThan(at.params);
    // the floor at 20B tokens is E + B / D^β; those of the draws scatter by a percent to both sides of it
    const { B, beta, E } = planted;
    const floor = (E + B / 20e9 ** beta + 0.004).toFixed(4);
    const near = await readably([...ask, "--target", floor], { cwd });
    expect(near.out.replaceAll(/\s+/g, " ")).toMatch(/In \d+ of 60 draws the law never gives loss/);
    expect(near.out).not.toContain("% interval");
  });

  test("what can't be answered says why", async () => {
    const below = await isoflop([...refit, "--solve", "params", "--target", "1.5", "--tokens", "1T"]);
    expect(below).toMatchObject({ code: 2, out: "" });
    expect(below.err.replaceAll(/\s+/g, " ")).toContain(
      "its loss tends to 1.90137 as params grows and is never lower",
    );
    const alone = await isoflop([...refit, "--solve", "params", "--tokens", "1T"]);
    expect(alone.err).toContain("--solve and --target go together");
    const both = await isoflop([
      ...refit,
      "--solve",
      "params",
      "--target",
      "2",
      "--at",
      "params=1B",
      "tokens=1T",
    ]);
    expect(both.err).toContain("params: it is also given");
    const several = ["predict", "--law", "quantised-after", "--solve", "tokens", "--target", "3.5"];
    const point = ["--at", "params=1e8", "servedBits=4"];
    expect((await isoflop([...several, ...point])).err).toContain("several values of tokens give loss 3.5");
    expect((await isoflop([...several, ...point, "--near", "1B"])).code).toBe(0);
  });
});
