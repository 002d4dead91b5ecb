import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCsv } from "../../src/import/index.ts";
import { contentHash, observe, type Table, tableOf } from "../../src/runs/index.ts";

const CHINCHILLA = { inputs: ["params", "tokens"], output: "loss" };
const csv = (text: string): Table => readCsv(text, { origin: "runs.csv" });
const said = (table: Table, wanted = CHINCHILLA) =>
  Object.fromEntries(
    observe(table, wanted).mapping.map(({ quantity, column, rule }) => [quantity, column ?? rule]),
  );

describe("columns are guessed from names", () => {
  test.each([
    ["N,D,L", ["N", "D", "L"]],
    ["n_params,train_tokens,val_loss", ["n_params", "train_tokens", "val_loss"]],
    ["Model Size,Training Tokens,eval/loss", ["Model Size", "Training Tokens", "eval/loss"]],
    ["numParams,numTokens,validation loss", ["numParams", "numTokens", "validation loss"]],
    ["num_params_total,tokens_seen,loss", ["num_params_total", "tokens_seen", "loss"]],
    ["non_embedding_params,tokens,loss_c4", ["non_embedding_params", "tokens", "loss_c4"]],
    ["params_nonembed,tokens,final_loss", ["params_nonembed", "tokens", "final_loss"]],
  ])("%s", (header, [params, tokens, loss]) => {
    expect(said(csv(`${header}\n1,2,3\n`))).toEqual({ params, tokens, loss });
  });

  test.each([
    // The exact name wins over a looser one, validation over training, and a word of another quantity is no candidate.
    ["params,params_non_embedding,tokens,loss", "params", "params"],
    ["params,tokens,unique_tokens,batch_tokens,loss", "tokens", "tokens"],
    ["params,tokens,tokens_per_param,loss", "tokens", "tokens"],
    ["params,tokens,train_loss,val_loss", "loss", "val_loss"],
    ["params,tokens,smooth_loss,loss,loss_std", "loss", "loss"],
    ["params,tokens,l,train_loss", "loss", "train_loss"],
    ["params,tokens (B),tokens,loss", "tokens", "tokens"],
  ])("of %s, %s is %s", (header, quantity, column) => {
    const cells = header.split(",").map(() => "1");
    expect(said(csv(`${header}\n${cells.join(",")}\n`))[quantity]).toBe(column);
  });

  test("a column without numbers is no candidate: param_count may hold the name of a convention", () => {
    expect(said(csv("param_count,model_params,tokens,loss\nkaplan,1e6,1e9,3\n")).params).toBe("model_params");
  });

  test("several that fit equally well are an error that names them and the remedy", () => {
    expect(() => observe(csv("params,tokens,loss_a,loss_b\n1,2,3,4\n"), CHINCHILLA)).toThrow(
      'cannot choose the loss column of runs.csv: 2 fit equally well ("loss_a", "loss_b"); ' +
        "name one with --map loss=loss_a",
    );
    expect(() => observe(csv("params_total,params_active,tokens,loss\n1,2,3,4\n"), CHINCHILLA)).toThrow(
      '("params_total", "params_active")',
    );
  });

  test("none that fits is an error that lists the columns and the remedy", () => {
    expect(() => observe(csv("params,tokens,grade\n1,2,3\n"), CHINCHILLA)).toThrow(
      "cannot find the loss in runs.csv: no column looks like it, columns: params, tokens, grade; " +
        "name one with --map loss=COLUMN",
    );
  });

  test("a stranger's own input is found by its exact name", () => {
    const observed = observe(csv("batch,loss\n-1,3\n"), { inputs: ["batch"], output: "loss" });
    expect(observed.columns.batch).toEqual(Float64Array.of(-1));
  });
});

describe("--map", () => {
  const table = csv("N_total,D,final,val_loss\n1,2,3,4\n");

  test("what is given is taken, said to be given, and frees the other guesses", () => {
    const { mapping, columns } = observe(table, CHINCHILLA, { map: { loss: "final" } });
    expect(mapping.find(({ quantity }) => quantity === "loss")).toMatchObject({
      column: "final",
      how: "given",
    });
    expect(columns.loss).toEqual(Float64Array.of(3));
  });

  test.each([
    [{ los: "final" }, 'cannot map "los": no such quantity; did you mean "loss"?'],
    [{ loss: "val_los" }, 'runs.csv has no column "val_los"; did you mean "val_loss"?'],
  ])("a slip of the pen is an error with the likely word (%j)", (map, message) => {
    expect(() => observe(table, CHINCHILLA, { map: map as Record<string, string> })).toThrow(message);
  });

  test("a mapping that nothing asked for is said, not swallowed", () => {
    const { notes } = observe(table, CHINCHILLA, { map: { flops: "final" } });
    expect(notes).toContain("flops=final was given but nothing asked for it");
  });
});

