import { assemble, type Code, op } from "../wasm.ts";
import { scalarFunction } from "./functions.ts";
import { type Graph, type Node, reachable } from "./graph.ts";
import { doubleExp, doubleLog, functionTable, scratchLocals } from "./sums-functions.ts";

/** Sums over the rows of a data set, of any expressions of a graph. */
export interface Sums {
  /** The columns that may change between runs, to be written in place. */
  readonly live: Readonly<Record<string, Float64Array>>;
  /** Works the sums out at these parameters, in the order of the outputs; the result is overwritten by the next run. */
  run(parameters: ArrayLike<number>): Float64Array;
}

/**
 * Σ over rows of every output, in one pass.
 *
 * What depends on the data alone is a column, worked out once; what depends on the parameters alone is a scalar,
 * worked out once a run. The rest is compiled into one WebAssembly loop that takes two rows at a time and keeps
 * everything in registers: no column of intermediate results is ever written. Its exp and log are within 2 units in the
 * last place; a power with a base that moves with the rows is exp(y·ln x).
 *
 * @param columns every input's column, all of one length
 * @param live the inputs whose columns change between runs; the graph has to say that they are of stage `row`
 * @param parameters in the order of `run`'s vector
 */
export function bindSums(
  graph: Graph,
  outputs: readonly Node[],
  columns: Readonly<Record<string, Float64Array>>,
  live: readonly string[],
  parameters: readonly string[],
): Sums {
  const rows = Object.values(columns)[0]!.length;
  const padded = rows + (rows % 2);
  const needed = reachable(outputs);
  const placed = place(needed, columns, rows);

  // memory: the functions' numbers, a scalar a node, the sums of both lanes, the columns
  const scalarsAt = 8 * functionTable.length;
  const sumsAt = scalarsAt + 8 * graph.nodes.length;
  const columnsAt = sumsAt + 16 * outputs.length;
  const columnOf = new Map<Node, number>();
  for (const node of [...placed.keys()]) columnOf.set(node, columnsAt + 8 * padded * columnOf.size);
  const { body, locals, imports } = loopOver(needed, outputs, { columnOf, scalarsAt, sumsAt });
  const { memory, run } = assemble(
    [{ takes: ["i32", "i32"], gives: [], locals, body }],
    imports,
    columnsAt + 8 * padded * columnOf.size,
  );

  memory.set(functionTable);
  const scalars = memory.subarray(functionTable.length, functionTable.length + graph.nodes.length);
  for (const [node, column] of placed) {
    const at = columnOf.get(node)! / 8;
    memory.set(column, at);
  }
  const liveColumns = Object.fromEntries(
    live.map((name) => {
      const at = columnOf.get(graph.name(name))! / 8;
      return [name, memory.subarray(at, at + rows)];
    }),
  );
  const scalarSteps = scalarStepsOf(needed, scalars);
  const slots = parameters.map((name) => graph.name(name).id);
  const sums = new Float64Array(outputs.length);
  const lanes = memory.subarray(sumsAt / 8, sumsAt / 8 + 2 * outputs.length);
  return {
    live: liveColumns,
    run(at) {
      for (let i = 0; i < slots.length; i++) scalars[slots[i]!] = at[i]!;
      for (let i = 0; i < scalarSteps.length; i++) scalarSteps[i]!();
      sums.fill(0);
      const even = 8 * (rows - (rows % 2));
      if (even > 0) {
        run(even, 0);
        for (let i = 0; i < sums.length; i++) sums[i] = lanes[2 * i]! + lanes[2 * i + 1]!;
      }
      if (padded > rows) {
        run(8 * padded, even); // of the last pair only one row counts
        for (let i = 0; i < sums.length; i++) sums[i]! += lanes[2 * i]!;
      }
      return sums;
    },
  };
}

/** The columns that the loop reads: the inputs it names, and what follows from inputs alone. */
function place(
  needed: readonly Node[],
  columns: Readonly<Record<string, Float64Array>>,
  rows: number,
): Map<Node, Float64Array> {
  const all = new Map<Node, Float64Array>();
  const read = new Set<Node>();
  for (const node of needed) {
    if (node.op === "name" && node.stage !== "parameter") {
      all.set(node, columns[node.name]!);
      if (node.stage === "row") read.add(node);
    } else if (node.stage === "input") {
      const [x, y] = node.args as [Node, Node | undefined];
      const apply = scalarFunction(node.op);
      const left = all.get(x);
      const right = y && all.get(y);
      const out = new Float64Array(rows);
      const constant = (arg: Node | undefined): number => arg?.value ?? 0;
      for (let i = 0; i < rows; i++)
        out[i] = apply(left ? left[i]! : constant(x), right ? right[i]! : constant(y));
      all.set(node, out);
    }
    if (node.stage === "row") for (const arg of node.args) if (all.has(arg)) read.add(arg);
  }
  return new Map([...all].filter(([node]) => read.has(node)));
}

function scalarStepsOf(needed: readonly Node[], scalars: Float64Array): (() => void)[] {
  const steps: (() => void)[] = [];
  for (const { id, op: what, stage, value, args } of needed) {
    if (what === "number") scalars[id] = value;
    else if (stage === "parameter" && what !== "name") {
      const [x, y] = args as [Node, Node | undefined];
      const apply = scalarFunction(what);
      const first = x.id;
      const second = y?.id ?? x.id;
      steps.push(() => {
        scalars[id] = apply(scalars[first]!, scalars[second]!);
      });
    }
  }
  return steps;
}

