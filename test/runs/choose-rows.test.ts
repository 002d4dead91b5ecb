import { describe, expect, test } from "vitest";
import { readCsv } from "../../src/import/index.ts";
import { chooseRows, type RowChoice } from "../../src/runs/index.ts";

// Lines as a spreadsheet counts them: the header is line 1.
const table = readCsv(
  "params,tokens,loss,kept\n1e6,1e7,5,1\n1e6,5e7,4,1\n1e6,1e8,3.5,0\n2e6,1e7,4.8,1\n2e6,2e8,3.2,1\n",
  { origin: "runs.csv" },
);
const wanted = { inputs: ["params", "tokens"], output: "loss" };
const lines = (choice: RowChoice): number[] => [...chooseRows(table, wanted, choice).lineNumbers];

describe("chooseRows", () => {
  test.each([
    ["nothing said: all", {}, [2, 3, 4, 5, 6]],
    ["a filter", { where: "kept=1" }, [2, 3, 5, 6]],
    ["lines by hand", { exclude: [3, 6] }, [2, 4, 5]],
    ["a line that isn't there", { exclude: [99] }, [2, 3, 4, 5, 6]],
    ["the highest loss", { dropHighest: 2 }, [3, 4, 6]],
    ["the first tokens of curves, the limit itself included", { dropFirst: 5e7 }, [4, 6]],
    ["the first share of each run", { dropShare: 0.3 }, [3, 4, 6]],
    [
      "lines before the highest: 5 is left out by hand, so 4.8 is the highest",
      { exclude: [2], dropHighest: 1 },
      [3, 4, 6],
    ],
    ["a filter before the highest", { where: "params>=2M", dropHighest: 1 }, [6]],
  ] as const)("%s", (_, choice, left) => {
    expect(lines(choice)).toEqual(left);
  });

  test("what is left out by hand is noted", () => {
    expect(chooseRows(table, wanted, { exclude: [2, 3] }).notes.at(-1)).toBe("2 of 5 rows left out by hand");
  });

  test("columns that are named for other quantities don't matter to which rows are highest", () => {
    const observing = { map: { loss: "tokens", flops: "nothing" } };
    expect([...chooseRows(table, wanted, { dropHighest: 1 }, observing).lineNumbers]).toEqual([2, 3, 4, 5]);
  });

  test("leaving nothing is refused", () => {
    expect(() => lines({ exclude: [2, 3, 4, 5, 6] })).toThrow("cannot leave out all 5 rows of runs.csv");
  });
});
