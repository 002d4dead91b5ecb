import type { Formula } from "./expression.ts";
import { functions, scalarFunction } from "./functions.ts";
import { createGraph, type Graph, type Node, reachable } from "./graph.ts";

/** A formula bound to columns of data: value, gradient and Hessian of a block of rows at a time. */
export interface Program {
  readonly rows: number;
  readonly blockRows: number;
  /** Works out rows start … start + blockRows (or the end) at these parameters, and says how many rows it did. */
  run(parameters: Float64Array, start: number): number;
  /** Filled by run. */
  readonly value: Float64Array;
  /** ∂value/∂parameter, a column each; null where it is zero everywhere. */
  readonly gradient: readonly (Float64Array | null)[];
  /** The second derivatives that aren't zero everywhere, each pair once (first ≤ second). */
  readonly hessian: readonly {
    readonly first: number;
    readonly second: number;
    readonly column: Float64Array;
  }[];
}

type Step = (start: number, count: number) => void;

/** Where a column operation reads: `data` columns hold all rows, `block` buffers only those at hand. */
interface Operand {
  readonly values: Float64Array;
  readonly isData: boolean;
}

const largestBlock = 512; // some thirty buffers of 512 rows stay in the second-level cache

/**
 * Binds a formula to columns.
 *
 * What depends on the data alone is worked out here, once; what depends on the parameters alone is a scalar; the
 * rest runs column by column over blocks of rows. Value, gradient and Hessian share their common parts, because
 * they come from one graph. No code is generated.
 *
 * @param columns a column for every input of the formula, all of one length
 * @param parameters the names of the parameters, in the order of `run`'s vector
 * @param order 0: value, 1: and gradient, 2: and Hessian
 */
export function bindFormula(
  formula: Formula,
  columns: Readonly<Record<string, Float64Array>>,
  parameters: readonly string[],
  { order = 2 }: { order?: 0 | 1 | 2 } = {},
): Program {
  const index = new Map(parameters.map((name, i) => [name, i]));
  const graph = createGraph((name) => (index.has(name) ? "parameter" : "input"));
  const outputs = derive(graph, graph.read(formula), parameters, order);
  for (const name of formula.free)
    if (!index.has(name) && columns[name] === undefined)
      throw new Error(
        `cannot evaluate the formula "${formula.source}": "${name}" is neither a parameter nor a column`,
      );
  const lengths = Object.values(columns).map((column) => column.length);
  const rows = lengths[0] ?? 1;
  if (lengths.some((length) => length !== rows))
    throw new Error(`cannot evaluate the formula: columns differ in length (${lengths.join(", ")})`);

  const blockRows = Math.min(rows, largestBlock);
  const scalars = new Float64Array(graph.nodes.length);
  const scalarSteps: (() => void)[] = [];
  const rowSteps: Step[] = [];
  const data = new Map<Node, Float64Array>();
  const blocks = new Map<Node, Float64Array>();

  const needed = reachable([outputs.value, ...outputs.gradient, ...outputs.hessian.map((h) => h.node)]);
  for (const node of needed) {
    if (node.stage === "constant") scalars[node.id] = node.value;
    else if (node.stage === "parameter") {
      if (node.op === "name") continue;
      const [x, y] = node.args as [Node, Node];
      const apply = scalarFunction(node.op);
      scalarSteps.push(() => {
        scalars[node.id] = apply(scalars[x.id]!, y === undefined ? 0 : scalars[y.id]!);
      });
    } else if (node.stage === "input") {
      const column = node.op === "name" ? columns[node.name]! : new Float64Array(rows);
      data.set(node, column);
      if (node.op !== "name") columnStep(node, column, operandOf, scalars)(0, rows);
    } else {
      const column = new Float64Array(blockRows);
      blocks.set(node, column);
      rowSteps.push(columnStep(node, column, operandOf, scalars));
    }
  }
  function operandOf(node: Node): Operand | null {
    const whole = data.get(node);
    if (whole) return { values: whole, isData: true };
    const block = blocks.get(node);
    return block ? { values: block, isData: false } : null;
  }

  /** An output as a block column, whatever its stage. */
  const present = (node: Node): Float64Array => {
    const block = blocks.get(node);
    if (block) return block;
    const column = new Float64Array(blockRows);
    const whole = data.get(node);
    rowSteps.push(
      whole
        ? (start, count) => column.set(whole.subarray(start, start + count))
        : (_, count) => column.fill(scalars[node.id]!, 0, count),
    );
    return column;
  };
  const isZero = (node: Node): boolean => node.op === "number" && node.value === 0;
  const value = present(outputs.value);
  const gradient = outputs.gradient.map((node) => (isZero(node) ? null : present(node)));
  const hessian = outputs.hessian
    .filter((h) => !isZero(h.node))
    .map(({ first, second, node }) => ({ first, second, column: present(node) }));

  const parameterNodes = needed.filter((node) => node.op === "name" && node.stage === "parameter");
  const parameterIds = parameterNodes.map((node) => node.id);
  const positions = parameterNodes.map((node) => index.get(node.name)!);
  let current: Float64Array | null = null;
  const run = (at: Float64Array, start: number): number => {
    if (start === 0 || current !== at) {
      for (let i = 0; i < parameterIds.length; i++) scalars[parameterIds[i]!] = at[positions[i]!]!;
      for (let i = 0; i < scalarSteps.length; i++) scalarSteps[i]!();
      current = at;
    }
    const count = Math.min(blockRows, rows - start);
    for (let i = 0; i < rowSteps.length; i++) rowSteps[i]!(start, count);
    return count;
  };
  return { rows, blockRows, run, value, gradient, hessian };
}

