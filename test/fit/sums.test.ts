import { describe, expect, test } from "vitest";
import { createKernel, objective } from "../../src/fit/index.ts";
import { alongSpan, inputSpan, lawFunction, laws, middleStarts } from "../../src/laws/index.ts";
import { type Quantity, quantities } from "../../src/models/index.ts";
import { seededRandom } from "../../src/numeric/index.ts";

/** Rows over the span of a law's inputs, and what it says there, off by a few per cent. */
function planted(law: (typeof laws)[number]) {
  const random = seededRandom(1);
  const value = lawFunction(law, middleStarts(law));
  const columns: Record<string, Float64Array> = {};
  for (const quantity of Object.keys(law.inputs))
    columns[quantity] = Float64Array.from({ length: 25 }, () => {
      const at = alongSpan(quantity, inputSpan(law, quantity, null), random.uniform());
      return quantity === "samples" ? 2 * Math.round(at / 2) + 1 : at;
    });
  const target = Float64Array.from({ length: 25 }, (_, i) => {
    const at = Object.fromEntries(
      Object.keys(law.inputs).map((quantity) => [quantity, columns[quantity]![i]!]),
    );
    return value(at) * (1 + 0.1 * random.normal());
  });
  return { columns, target };
}

function near(found: number, terms: Float64Array, what: string): void {
  let [sum, size] = [0, 0];
  for (const term of terms) {
    sum += term;
    size += Math.abs(term);
  }
  expect(Math.abs(found - sum), what).toBeLessThanOrEqual(1e-10 * size);
}

describe("the compiled sums, beside the same from columns of residuals and slopes", () => {
  for (const law of laws.filter(({ parameters }) => Object.keys(parameters).length > 0))
    test(law.name, () => {
      const { columns, target } = planted(law);
      const positive = quantities[law.output as Quantity]?.domain !== "real";
      for (const name of positive ? ["huber-log", "squared"] : ["huber"]) {
        const loss = objective(name, { delta: 0.05 });
        const kernel = createKernel(law, columns, target, loss);
        const x = kernel.toVariables(middleStarts(law));
        const value = kernel.evaluate(x);
        expect(value, `${name}: not finite`).toSatisfy(Number.isFinite);
        const [gradient, hessian, metric] = [kernel.gradient, kernel.hessian, kernel.metric].map((a) =>
          a.slice(),
        );
        const delta = loss.loss === "squared" ? Number.POSITIVE_INFINITY : 0.05;
        const residuals = kernel.residuals(x);
        const slopes = kernel.jacobian(x);
        let sum = 0;
        const psi = residuals.map((r) => Math.max(-delta, Math.min(delta, r)));
        residuals.forEach((r, i) => {
          sum += Math.abs(psi[i]!) * (Math.abs(r) - Math.abs(psi[i]!) / 2);
        });
        // the same sums in another order: a few digits of rounding, more where terms cancel
        expect(Math.abs(value / sum - 1), `${name}, value`).toBeLessThan(1e-10);
        for (let j = 0; j < kernel.size; j++) {
          const terms = psi.map((p, i) => p * slopes[j]![i]!);
          near(gradient![j]!, terms, `${name}, ∂/∂${kernel.names[j]}`);
          for (let k = 0; k < kernel.size; k++)
            near(
              metric![j * kernel.size + k]!,
              residuals.map((r, i) => Math.min(1, delta / Math.abs(r)) * slopes[j]![i]! * slopes[k]![i]!),
              `${name}, metric`,
            );
        }
        if (loss.loss !== "squared") continue; // differences stumble over Huber's corners
        const step = 1e-5;
        for (let j = 0; j < kernel.size; j++) {
          const gradientAt = (by: number): Float64Array => {
            kernel.evaluate(x.map((v, i) => (i === j ? v + by : v)));
            return kernel.gradient.slice();
          };
          const [above, below] = [gradientAt(step), gradientAt(-step)];
          for (let k = 0; k < kernel.size; k++) {
            const size =
              Math.sqrt(metric![j * kernel.size + j]! * metric![k * kernel.size + k]!) +
              Math.abs(gradient![k]!);
            // a difference of 1e-5: its own error is the third derivative's, 1e-3 at the sharpest break, and rounding's
            const bend = (above[k]! - below[k]!) / (2 * step);
            expect(
              Math.abs(hessian![j * kernel.size + k]! - bend),
              `∂²/∂${kernel.names[j]}∂${kernel.names[k]}`,
            ).toBeLessThan(1e-3 * (size + Math.abs(bend)) + 1e-6 * value);
          }
        }
      }
    });
});
