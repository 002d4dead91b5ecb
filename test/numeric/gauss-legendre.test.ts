import { expect, test } from "vitest";
import { gaussLegendre } from "../../src/numeric/index.ts";

test("the nodes and weights of three, five and eight are those of Abramowitz and Stegun, table 25.4", () => {
  // there on [-1, 1], with fifteen digits
  const table: Record<number, [number, number][]> = {
    3: [
      [0, 0.888888888888889],
      [0.774596669241483, 0.555555555555556],
    ],
    5: [
      [0, 0.568888888888889],
      [0.538469310105683, 0.478628670499366],
      [0.906179845938664, 0.236926885056189],
    ],
    8: [
      [0.18343464249565, 0.362683783378362],
      [0.525532409916329, 0.313706645877887],
      [0.796666477413627, 0.222381034453374],
      [0.960289856497536, 0.101228536290376],
    ],
  };
  for (const [count, rows] of Object.entries(table)) {
    const { nodes, weights } = gaussLegendre(Number(count));
    rows.forEach(([x, weight], i) => {
      const at = nodes.length - rows.length + i;
      expect(2 * nodes[at]! - 1).toBeCloseTo(x, 14);
      expect(2 * weights[at]!).toBeCloseTo(weight, 14);
    });
  }
});

test.each([1, 2, 7, 16, 33, 64])(
  "%d nodes integrate the powers up to twice their number exactly",
  (count) => {
    const { nodes, weights } = gaussLegendre(count);
    for (let power = 0; power < 2 * count; power++) {
      const integral = nodes.reduce((sum, x, i) => sum + weights[i]! * x ** power, 0);
      // a few roundings of some sixty terms
      expect(Math.abs(integral * (power + 1) - 1)).toBeLessThan(1e-12);
    }
  },
);

test("a number of nodes that is none is refused", () => {
  expect(() => gaussLegendre(0)).toThrow("expected 1 to 1000 nodes, got 0");
});