describe("units come to base units", () => {
  test.each([
    ["tokens (B)", "70.1", 70.1e9],
    ["tokens_M", "12.5", 12.5e6],
    ["Tokens in billions", "2", 2e9],
    ["Tokens (in billions)", "2", 2e9],
    ["tokens [1e9]", "3", 3e9],
    ["tokens_1e9", "3", 3e9],
    ["tokensB", "1.4", 1.4e9],
    ["D (T)", "1.4", 1.4e12],
    ["tokens", "1.4T", 1.4e12],
    ["tokens", '"1,000,000"', 1e6],
    ["tokens (B)", "1.4T", 1.4e12],
  ])("%s with %s", (header, cell, value) => {
    // Exact: a power of ten is applied to the text, so the double is the nearest one to what was written.
    expect(observe(csv(`params,${header},loss\n1,${cell},3\n`), CHINCHILLA).columns.tokens[0]).toBe(value);
  });

  test.each([
    ["flops", "flops", 1],
    ["flops", "PFLOPs", 1e15],
    ["flops", "training compute (EFLOPs)", 1e18],
    ["flops", "compute (PF-days)", 8.64e19],
    ["flops", "compute_pf_days", 8.64e19],
    ["flops", "flops_1e21", 1e21],
    ["seconds", "wall time (h)", 3600],
    ["seconds", "runtime_minutes", 60],
    ["accuracy", "accuracy (%)", 0.01],
    ["loss", "loss (bits per token)", Math.LN2],
    ["loss", "loss (nats)", 1],
  ])("%s from %s times %d", (quantity, header, scale) => {
    const { mapping } = observe(csv(`${header}\n1\n`), { inputs: [quantity], output: quantity });
    expect(mapping).toMatchObject([{ quantity, column: header, scale, how: "guessed" }]);
  });

  test("a unit in the name that makes absurd counts is used and said", () => {
    const { columns, notes } = observe(csv("params_b,tokens,loss\n7e10,2,3\n"), CHINCHILLA);
    expect(columns.params).toEqual(Float64Array.of(7e19));
    expect(notes.join("\n")).toContain('column "params_b" was read in units of');
  });

  test("bits per byte stay as they are, and that is said", () => {
    const { columns, notes } = observe(csv("params,tokens,val_bpb\n1,2,0.8\n"), CHINCHILLA);
    expect(columns.loss).toEqual(Float64Array.of(0.8));
    expect(notes.join("\n")).toContain('"val_bpb" is in bits per byte');
  });
});

describe("conventions are what the header states", () => {
  test.each([
    ["params", "unstated"],
    ["params_total", "total"],
    ["Parameters (non-embedding)", "nonEmbedding"],
    ["params_nonemb", "nonEmbedding"],
    ["non_vocab_params", "nonEmbedding"],
    ["active_params", "active"],
  ])("%s is %s", (header, convention) => {
    const { conventions, notes } = observe(csv(`${header},tokens,loss\n1,2,3\n`), CHINCHILLA);
    expect(conventions).toEqual({ params: convention, flops: null });
    expect(notes.some((note) => note.includes("taken as unstated"))).toBe(convention === "unstated");
  });

  const both = csv("params_total,params_active,tokens,loss\n10,1,2,3\n");

  test("the user's own statement chooses between columns", () => {
    const { columns, conventions } = observe(both, CHINCHILLA, { convention: { params: "active" } });
    expect(columns.params).toEqual(Float64Array.of(1));
    expect(conventions.params).toBe("active");
  });

  test("a statement that no column meets is an error; against a named column it stands, and that is said", () => {
    const convention = { params: "nonEmbedding" } as const;
    expect(() => observe(both, CHINCHILLA, { convention })).toThrow(
      "cannot take nonEmbedding params from runs.csv",
    );
    const { notes } = observe(both, CHINCHILLA, { convention, map: { params: "params_total" } });
    expect(notes).toContain('column "params_total" says total params; taken as nonEmbedding, as was asked');
  });
});