/** The value of a formula at one point; to ask it often, keep {@link formulaFunction}. */
export function evaluateFormula(formula: Formula, at: Readonly<Record<string, number>>): number {
  return formulaFunction(formula)(at);
}

/** A formula as a function of all its free names: the graph is built once, a call only runs through it. */
export function formulaFunction(formula: Formula): (at: Readonly<Record<string, number>>) => number {
  const graph = createGraph(() => "parameter");
  const result = graph.read(formula);
  const values = new Float64Array(graph.nodes.length);
  const names = formula.free.map((name) => [graph.name(name).id, name] as const);
  const steps: (() => void)[] = [];
  for (const { id, op, value, args } of reachable([result])) {
    const [x, y] = args;
    if (op === "number") values[id] = value;
    else if (x !== undefined) {
      const apply = scalarFunction(op);
      const first = x.id;
      const second = y === undefined ? first : y.id;
      steps.push(() => {
        values[id] = apply(values[first]!, values[second]!);
      });
    }
  }
  return (at) => {
    for (const [id, name] of names) {
      const given = at[name];
      if (given === undefined)
        throw new Error(`cannot evaluate the formula "${formula.source}": no value for "${name}"`);
      values[id] = given;
    }
    for (const step of steps) step();
    return values[result.id]!;
  };
}

/** The parameters in which a formula is linear together: given the others, it is a weighted sum of known columns. */
export function linearParameters(formula: Formula, parameters: readonly string[]): string[] {
  const graph = createGraph((name) => (parameters.includes(name) ? "parameter" : "input"));
  const value = graph.read(formula);
  const zero = (node: Node): boolean => node.op === "number" && node.value === 0;
  const linear: string[] = [];
  for (const name of parameters) {
    const slope = graph.derivative(value, name);
    if (!zero(slope) && [...linear, name].every((other) => zero(graph.derivative(slope, other))))
      linear.push(name);
  }
  return linear;
}

function derive(
  graph: Graph,
  value: Node,
  parameters: readonly string[],
  order: 0 | 1 | 2,
): { value: Node; gradient: Node[]; hessian: { first: number; second: number; node: Node }[] } {
  const gradient = order >= 1 ? parameters.map((name) => graph.derivative(value, name)) : [];
  const hessian: { first: number; second: number; node: Node }[] = [];
  if (order === 2)
    gradient.forEach((slope, first) => {
      for (let second = first; second < parameters.length; second++)
        hessian.push({ first, second, node: graph.derivative(slope, parameters[second]!) });
    });
  return { value, gradient, hessian };
}

/**
 * One column operation as a closure. The few that carry nearly all the work have loops of their own for each mix
 * of column and scalar, so that the engine compiles them to straight code; the rest go through one general loop.
 */
