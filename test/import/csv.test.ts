import { existsSync, readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCsv } from "../../src/import/index.ts";

const read = (text: string, origin = "runs.csv") => readCsv(text, { origin });
const values = (text: string) => read(text).columns;

describe("readCsv reads", () => {
  const expected = { params: Float64Array.of(1e6, 2e6), name: ["a", "b"], loss: Float64Array.of(3.5, 3) };

  test.each([
    ["commas", "params,name,loss\n1e6,a,3.5\n2e6,b,3\n"],
    ["tabs", "params\tname\tloss\n1e6\ta\t3.5\n2e6\tb\t3\n"],
    ["semicolons", "params;name;loss\n1e6;a;3.5\n2e6;b;3\n"],
    ["bars", "params|name|loss\n1e6|a|3.5\n2e6|b|3\n"],
    ["a byte order mark and CRLF", "\uFEFFparams,name,loss\r\n1e6,a,3.5\r\n2e6,b,3\r\n"],
    ["mixed line ends and no last one", "params,name,loss\r\n1e6,a,3.5\n2e6,b,3"],
    ["old Mac line ends", "params,name,loss\r1e6,a,3.5\r2e6,b,3\r"],
    ["trailing blank lines", "params,name,loss\n1e6,a,3.5\n2e6,b,3\n\n\n  \n"],
    ["quotes and spaces", 'params, name ,"loss"\n"1e6", a ,3.5\n2e6,"b",3\n'],
  ])("%s", (_, text) => {
    expect(values(text)).toEqual(expected);
  });

  test("a semicolon file's decimal commas, and says so", () => {
    const table = read("params;loss\n1e6;3,25\n2e6;3\n");
    expect(table.columns.loss).toEqual(Float64Array.of(3.25, 3));
    expect(table.notes).toEqual(['commas were read as decimal marks in "loss" (3,25 is 3.25)']);
  });

  test("decimal commas column by column: a point in one column says nothing of another", () => {
    const { columns, notes } = read("params;version;loss\n1e6;1.0;3,722\n2e6;1.0;3,5\n");
    expect(columns.loss).toEqual(Float64Array.of(3.722, 3.5));
    expect(columns.version).toEqual(Float64Array.of(1, 1));
    expect(notes).toEqual(['commas were read as decimal marks in "loss" (3,5 is 3.5)']);
  });

  test("decimal commas with suffixes, points between thousands and empty cells", () => {
    const { columns } = read("params;tokens;loss\n18,9M;1.000,5;3,7\n1,4B;18.900.000;\n");
    expect(columns).toEqual({
      params: ["18.9M", "1.4B"],
      tokens: Float64Array.of(1000.5, 18900000),
      loss: Float64Array.of(3.7, Number.NaN),
    });
  });

  test("what a column leaves open by what is said of the decimal mark, and only that", () => {
    const text = "loss;params;tokens;rate;name\n3,722;18.900;1,5;0.5;a,b\n2,551;41.500;2;1.5e18;c\n";
    const comma = readCsv(text, { origin: "runs.csv", decimal: "comma" });
    expect(comma.columns).toEqual({
      loss: Float64Array.of(3.722, 2.551),
      params: Float64Array.of(18900, 41500),
      tokens: Float64Array.of(1.5, 2), // its comma is a decimal mark whatever is said
      rate: Float64Array.of(0.5, 1.5e18), // and its points too
      name: ["a,b", "c"],
    });
    expect(comma.notes.at(-1)).toBe(
      'with a decimal comma, as was said: "loss" (3,722 is 3.722), "params" (18.900 is 18900)',
    );
    const point = readCsv(text, { origin: "runs.csv", decimal: "point" }).columns;
    expect(point).toEqual({
      ...comma.columns,
      loss: Float64Array.of(3722, 2551),
      params: Float64Array.of(18.9, 41.5),
    });
    const quoted = readCsv('loss\n"3,722"\n', { origin: "runs.csv", decimal: "comma" });
    expect(quoted.columns.loss).toEqual(Float64Array.of(3.722));
  });

  test.each([
    ["1,000 alone, which could be either", "tokens;loss\n1,000;3.25\n", "tokens", ["1,000"]],
    ["18,900 in a semicolon file, which is not 18.9", "params;loss\n18,900;3,5\n", "params", ["18,900"]],
    ["commas in a column with other text", "gpus;loss\n0,1;3\nall;2\n", "gpus", ["0,1", "all"]],
    ["quoted commas in a comma file", 'gpus,loss\n"0,1",3\n', "gpus", ["0,1"]],
  ])("as text %s", (_, text, column, cells) => {
    const table = read(text);
    expect(table.columns[column]).toEqual(cells);
    expect(table.notes.join()).not.toContain(`"${column}"`);
  });

  test("a column that turns into text after many numbers, with every cell as it stands", () => {
    const cells = [...Array.from({ length: 200 }, (_, i) => (i % 7 === 0 ? "" : `${i}.50`)), "70M"];
    const { columns } = read(`a,b\n${cells.map((cell, i) => `${cell},${i}`).join("\n")}\n`);
    expect(columns.a).toEqual(cells);
    expect(columns.b).toHaveLength(201);
  });

  test("a column of empty cells as text, and a last row that ends with an empty cell after a tab", () => {
    expect(values("a\tb\n1\t\n2\t\n")).toEqual({ a: Float64Array.of(1, 2), b: ["", ""] });
  });

  test("an empty cell in a numeric column as NaN, and text as it stands", () => {
    expect(values("a,b,c\n1,70M,007\n,nan,8\n")).toEqual({
      a: Float64Array.of(1, Number.NaN),
      b: ["70M", "nan"],
      c: ["007", "8"],
    });
  });

  test("a single column", () => {
    expect(values("loss\n1\n2\n")).toEqual({ loss: Float64Array.of(1, 2) });
  });

  test("lines by number: comments, blank lines and breaks inside quotes count as an editor counts them", () => {
    const table = read(
      '# made by "x", y\nname,loss\na,1\n\n"two\nlines",2\n# more\n,,\nb,3\n# end\n'.replace(",,\n", ",\n"),
    );
    expect([...table.lineNumbers]).toEqual([3, 5, 9]);
    expect(table.columns.name).toEqual(["a", "two\nlines", "b"]);
    expect(table.notes).toEqual(["3 comment lines (#) left out", "1 row without any content left out"]);
  });

  test("a column without a name, as pandas writes its index, under its place", () => {
    const table = read(",loss\n0,3\n");
    expect(Object.keys(table.columns)).toEqual(["column 1", "loss"]);
    expect(table.notes).toEqual(['columns without a name: "column 1"']);
  });

  test("with the delimiter that is given", () => {
    expect(readCsv("a;b,c\n1;2,3\n", { origin: "x", delimiter: "," }).columns["a;b"]).toEqual(["1;2"]);
  });

  test("a column called __proto__ as any other", () => {
    expect(Object.keys(values("__proto__,constructor\n1,2\n"))).toEqual(["__proto__", "constructor"]);
  });
});