describe("what has no column is derived under C = 6ND, and said to be", () => {
  test.each([
    ["flops,tokens,loss", "params", "flops / (6 * tokens)", 4 / 18],
    ["flops,params,loss", "tokens", "flops / (6 * params)", 4 / 18],
    ["params,tokens,loss", "flops", "6 * params * tokens", 72],
    ["params,tokens,loss", "tokensPerParam", "tokens / params", 3 / 4],
    ["steps,batch_tokens,loss", "tokens", "steps * batchTokens", 12],
    ["params,tokens_per_param,loss", "tokens", "params * tokensPerParam", 12],
    // Through an intermediate: tokens from C = 6ND, then tokens / params.
    ["flops,params,loss", "tokensPerParam", "tokens / params", 4 / 18 / 3],
  ])("%s: %s = %s", (header, quantity, rule, value) => {
    const observed = observe(csv(`${header}\n4,3,2\n`), { inputs: [quantity], output: "loss" });
    const entry = observed.mapping.find((mapped) => mapped.quantity === quantity);
    expect(entry).toMatchObject({ column: null, how: "derived", rule });
    // One or two roundings of a double.
    expect(observed.columns[quantity][0]).toBeCloseTo(value, 14);
    expect(Object.keys(observed.columns).sort()).toEqual([quantity, "loss"].sort());
  });

  test("derived flops are 6ND, derived params are unstated", () => {
    const table = csv("params_total,tokens,loss\n4,3,2\n");
    expect(observe(table, { inputs: ["flops"], output: "loss" }).conventions.flops).toBe("6ND");
    const other = csv("flops,tokens,loss\n4,3,2\n");
    expect(observe(other, CHINCHILLA).conventions.params).toBe("unstated");
  });

  test("a derivation whose column must be chosen says so instead of claiming that there is none", () => {
    expect(() => observe(csv("params,flops_a,flops_b,loss\n1,2,3,4\n"), CHINCHILLA)).toThrow(
      "cannot choose the flops",
    );
  });
});

describe("bad cells", () => {
  const bad = csv(
    "params,tokens,loss,note\n1e6,1e9,3,a\n1e6,,2,b\n2e6,1e9,nan,c\n-1,0,inf,d\n3e6,1e9,oops,e\n4e6,1e9,2,f\n",
  );

  test("throw with file, row (the header is row 1) and column, five listed and all counted", () => {
    expect(() => observe(bad, CHINCHILLA)).toThrow(
      [
        'runs.csv, row 3, column "tokens": expected a number above 0, got ""',
        'runs.csv, row 4, column "loss": expected a number above 0, got "nan"',
        'runs.csv, row 5, column "params": expected a number above 0, got "-1"',
        'runs.csv, row 5, column "tokens": expected a number above 0, got "0"',
        'runs.csv, row 5, column "loss": expected a number above 0, got "inf"',
        "and 1 more, 6 cells in all",
        "correct them, or leave such rows out with --skip-bad-rows (rows are lines of the file, the header is row 1)",
      ].join("\n"),
    );
  });

  test("a single one is one line", () => {
    expect(() => observe(csv("params,tokens,loss\n1,1,1\n1,1,0\n"), CHINCHILLA)).toThrow(
      /^runs\.csv, row 3, column "loss": expected a number above 0, got "0"; correct it, or leave [^\n]*$/,
    );
  });

  test("a column without a single good cell is the wrong column, and no row is worth skipping", () => {
    expect(() => observe(csv("params,tokens,loss\n1,1,-1\n1,1,-2\n"), CHINCHILLA)).toThrow(
      'no cell of "loss" can be used: name another column with --map',
    );
  });

  test("skipBadRows leaves those rows out, lists every one, and keeps lines and labels in step", () => {
    const observed = observe(bad, CHINCHILLA, { skipBadRows: true });
    expect(observed.rows).toBe(2);
    expect(observed.lines).toEqual(Int32Array.of(2, 7));
    expect(observed.labels).toEqual({ note: ["a", "f"] });
    expect(observed.skipped.map(({ line, column, got }) => [line, column, got])).toEqual([
      [3, "tokens", ""],
      [4, "loss", "nan"],
      [5, "params", "-1"],
      [6, "loss", "oops"],
    ]);
    expect(observed.notes).toContain("4 of 6 rows skipped because of cells that cannot be used");
  });

  test("bad cells in columns that nothing needs harm nothing", () => {
    expect(observe(csv("params,tokens,loss,acc\n1,1,1,nan\n"), CHINCHILLA).skipped).toEqual([]);
  });

  test("nothing left is an error also when skipping", () => {
    expect(() => observe(csv("params,tokens,loss\n1,1,0\n"), CHINCHILLA, { skipBadRows: true })).toThrow(
      "none of its 1 rows is left",
    );
  });
});