function columnStep(
  node: Node,
  out: Float64Array,
  operandOf: (node: Node) => Operand | null,
  scalars: Float64Array,
): Step {
  const [left, right] = node.args as [Node, Node];
  const x = operandOf(left);
  const y = right === undefined ? null : operandOf(right);
  const scalarX = left.id;
  const scalarY = right === undefined ? 0 : right.id;
  if (right === undefined && x) {
    const { values, isData } = x;
    const apply = functions[node.op]!.value;
    if (node.op === "exp") return (start, count) => exponentials(out, values, isData ? start : 0, count);
    if (node.op === "log") return (start, count) => logarithms(out, values, isData ? start : 0, count);
    return (start, count) => applied(apply, out, values, isData ? start : 0, count);
  }
  const loop = x && y ? columnLoops[node.op] : undefined;
  if (x && y && loop)
    return (start, count) => loop(out, x.values, x.isData ? start : 0, y.values, y.isData ? start : 0, count);
  const scalarLoop = y ? scalarFirst[node.op] : x ? scalarSecond[node.op] : undefined;
  const column = y ?? x;
  if (column && scalarLoop) {
    const { values, isData } = column;
    const scalar = y ? scalarX : scalarY;
    return (start, count) => scalarLoop(out, values, isData ? start : 0, scalars[scalar]!, count);
  }
  return binary(out, x, y, scalars, scalarX, scalarY, scalarFunction(node.op));
}

// The loops take all they need as arguments: read from a closure, each would be fetched again for every row.

type ColumnLoop = (
  out: Float64Array,
  x: Float64Array,
  xFrom: number,
  y: Float64Array,
  yFrom: number,
  count: number,
) => void;
type ScalarLoop = (out: Float64Array, x: Float64Array, from: number, scalar: number, count: number) => void;

const columnLoops: Readonly<Record<string, ColumnLoop>> = {
  "*": (out, x, xFrom, y, yFrom, count) => {
    for (let i = 0; i < count; i++) out[i] = x[xFrom + i]! * y[yFrom + i]!;
  },
  "+": (out, x, xFrom, y, yFrom, count) => {
    for (let i = 0; i < count; i++) out[i] = x[xFrom + i]! + y[yFrom + i]!;
  },
  "-": (out, x, xFrom, y, yFrom, count) => {
    for (let i = 0; i < count; i++) out[i] = x[xFrom + i]! - y[yFrom + i]!;
  },
  "/": (out, x, xFrom, y, yFrom, count) => {
    for (let i = 0; i < count; i++) out[i] = x[xFrom + i]! / y[yFrom + i]!;
  },
};
const scaled: ScalarLoop = (out, x, from, factor, count) => {
  for (let i = 0; i < count; i++) out[i] = factor * x[from + i]!;
};
const shifted: ScalarLoop = (out, x, from, shift, count) => {
  for (let i = 0; i < count; i++) out[i] = shift + x[from + i]!;
};
const inverted: ScalarLoop = (out, x, from, numerator, count) => {
  for (let i = 0; i < count; i++) out[i] = numerator / x[from + i]!;
};
const scalarFirst: Readonly<Record<string, ScalarLoop>> = { "*": scaled, "+": shifted, "/": inverted };
const scalarSecond: Readonly<Record<string, ScalarLoop>> = { "*": scaled, "+": shifted };

function exponentials(out: Float64Array, x: Float64Array, from: number, count: number): void {
  for (let i = 0; i < count; i++) out[i] = Math.exp(x[from + i]!);
}
function logarithms(out: Float64Array, x: Float64Array, from: number, count: number): void {
  for (let i = 0; i < count; i++) out[i] = Math.log(x[from + i]!);
}
function applied(
  apply: (x: number, y: number) => number,
  out: Float64Array,
  x: Float64Array,
  from: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) out[i] = apply(x[from + i]!, 0);
}
function binary(
  out: Float64Array,
  x: Operand | null,
  y: Operand | null,
  scalars: Float64Array,
  scalarX: number,
  scalarY: number,
  apply: (x: number, y: number) => number,
): Step {
  return (start, count) => {
    const xFrom = x?.isData ? start : 0;
    const yFrom = y?.isData ? start : 0;
    for (let i = 0; i < count; i++)
      out[i] = apply(
        x ? x.values[xFrom + i]! : scalars[scalarX]!,
        y ? y.values[yFrom + i]! : scalars[scalarY]!,
      );
  };
}
