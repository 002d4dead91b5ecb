import { describe, expect, test } from "vitest";
import {
  chinchilla,
  defineLaw,
  findLaw,
  findSet,
  kaplanD,
  kaplanN,
  lawFromFormula,
  lawFunction,
  lawJson,
  lawLatex,
  lawPython,
  lawSchema,
  readLaw,
} from "../../src/laws/index.ts";

const smallest = { formula: "E + A / N^alpha", inputs: { params: "N" }, output: "loss" };

describe("reading a law from JSON", () => {
  test("the least there can be: a formula, its inputs and its output; the file names it", () => {
    const law = readLaw(smallest, "runs/mine.json");
    expect(law.name).toBe("mine");
    expect(law.kind).toBe("loss");
    expect(Object.keys(law.parameters)).toEqual(["E", "A", "alpha"]);
    expect(lawFunction(law, { E: 1, A: 8, alpha: 0.5 })({ params: 4 })).toBe(5);
  });

  test("quantities of a stranger's own are allowed", () => {
    const law = readLaw(
      { formula: "a * t^b", inputs: { temperature: "t" }, output: "viscosity" },
      "odd.json",
    );
    expect(lawFunction(law, { a: 2, b: 3 })({ temperature: 2 })).toBe(16);
  });

  test("what is written is what is read, format and all", () => {
    const json = lawJson(chinchilla);
    expect(json.format).toBe("isoflop.law/1");
    expect(readLaw(JSON.parse(JSON.stringify(json)), "x.json")).toEqual(chinchilla);
    expect(lawSchema.parse(JSON.parse(JSON.stringify(chinchilla)))).toEqual(chinchilla);
  });

  test.each([
    [null, "cannot read the law in mine.json: expected object, got null"],
    [{ ...smallest, formula: 3 }, "cannot read the law in mine.json: formula: expected string, got 3"],
    [{ formula: "E", inputs: {} }, "cannot read the law in mine.json: output: expected string, got nothing"],
    [
      { ...smallest, paramters: {} },
      'cannot read the law in mine.json: unknown key "paramters"; did you mean "parameters"?',
    ],
    [{ ...smallest, format: "isoflop.law/9" }, 'format: expected "isoflop.law/1", got "isoflop.law/9"'],
    [{ ...smallest, parameters: { E: { start: "1" } } }, 'parameters.E.start: expected array, got "1"'],
    [
      { ...smallest, parameters: { Q: {} } },
      'mine.json: cannot define the law "mine": the formula has no parameter "Q"; it has E, A, alpha',
    ],
    [{ ...smallest, parameters: { E: { start: [-1] } } }, 'start -1 of "E" lies outside its domain positive'],
    [{ ...smallest, parameters: { E: { start: [] } } }, '"E" has no start'],
    [{ ...smallest, formula: "E + A / n^alpha" }, 'the formula has no "N", which inputs gives for params'],
    [{ ...smallest, formula: "E + " }, "mine.json: cannot read the formula"],
    [{ ...smallest, sets: { x: { parameters: { E: 1 }, from: "me" } } }, 'the set "x" has no value for "A"'],
    [
      { ...smallest, published: [{ set: "x", at: {}, gives: 1, within: 1, where: "p" }] },
      'cannot use a published value of "x": there is no such set',
    ],
  ])("%j is refused in words", (json, message) => {
    expect(() => readLaw(json, "mine.json")).toThrow(message);
  });
});

describe("a law from a formula on the command line", () => {
  test("inputs are pairs of quantity and letter", () => {
    const law = lawFromFormula("E + A/N^alpha + B/D^beta", { inputs: "params=N, tokens=D", output: "loss" });
    expect(law.inputs).toEqual({ params: "N", tokens: "D" });
    expect(law.parameters.E!.start.length).toBeGreaterThan(1);
  });

  test("a lone quantity is its own letter, and the output is a loss unless said", () => {
    expect(lawFromFormula("c * params^-k", { inputs: "params" })).toMatchObject({
      inputs: { params: "params" },
      output: "loss",
    });
  });

  test.each([
    [
      "params:N",
      'cannot read the inputs "params:N": expected pairs such as params=N,tokens=D, got "params:N"',
    ],
    ["", 'expected pairs such as params=N,tokens=D, got ""'],
    ["N=params", 'the quantity comes first; did you mean "params=N"?'],
    ["params=N,params=M", "params stands there twice"],
    ["params=M", 'the formula has no "M", which inputs gives for params; it has E, A, N, alpha'],
  ])("%j is refused in words", (inputs, message) => {
    expect(() => lawFromFormula("E + A / N^alpha", { inputs })).toThrow(message);
  });
});

describe("finding laws and sets", () => {
  test("by name, with the one that was meant", () => {
    expect(findLaw("kaplan-n")).toBe(kaplanN);
    expect(() => findLaw("chinchila")).toThrow('unknown law "chinchila"; did you mean "chinchilla"?');
    expect(() => findLaw("zzz")).toThrow('unknown law "zzz"; known: chinchilla, overtraining,');
    expect(() => findLaw("constructor")).toThrow('unknown law "constructor"');
  });

  test("by key, with the one that was meant", () => {
    expect(findSet(chinchilla, "sardana2023").parameters.alpha).toBe(0.336);
    expect(() => findSet(chinchilla, "hofmann2022-rounded")).toThrow(
      'unknown source "hofmann2022-rounded" of chinchilla; did you mean "hoffmann2022-rounded"?',
    );
    expect(() => findSet(kaplanD, "toString")).toThrow('unknown source "toString" of kaplan-d');
    expect(() => findSet(defineLaw({ name: "bare", ...smallest }), "x")).toThrow(
      "it has no published coefficients",
    );
  });
});

describe("printing", () => {
  test("LaTeX has the law's letters on the left", () => {
    expect(lawLatex(kaplanN)).toBe("L(N) = \\left(\\frac{N_{c}}{N}\\right)^{\\alpha_{N}}");
    expect(lawLatex(chinchilla)).toBe("L(N, D) = E + \\frac{A}{N^{\\alpha}} + \\frac{B}{D^{\\beta}}");
  });

  test("Python takes the inputs first and a set as defaults, with the source as docstring", () => {
    const text = lawPython(kaplanN, findSet(kaplanN, "kaplan2020").parameters);
    expect(text).toContain("def kaplan_n(N, N_c=8.8e13, alpha_N=0.076):");
    expect(text).toContain("Kaplan et al. 2020, Scaling Laws for Neural Language Models, eq. 1.1.");
    expect(text).toContain("https://arxiv.org/abs/2001.08361");
    expect(text).toContain("return (N_c / N) ** alpha_N");
    expect(lawPython(chinchilla, { E: 1.7 })).toContain("def chinchilla(N, D, A, alpha, B, beta, E=1.7):");
  });
});