describe("European decimals are never read a thousand times wrong", () => {
  const losses = (cells: readonly string[], origin = "runs.csv") =>
    observe(
      tableOf(
        cells.map((loss) => ({ params: 1e6, tokens: 1e9, loss })),
        { origin, lineNumbers: Int32Array.from(cells, (_, i) => i + 2) },
      ),
      CHINCHILLA,
    );

  test('quoted "3,722" and nothing that settles it is refused with both readings and the remedy', () => {
    expect(() => observe(csv('params,tokens,loss\n1e6,1e9,"3,722"\n2e6,1e9,"2,551"\n'), CHINCHILLA)).toThrow(
      'runs.csv, row 2, column "loss": "3,722" can be read as 3.722 (a decimal comma) or as 3722 (a comma between ' +
        "thousands), and no cell of the column settles it; say which with --decimal comma or --decimal point (in " +
        "readCsv: decimal), or write 3.722 or 3722 throughout the column",
    );
  });

  test("skipBadRows does not skip the question", () => {
    const table = csv('params,tokens,loss\n1e6,1e9,"3,722"\n2e6,1e9,3\n');
    expect(() => observe(table, CHINCHILLA, { skipBadRows: true })).toThrow("can be read as 3.722");
  });

  test("a semicolon file with 1.0 in an unrelated column still asks about 3,722", () => {
    expect(() => observe(csv("params;tokens;loss;v\n1e6;1e9;3,722;1.0\n"), CHINCHILLA)).toThrow(
      '"3,722" can be read as 3.722',
    );
  });

  test("18,900 params in a semicolon file are refused, 18,9M are 18.9 million", () => {
    const file = (cell: string) => csv(`params;tokens;loss\n${cell};1e9;3,5\n`);
    expect(() => observe(file("18,900"), CHINCHILLA)).toThrow(
      'column "params": "18,900" can be read as 18.900',
    );
    expect(observe(file("18,9M"), CHINCHILLA).columns.params[0]).toBe(18.9e6);
  });

  test.each<[string, string[], number[]]>([
    ["another cell with two decimals", ["3,722", "3,51"], [3.722, 3.51]],
    ["a cell that begins with 0", ["1,722", "0,951"], [1.722, 0.951]],
    ["a cell with four digits before the comma", ["3,722", "1234,567"], [3.722, 1234.567]],
    ["points between thousands", ["3,722", "1.234,567"], [3.722, 1234.567]],
    ["two groups of thousands", ["3,722", "1,000,000"], [3722, 1e6]],
    ["a decimal point after the thousands", ["3,722", "1,000.5"], [3722, 1000.5]],
  ])("%s settles the column, and a note says how it was read", (_, cells, expected) => {
    const { columns, notes } = losses(cells);
    expect([...columns.loss]).toEqual(expected);
    const how = expected[0] > 1000 ? "marks between thousands" : "decimal marks";
    expect(notes.some((note) => note.startsWith(`commas in column "loss" were read as ${how}: `))).toBe(true);
  });

  test.each([
    ["3,72 beside 1,000,000", ["3,72", "1,000,000"]],
    ["3,72 beside 3.5", ["3,72", "3.5"]],
    ["1,000,000 beside 18.900.000", ["18.900.000", "1,000,000"]],
  ])("%s contradict one another and are refused with both rows", (_, cells) => {
    expect(() => losses(cells)).toThrow(
      `runs.csv, row 2, column "loss": "${cells[0]}" and "${cells[1]}" (runs.csv, row 3) cannot have the same`,
    );
  });

  test("a point elsewhere in the column does not make 3,722 a loss of 3722", () => {
    expect(() => losses(["3,722", "3.5"])).toThrow('"3,722" can be read as 3.722');
  });

  test("950.000 beside 18.900.000 is not 950", () => {
    const table = csv("params;tokens;loss\n18.900.000;1e9;3\n950.000;1e9;3\n");
    expect(() => observe(table, CHINCHILLA, { skipBadRows: true })).toThrow(
      '"18.900.000" has points between its thousands',
    );
  });

  test("params of 18.900.000 alone: the column is named, with what it holds and what to write", () => {
    expect(() => observe(csv("params;tokens;loss\n18.900.000;1e9;3\n"), CHINCHILLA)).toThrow(
      "cannot find the params in runs.csv: column params holds text, e.g. 18.900.000; write 18900000, without points " +
        "between thousands, or name another column with --map params=COLUMN (columns: params, tokens, loss)",
    );
  });

  test("a column that nothing needs may hold 3,722", () => {
    expect(observe(csv('params,tokens,loss,x\n1e6,1e9,3,"3,722"\n'), CHINCHILLA).labels.x).toEqual(["3,722"]);
  });

  test("any numbers with two decimals come back from their European text (planted)", () => {
    const cents = fc.array(fc.integer({ min: 1, max: 1e9 }), { minLength: 1 });
    fc.assert(
      fc.property(cents, fc.boolean(), (numbers, grouped) => {
        const text = (n: number) => {
          const whole = String(Math.floor(n / 100));
          const part = String(n % 100).padStart(2, "0");
          return `${grouped ? whole.replace(/\B(?=(?:\d{3})+$)/g, ".") : whole},${part}`;
        };
        expect([...losses(numbers.map(text)).columns.loss]).toEqual(numbers.map((n) => n / 100));
      }),
      { seed: 5, numRuns: 200 },
    );
  });
});

