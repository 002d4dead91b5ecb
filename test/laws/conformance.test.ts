import { expect, test } from "vitest";
import { laws } from "../../src/laws/index.ts";
import { exceptions, pythonDifferences, testLaw } from "./conformance.ts";

for (const law of laws) testLaw(law);

test("no two laws share a name, and all four kinds are there", () => {
  expect(new Set(laws.map((law) => law.name)).size).toBe(laws.length);
  expect(new Set(laws.map((law) => law.kind))).toEqual(new Set(["loss", "task", "sampling", "recipe"]));
});

test("exceptions are made for laws that exist", () => {
  const names = laws.map((law) => law.name);
  expect(exceptions.filter((name) => !names.includes(name))).toEqual([]);
});

test("every law printed as Python gives our value to 1e-12", (context) => {
  const compared = pythonDifferences(laws);
  if (compared === null) return context.skip("there is no python3 here");
  expect(new Set(compared.map(({ law }) => law)).size).toBe(laws.length);
  // both sides use the platform's pow and exp: a few last digits apart, more where terms cancel
  for (const { law, ours, python } of compared) expect(Math.abs(python / ours - 1), law).toBeLessThan(1e-12);
});
