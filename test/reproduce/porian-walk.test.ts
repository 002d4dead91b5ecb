import { describe, expect, test } from "vitest";
import {
  asides,
  glasses,
  tableLines,
  throughGlasses,
  walk,
  walkSvg,
  walks,
} from "../../studies/porian/walk.ts";
import { read } from "../house/tree.ts";
import { hasSharedData, sharedTable } from "../shared-data.ts";

const seen = glasses.map(({ name, published, parameters }) => ({
  name,
  published,
  fit: throughGlasses(parameters),
}));

// They print two digits from a coarse search among twenty models (test/laws/pearce-song.test.ts repeats it to eight); the
// envelope of the same curves has every budget in it, and lies within half a unit of their last digit.
test.each(seen)(
  "Pearce and Song: $name in total parameters shows a = $published without embeddings",
  ({ published, fit }) => {
    expect(Math.abs(fit.exponents!.a - published)).toBeLessThan(0.005);
  },
);

// A caution, in docs/fitting.md: the corners of a hull crowd where curves bend, and the line leans on them.
test("on the same curves the convex hull finds an exponent .06 to .14 lower", () => {
  const [refit, hoffmann] = glasses.map(({ parameters }) => throughGlasses(parameters, "hull").exponents!.a);
  for (const [i, hull] of [refit, hoffmann].entries()) {
    const lower = seen[i]!.fit.exponents!.a - hull!;
    expect(lower).toBeGreaterThan(0.06);
    expect(lower).toBeLessThan(0.14);
  }
});

describe.skipIf(!hasSharedData)("the study of Porian's walk", () => {
  test("goes down at every step, on both corpora, and its page and figure show what it finds", () => {
    const tables = { runs: sharedTable("porian_isoflop"), optima: sharedTable("porian_optima") };
    const walked = {
      rw: walk("rw", walks.rw, tables),
      owt2: walk("owt2", walks.owt2, tables),
      asides: walk("rw", asides, tables),
    };
    for (const steps of [walked.rw, walked.owt2]) {
      const exponents = steps.map(({ akima }) => akima.exponents!.a);
      expect(exponents).toEqual([...exponents].sort((x, y) => y - x));
      expect(exponents[0]! - exponents[4]!).toBeGreaterThan(0.3);
    }
    expect(read("studies/porian/README.md")).toContain(tableLines(walked, seen).join("\n"));
    expect(read("studies/porian/walk.svg")).toBe(walkSvg(walked, seen));
  });
});