describe("readCsv refuses", () => {
  test.each([
    ["", "cannot read runs.csv: the file is empty"],
    ["\n\n# only remarks\n", "cannot read runs.csv: the file is empty"],
    ["params,loss\n", "cannot read runs.csv: it has a header (params, loss) but no rows below it"],
    ["loss,params,loss\n1,2,3\n", 'runs.csv, row 1: more than one column is named "loss"'],
    ["a,b\n1,2\n1,2,3\n", "runs.csv, row 3: expected 2 cells as in the header, got 3"],
    ["a,b\n# x\n1\n", "runs.csv, row 3: expected 2 cells as in the header, got 1"],
    ["# params,loss\n1,2\n3,4\n", "runs.csv, row 2: expected a header with column names, got numbers (1, 2)"],
    ['a,b\n1,"2\n3,4\n', "runs.csv, row 2:"],
    ["PK\u0003\u0004stuff", "cannot read runs.csv: it is not UTF-8 text"],
    ["a\0,b\0\n", "cannot read runs.csv: it is not UTF-8 text"],
  ])("%j", (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});

test("any table of text and numbers comes back from its CSV text (RFC 4180 quoting)", () => {
  // Cells are trimmed on reading and `columnOf` turns numbers into numbers: both are spoken for above.
  const text = fc.string({ unit: "grapheme" }).map((cell) => `x${cell.trim().replace(/\r\n?/g, "\n")}y`);
  const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0);
  const quote = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
  fc.assert(
    fc.property(
      fc.array(fc.record({ text, number }), { minLength: 1 }),
      fc.constantFrom(",", "\t", ";", "|"),
      fc.constantFrom("\n", "\r\n"),
      (rows, by, end) => {
        const lines = rows.map((row) => [quote(row.text), String(row.number)].join(by));
        const table = read([["text", "number"].join(by), ...lines].join(end) + end);
        expect(table.columns.text).toEqual(rows.map((row) => row.text));
        expect([...table.columns.number]).toEqual(rows.map((row) => row.number));
      },
    ),
    { seed: 4, numRuns: 300 },
  );
});

describe.each(["training", "ability"])("the public measurements in %s", (folder) => {
  const place = new URL(`../../../shared/data/${folder}/`, import.meta.url);
  const files = existsSync(place) ? readdirSync(place).filter((file) => file.endsWith(".csv")) : [];

  test.skipIf(files.length === 0)("every CSV is read, and every line of it is a row", () => {
    for (const file of files) {
      const text = readFileSync(new URL(file, place), "utf8");
      const table = read(text, file);
      // These files have one header, no comments and no line breaks in cells: lines less one are rows.
      expect([file, table.rows]).toEqual([file, text.trimEnd().split("\n").length - 1]);
      expect(table.lineNumbers[table.rows - 1]).toBe(table.rows + 1);
      expect(Object.values(table.columns).every((column) => column.length === table.rows)).toBe(true);
    }
  });
});
