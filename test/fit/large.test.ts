import { expect, test } from "vitest";
import { createKernel, fit, objective } from "../../src/fit/index.ts";
import { chinchilla, lawFunction } from "../../src/laws/index.ts";
import { seededRandom } from "../../src/numeric/index.ts";
import { tableOf } from "../../src/runs/index.ts";

test("60,000 rows: the search begins on a sample and ends at the minimum over all of them", () => {
  const random = seededRandom(2);
  const law = lawFunction(chinchilla, chinchilla.sets["besiroglu2024-refit"]!.parameters);
  const between = (low: number, high: number): number => low * (high / low) ** random.uniform();
  const rows = Array.from({ length: 60_000 }, () => {
    const at = { params: between(5e7, 1e10), tokens: between(1e9, 3e11) };
    return { ...at, loss: law(at) * Math.exp(0.005 * random.normal()) };
  });
  const made = fit(chinchilla, tableOf(rows, { origin: "planted" }));
  expect(made.status).toBe("converged");
  expect(made.starts.agree).toBe(made.starts.total);

  const column = (name: "params" | "tokens" | "loss"): Float64Array =>
    Float64Array.from(rows, (row) => row[name]);
  const columns = { params: column("params"), tokens: column("tokens"), loss: column("loss") };
  const kernel = createKernel(chinchilla, columns, columns.loss, objective("huber-log"));
  const at = kernel.toVariables(
    Object.fromEntries(Object.entries(made.parameters).map(([name, { value }]) => [name, value])),
  );
  const value = kernel.evaluate(at);
  // variables are logs: a step of one would change the objective by the gradient
  for (const slope of kernel.gradient) expect(Math.abs(slope)).toBeLessThan(1e-9 * value);
  expect(made.objective.value! / value).toBeCloseTo(1, 12);
});
