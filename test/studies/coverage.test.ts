import { describe, expect, test } from "vitest";
import { cells, runCell } from "../../studies/coverage/cells.ts";

/** Of a share counted that often: three and a half standard deviations, which chance passes once in two thousand. */
const reach = (share: number, of: number): number => 3.5 * Math.sqrt((share * (1 - share)) / of);

const cell = (name: string) => cells.find((known) => known.name === name)!;

// The study itself is studies/coverage: 1,000 replications a cell. Here a few hundred of one, refitted from the planted
// law, whose starts all agree in that cell.
describe("coverage, short form", () => {
  test("35 runs, 1 % noise, Huber: intervals hold the truth as often as they say", () => {
    const replications = 200;
    const { counts } = runCell(cell("isoflop"), { replications, draws: 99, quick: true });
    for (const { quantity, given, covered } of counts) {
      expect(given, quantity).toBe(replications);
      // 80 % intervals of a robust fit of few rows hold somewhat more than they say: see the study
      [0.8, 0.9, 0.95].forEach((level, i) => {
        const share = covered[i]! / replications;
        expect(share, `${quantity} at ${level}`).toBeGreaterThan(level - reach(level, replications));
        if (level > 0.8)
          expect(share, `${quantity} at ${level}`).toBeLessThan(level + reach(level, replications));
      });
    }
  });

  test("the count can fail: curves drawn row by row hold the truth far too seldom", () => {
    const { counts } = runCell(cell("curves-by-row"), { replications: 60, draws: 39, quick: true });
    for (const name of ["a", "loss at 10 × budget"]) {
      const { covered } = counts.find(({ quantity }) => quantity === name)!;
      expect(covered[1]! / 60).toBeLessThan(0.9 - reach(0.9, 60));
    }
  });

  test("a design that cannot tell N from D is doubted by every fit", () => {
    const { trusted } = runCell(cell("one-ratio"), { replications: 10, draws: 40, quick: true });
    expect(trusted.replications).toBe(0);
  });
});
