import { expect, test } from "vitest";
import { metricLine, readMetricLines } from "../../src/runs/index.ts";

const line = (step: number, loss: number, split: "train" | "validation" = "validation"): string =>
  metricLine({ step, tokens: 64 * step, loss, split });
const losses = (text: string): number[] => readMetricLines(text).points.map(({ loss }) => loss);

test("what metricLine writes is read back", () => {
  const point = { step: 3, tokens: 192, loss: 4.25, split: "train" } as const;
  expect(readMetricLines(metricLine(point, 1.5))).toEqual({
    points: [{ ...point, seconds: 1.5 }],
    torn: 0,
    diverged: null,
  });
  expect(readMetricLines("").points).toEqual([]);
});

test("a torn last line is counted and left out, wherever it was torn", () => {
  const whole = line(1, 5) + line(2, 4);
  const second = line(1, 5).length;
  for (let at = second + 1; at < whole.length - 1; at++) {
    const { points, torn } = readMetricLines(whole.slice(0, at));
    expect([points.length, torn]).toEqual([1, 1]);
  }
});

test("a line that a torn one was ended for by a later attempt is counted, and those behind it count", () => {
  expect(readMetricLines(`${line(1, 5)}{"step":2,"tok\n${line(2, 4)}`)).toMatchObject({ torn: 1 });
  expect(losses(`${line(1, 5)}{"step":2,"tok\n${line(2, 4)}`)).toEqual([5, 4]);
});

test("an attempt that begins again takes the place of what it repeats, each split for itself", () => {
  expect(losses(line(1, 5) + line(2, 4) + line(3, 3) + line(2, 4.5))).toEqual([5, 4.5]);
  expect(losses(line(1, 5) + line(2, 4) + line(1, 5.5))).toEqual([5.5]);
  expect(losses(line(1, 5, "train") + line(2, 4, "train") + line(2, 4.4) + line(1, 5.5))).toEqual([
    5, 4, 5.5,
  ]);
});

test("a program may leave the split out, add keys of its own, and end lines as Windows does", () => {
  const { points, torn } = readMetricLines('{"step":1,"tokens":64,"loss":5,"lr":0.1}\r\n\r\n');
  expect(points).toEqual([{ step: 1, tokens: 64, loss: 5, split: "train", seconds: null }]);
  expect(torn).toBe(0);
});

test.each(["NaN", "Infinity", "-Infinity", "null"])(
  "a last loss of %s says that the run diverged, and where",
  (loss) => {
    const text = `${line(1, 5)}{"step": 2, "tokens": 128, "loss": ${loss}, "split": "train"}\n`;
    expect(readMetricLines(text)).toMatchObject({ torn: 0, diverged: { step: 2, tokens: 128 } });
    expect(losses(text)).toEqual([5]);
    expect(readMetricLines(text + line(2, 4)).diverged).toBeNull();
  },
);

test.each([
  "7",
  "null",
  '"a"',
  "[]",
  "{}",
  '{"step":-1,"tokens":1,"loss":1}',
  '{"step":1,"tokens":1,"loss":"1"}',
])("%s is no point", (text) =>
  expect(readMetricLines(text)).toEqual({ points: [], torn: 1, diverged: null }),
);