describe("findings are advice with stable codes, in the notes too, and remove nothing", () => {
  const found = (text: string, wanted = CHINCHILLA) => {
    const observed = observe(csv(text), wanted);
    for (const { message } of observed.findings) expect(observed.notes).toContain(message);
    expect(observed.rows).toBe(text.trim().split("\n").length - 1);
    return observed.findings;
  };
  const codes = (text: string, wanted = CHINCHILLA) => found(text, wanted).map(({ code }) => code);

  test("ordinary data have none", () => {
    expect(found("params,tokens,loss\n7e7,1.4e9,3.2\n1e8,1.4e9,3.1\n")).toEqual([]);
  });

  test.each([
    ["a loss of 3722, its decimal mark lost", "1e7,1e9,3722", ["loss-above-guessing"]],
    ["params in millions without a unit", "70,1e9,3", ["params-tiny"]],
    ["params of 1e16", "1e16,1e9,3", ["params-huge"]],
    ["tokens in billions without a unit", "1e7,300,3", ["tokens-tiny"]],
    ["tokens of 1e300", "1e7,1e300,3", ["tokens-huge"]],
    [
      "a product of params and tokens that overflows",
      "1e200,1e200,3",
      ["params-huge", "tokens-huge", "flops-overflow"],
    ],
    ["one loss of 1e300", "1e7,1e9,1e300", ["loss-above-guessing"]],
  ])("%s", (_, row, expected) => {
    expect(codes(`params,tokens,loss\n2e7,1e9,3.5\n${row}\n`)).toEqual(expected);
  });

  test("they name the row, and count the rows where there are several", () => {
    expect(found("params,tokens,loss\n2e7,1e9,3.5\n70,1e9,3\n")[0].message).toMatch(/^row 3: 70 params /);
    expect(found("params,tokens,loss\n60,1e9,3.5\n70,1e9,3\n")[0].message).toMatch(
      /^2 of 2 rows, such as row 2: 60 params /,
    );
  });

  test("rows pasted twice are found, rows of one model with another loss are not", () => {
    const [finding, ...others] = found("params,tokens,loss\n2e7,1e9,3.5\n2e7,1e9,3.6\n2e7,1e9,3.5\n");
    expect(others).toEqual([]);
    expect(finding.code).toBe("duplicate-rows");
    expect(finding.message).toContain("1 of 3 rows repeats an earlier one digit for digit (row 4 is row 2)");
  });

  test("duplicates are counted right among any rows (against a plain count)", () => {
    const row = fc.tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
    );
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), (rows) => {
        const text = rows.map((cells) => cells.join("e6,")).join("\n");
        const message = found(`params,tokens,loss\n${text}\n`).find(
          ({ code }) => code === "duplicate-rows",
        )?.message;
        const expected = rows.length - new Set(rows.map(String)).size;
        expect(Number(message?.split(" ")[0] ?? 0)).toBe(expected);
      }),
      { seed: 6, numRuns: 200 },
    );
  });

  test("bits per byte into a loss, which is then not measured in nats", () => {
    expect(codes("params,tokens,val_bpb\n1e7,1e9,0.8\n")).toEqual(["bits-per-byte"]);
    for (const name of ["loss (bits/byte)", "loss (bits per byte)", "val_loss_bits_per_byte"])
      expect(codes(`params,tokens,${name}\n1e7,1e9,30\n`)).toEqual(["bits-per-byte"]);
    // Beside a loss in nats it is no rival.
    expect(codes("params,tokens,loss (bits/byte),val_loss\n1e7,1e9,0.9,3\n")).toEqual([]);
  });

  test("repeats are the subject of a law that asks for unique tokens, and no finding", () => {
    const wanted = { inputs: ["params", "tokens", "uniqueTokens"], output: "loss" };
    expect(codes("params,tokens,unique_tokens,loss\n1e7,1e9,1e6,3\n", wanted)).toEqual([]);
    expect(codes("params,tokens,unique_tokens,loss\n1e7,1e9,1e10,3\n", wanted)).toEqual([
      "more-unique-than-seen",
    ]);
  });
});