/**
 * The loop: local 0 is the place in the columns, in bytes, which goes down to local 1.
 *
 * A node is worked out where it is first wanted and kept in a local only if it is wanted again, so that few values are
 * alive at a time.
 */
function loopOver(
  needed: readonly Node[],
  outputs: readonly Node[],
  { columnOf, scalarsAt, sumsAt }: Layout,
): { body: Code; locals: number; imports: ((x: number, y: number) => number)[] } {
  const rowNodes = needed.filter((node) => node.stage === "row" && node.op !== "name");
  const uses = new Map<Node, number>();
  const use = (node: Node, times = 1): void => {
    uses.set(node, (uses.get(node) ?? 0) + times);
  };
  for (const node of rowNodes) for (const arg of node.args) use(arg, inline.has(node.op) ? 1 : 2);
  outputs.forEach((node) => {
    use(node);
  });
  // functions that the loop hasn't are called back for each row
  const special = [...new Set(rowNodes.map((node) => node.op))].filter((name) => !known.has(name));

  const firstSum = scratch + scratchLocals;
  let locals = firstSum + outputs.length;
  const localOf = new Map<Node, number>();
  const body: number[] = [];
  const put = (...codes: readonly Code[]): void => {
    for (const code of codes) for (const byte of code) body.push(byte);
  };
  const value = (node: Node): void => {
    const local = localOf.get(node);
    const column = columnOf.get(node);
    if (local !== undefined) put(op.get(local));
    else if (column !== undefined) put(op.get(0), op.load(column));
    else if (node.stage !== "row") put(op.int(0), op.loadBoth(scalarsAt + 8 * node.id));
    else {
      compute(node);
      if (uses.get(node)! > 1) {
        localOf.set(node, locals);
        put(op.tee(locals++));
      }
    }
  };
  const compute = (node: Node): void => {
    const [x, y] = node.args as [Node, Node];
    const instruction = instructions[node.op];
    if (instruction) {
      value(x);
      if (y !== undefined) value(y);
      put(instruction);
    } else if (node.op === "^") power(x, y);
    else if (node.op === "softplus") {
      value(x);
      put(op.both(0), op.max, op.both(0));
      value(x);
      put(op.abs, op.sub, doubleExp(scratch), log1p, op.add);
    } else {
      const call = op.call(special.indexOf(node.op));
      for (const lane of [0, 1] as const) {
        value(x);
        put(op.lane(lane));
        value(y ?? x);
        put(op.lane(lane), call, lane === 0 ? op.splat : op.replaceLane(1));
      }
    }
  };
  /** A small whole power by multiplying, any other by exp(y·ln x). */
  const power = (x: Node, y: Node): void => {
    const times = Math.abs(y.value);
    if (y.op === "number" && Number.isInteger(times) && times >= 1 && times <= 8) {
      if (y.value < 0) put(op.both(1));
      value(x);
      for (let i = 1; i < times; i++) {
        value(x);
        put(op.mul);
      }
      if (y.value < 0) put(op.div);
    } else {
      value(x);
      put(doubleLog(scratch));
      value(y);
      put(op.mul, doubleExp(scratch));
    }
  };

  put(op.get(0), op.int(-16), op.intAdd, op.set(0));
  outputs.forEach((node, i) => {
    put(op.get(firstSum + i));
    value(node);
    put(op.add, op.set(firstSum + i));
  });
  put(op.get(0), op.get(1), op.differ);
  const stores = outputs.flatMap((_, i) => [
    ...op.int(0),
    ...op.get(firstSum + i),
    ...op.store(sumsAt + 16 * i),
  ]);
  return {
    body: [...op.loop(body), ...stores],
    locals: locals - scratch,
    imports: special.map(scalarFunction),
  };
}

const one = op.both(1);
/** The first local that is free between two instructions. */
const scratch = 2;
const [u, v] = [scratch + 1, scratch];

/** ln(1 + v): ln(u)·v / (u − 1) with u = 1 + v as it is rounded, and v itself where u is 1. */
const log1p: Code = [
  ...[...op.tee(v), ...one, ...op.add, ...op.set(u)],
  ...op.get(v),
  ...[...op.get(u), ...doubleLog(scratch + 2), ...op.get(v), ...op.mul, ...op.get(u), ...one, ...op.sub],
  ...op.div,
  ...[...op.get(u), ...one, ...op.equal, ...op.select],
];

/** What follows its arguments on the stack. */
const instructions: Readonly<Record<string, Code>> = {
  "+": op.add,
  "-": op.sub,
  "*": op.mul,
  "/": op.div,
  exp: doubleExp(scratch),
  log: doubleLog(scratch),
  log10: [...doubleLog(scratch), ...op.both(Math.LOG10E), ...op.mul],
  log1p,
  sqrt: op.sqrt,
  // 1 / (1 + e^-x)
  sigmoid: [
    ...op.both(-1),
    ...op.mul,
    ...doubleExp(scratch),
    ...one,
    ...op.add,
    ...op.set(scratch),
    ...one,
    ...op.get(scratch),
    ...op.div,
  ],
  abs: op.abs,
  min: op.min,
  max: op.max,
  atMost: [...op.atMost, ...one, ...op.and],
};
/** Those that want each argument once. */
const inline: ReadonlySet<string> = new Set(Object.keys(instructions));
/** What the loop does by itself. */
const known: ReadonlySet<string> = new Set([...inline, "^", "softplus"]);

/** Where things lie in the memory, in bytes. */
interface Layout {
  readonly columnOf: ReadonlyMap<Node, number>;
  readonly scalarsAt: number;
  readonly sumsAt: number;
}
