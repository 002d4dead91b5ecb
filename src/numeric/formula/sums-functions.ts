import { type Code, op } from "../wasm.ts";

/** Code that takes two doubles from the stack and leaves the function's there, with locals of its own from `scratch` on. */
export type Inlined = (scratch: number) => Code;

/** How many locals the functions below need, and two more for one that calls them. */
export const scratchLocals = 9;

/** The numbers that they read, to be put at the start of the memory: a load costs less than a literal. */
const table: number[] = [];
export const functionTable: readonly number[] = table;

const join = (...codes: readonly Code[]): Code => codes.flat();

const constant = (value: number): Code => {
  const known = table.findIndex((other) => Object.is(other, value));
  const at = known >= 0 ? known : table.push(value) - 1;
  return join(op.int(0), op.loadBoth(8 * at));
};
/** The double with these bits. */
const bits = (pattern: bigint): Code => constant(new Float64Array(BigUint64Array.of(pattern).buffer)[0]!);

/** c₀ + x·(c₁ + x·(c₂ + …)) of the v128 in a local. */
function horner(coefficients: readonly number[], local: number): Code {
  const [last, ...rest] = [...coefficients].reverse();
  return join(
    constant(last!),
    ...rest.map((c) => join(op.get(local), op.mul, c === 0 ? [] : join(constant(c), op.add))),
  );
}

const ln2High = 0.6931471803691238;
const ln2Low = 1.9082149292705877e-10;

// The minimax coefficients are those that C libraries have used since 1993 (Sun's FDLIBM, e_exp.c and e_log.c).
const expSeries = [
  0, 0.16666666666666602, -0.0027777777777015593, 6.613756321437934e-5, -1.6533902205465252e-6,
  4.1381367970572385e-8,
];
const logSeries = [
  0, 0.6666666666666735, 0.3999999999940942, 0.2857142874366239, 0.22222198432149784, 0.1818357216161805,
  0.15313837699209373, 0.14798198605116586,
];

/**
 * eˣ: 2ᵏ·eʳ with |r| ≤ ln 2 / 2, where eʳ = 1 + r + r·c/(2 − c) and c = r − R(r²).
 *
 * Beyond ±708 it is 0 or infinite; NaN stays NaN.
 */
export const doubleExp: Inlined = (scratch) => {
  const x = scratch;
  const k = scratch + 1;
  const high = scratch + 2;
  const low = scratch + 3;
  const r = scratch + 4;
  const c = scratch + 5;
  const usual = scratch + 6;
  return join(
    ...[op.tee(x), op.abs, constant(708), op.atMost, op.set(usual)],
    ...[op.get(x), constant(Math.LOG2E), op.mul, op.nearest, op.set(k)],
    ...[op.get(x), op.get(k), constant(ln2High), op.mul, op.sub, op.tee(high)],
    ...[op.get(k), constant(ln2Low), op.mul, op.tee(low), op.sub, op.tee(r)],
    ...[op.get(r), op.get(r), op.mul, op.set(c), horner(expSeries, c), op.sub, op.set(c)],
    // 1 + (high − (low − r·c/(2 − c))): the small parts first
    ...[constant(1), op.get(high), op.get(low), op.get(r), op.get(c), op.mul],
    ...[constant(2), op.get(c), op.sub, op.div, op.sub, op.sub, op.add],
    // k into the exponent: added to 1.5·2⁵² it stands in the low bits
    ...[op.get(k), constant(1.5 * 2 ** 52), op.add, op.int(52), op.shiftLeft, op.longAdd, op.set(r)],
    op.unlessAll(
      usual,
      join(
        ...[constant(Number.POSITIVE_INFINITY), op.get(x), constant(0), op.get(x), op.below, op.select],
        op.set(c),
        ...[constant(0), op.get(c), op.get(x), constant(0), op.below, op.select, op.set(c)],
        ...[op.get(r), op.get(c), op.get(usual), op.select, op.set(r)],
      ),
    ),
    op.get(r),
  );
};

/**
 * ln x: x = 2ᵉ·m with m in [√½, √2), and ln m by a series in s = (m − 1)/(m + 1).
 *
 * −∞ at 0, as which a subnormal number counts, and NaN below.
 */
export const doubleLog: Inlined = (scratch) => {
  const x = scratch;
  const e = scratch + 1;
  const f = scratch + 2;
  const s = scratch + 3;
  const z = scratch + 4;
  const half = scratch + 5;
  const usual = scratch + 6;
  const smallest = 2 ** -1022;
  return join(
    op.set(x),
    ...[constant(smallest), op.get(x), op.atMost, op.get(x), constant(Number.MAX_VALUE), op.atMost, op.and],
    op.set(usual),
    ...[op.get(x), op.int(52), op.shiftRight, bits(0x4330000000000000n), op.or],
    ...[constant(2 ** 52 + 1022), op.sub, op.set(e)],
    ...[op.get(x), bits(0x000fffffffffffffn), op.and, bits(0x3fe0000000000000n), op.or, op.set(f)],
    // m from [½, 1) to [√½, √2)
    ...[op.get(f), constant(Math.SQRT1_2), op.below, op.set(z)],
    ...[op.get(e), constant(1), op.get(z), op.and, op.sub, op.set(e)],
    ...[op.get(f), op.get(f), op.get(z), op.and, op.add, constant(1), op.sub, op.set(f)],
    ...[op.get(f), op.get(f), constant(2), op.add, op.div, op.set(s)],
    ...[op.get(s), op.get(s), op.mul, op.set(z)],
    ...[op.get(f), op.get(f), op.mul, constant(0.5), op.mul, op.set(half)],
    // e·ln2 − ((f²/2 − (s·(f²/2 + R) + e·ln2Low)) − f): the small parts first
    ...[op.get(e), constant(ln2High), op.mul],
    ...[op.get(half), op.get(s), op.get(half), horner(logSeries, z), op.add, op.mul],
    ...[op.get(e), constant(ln2Low), op.mul, op.add, op.sub, op.get(f), op.sub, op.sub, op.set(f)],
    op.unlessAll(
      usual,
      join(
        ...[constant(Number.NaN), op.get(x), op.get(x), constant(0), op.below, op.select, op.set(z)],
        ...[constant(Number.NEGATIVE_INFINITY), op.get(z), constant(0), op.get(x), op.atMost],
        ...[op.get(x), constant(smallest), op.below, op.and, op.select, op.set(z)],
        ...[op.get(f), op.get(z), op.get(usual), op.select, op.set(f)],
      ),
    ),
    op.get(f),
  );
};