describe("which of several losses", () => {
  const row = "1e7,1e9,3,3.1,2.9";

  test('exactly "loss" stays the loss, and that val_loss and train_loss are there is a finding', () => {
    const { mapping, findings } = observe(
      csv(`params,tokens,loss,val_loss,train_loss\n${row}\n`),
      CHINCHILLA,
    );
    expect(mapping.find(({ quantity }) => quantity === "loss")?.column).toBe("loss");
    expect(findings).toMatchObject([{ code: "other-loss-columns" }]);
    expect(findings[0].message).toContain('"val_loss", "train_loss" (--map loss=val_loss)');
  });

  test.each(["Loss", "L", "final_loss", "lm loss"])(
    "a bare %s gives way to val_loss, without a finding",
    (name) => {
      const observed = observe(csv(`params,tokens,${name},val_loss,train_loss\n${row}\n`), CHINCHILLA);
      expect(observed.mapping.find(({ quantity }) => quantity === "loss")?.column).toBe("val_loss");
      expect(observed.findings).toEqual([]);
    },
  );

  test("a loss that the user names is nobody's oversight", () => {
    const table = csv(`params,tokens,loss,val_loss,train_loss\n${row}\n`);
    expect(observe(table, CHINCHILLA, { map: { loss: "train_loss" } }).findings).toEqual([]);
  });
});

describe("the hash of observations", () => {
  test("is that of the numbers alone: neither file nor column names nor notation change it", () => {
    const a = observe(csv("params,tokens,loss\n70000000,1.4e9,3.2\n"), CHINCHILLA);
    const b = observe(readCsv("val_loss;N;tokens (B)\n3.2;70M;1.4\n", { origin: "other.csv" }), CHINCHILLA);
    expect(b.hash).toBe(a.hash);
    expect(a.hash).toBe(contentHash({ params: [7e7], tokens: [1.4e9], loss: [3.2] }));
  });
});

test("planted columns come back whatever their order, scale and neighbours (base units)", () => {
  const positive = fc.double({ min: 1e-3, max: 1e15, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.record({ N: positive, D: positive, L: positive }), { minLength: 1 }), (rows) => {
      const table = tableOf(
        rows.map(({ N, D, L }) => ({ seed: 1, val_loss: L, "tokens (B)": D, group: "x", num_params: N })),
        { origin: "planted" },
      );
      const { columns } = observe(table, CHINCHILLA);
      expect([...columns.params]).toEqual(rows.map(({ N }) => N));
      expect([...columns.loss]).toEqual(rows.map(({ L }) => L));
      rows.forEach(({ D }, i) => {
        // Two doubles next to each other at most: the scale is applied to the decimal text.
        expect(Math.abs(columns.tokens[i] / (D * 1e9) - 1)).toBeLessThan(4e-16);
      });
    }),
    { seed: 3, numRuns: 100 },
  );
});

const OLMO = new URL("../../../shared/data/training/olmo_ladder_final.csv", import.meta.url);
test.skipIf(!existsSync(OLMO))("OLMo ladder: params_nonembed is read as non-embedding, no row lost", () => {
  const table = readCsv(readFileSync(OLMO, "utf8"), { origin: "olmo_ladder_final.csv" });
  const observed = observe(table, CHINCHILLA);
  // Source: the data's own description, 432 rows, parameters without embeddings.
  expect(observed.rows).toBe(432);
  expect(observed.conventions.params).toBe("nonEmbedding");
});
