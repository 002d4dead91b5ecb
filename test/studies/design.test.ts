import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type CellResult, cells, runCell } from "../../studies/design/cells.ts";
import { tableLines } from "../../studies/design/table.ts";
import { read, root } from "../house/tree.ts";

describe("the study of designs", () => {
  const folder = "studies/design/results";
  const order = cells.map(({ name }) => name);
  const results = readdirSync(join(root, folder))
    .map((file): CellResult => JSON.parse(read(`${folder}/${file}`)))
    .sort((x, y) => order.indexOf(x.cell.name) - order.indexOf(y.cell.name));
  const of = (name: string): CellResult => results.find(({ cell }) => cell.name === name)!;

  test("every cell has a result, of the cell as it is now", () => {
    expect(results.map(({ cell }) => cell)).toEqual(JSON.parse(JSON.stringify(cells)));
    for (const { replications } of results) expect(replications).toBe(1000);
  });

  test("its README shows them", () => {
    expect(read("studies/design/README.md")).toContain(tableLines(results).join("\n"));
  });

  test("where the law is the fitted one, chosen runs need less compute than the grid in every cell, half of it in most", () => {
    const shares = results
      .filter(({ cell }) => cell.truth !== "kaplan" && cell.name !== "smaller-runs")
      .map(({ same }) => same ?? 2);
    for (const share of shares) expect(share).toBeLessThan(0.85);
    expect(shares.filter((share) => share < 0.5).length).toBeGreaterThan(shares.length / 2);
  });

  test("where it is not, every design is wrong by more than it says, the chosen one most", () => {
    const { isoflop, chosen } = of("other-law");
    expect(isoflop.bias).toBeGreaterThan(isoflop.sd);
    expect(chosen[0]!.bias).toBeGreaterThan(isoflop.bias);
  });
});

// In full it is studies/design: 1,000 refits of each design, six amounts of compute. Here one of the cells.
test("designs, short form: chosen runs tell more than the grids of as many FLOPs", () => {
  const cell = cells.find(({ name }) => name === "two-beliefs")!;
  const { isoflop, ratios, chosen } = runCell(cell, { replications: 200, of: [1] });
  // 200 refits know a spread by its 90 % span to 8 %; the study finds 0.74 of the isoFLOP grid's
  expect(chosen[0]!.sd).toBeLessThan(0.95 * isoflop.sd);
  expect(chosen[0]!.sd).toBeLessThan(0.6 * ratios.sd);
  expect(chosen[0]!.flops).toBeLessThanOrEqual(isoflop.flops * (1 + 1e-6));
  expect(Math.abs(chosen[0]!.bias)).toBeLessThan(0.1);
});
