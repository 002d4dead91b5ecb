import { describe, expect, test } from "vitest";
import { byDomain, compareCurves, tableLines } from "../../studies/revisiting/curves.ts";
import { read } from "../house/tree.ts";
import { hasSharedData, sharedTable } from "../shared-data.ts";

describe.skipIf(!hasSharedData)(
  "studies/revisiting: M1–M4 of Alabdulmohsin et al. 2022 by their own split",
  () => {
    // BIG-Bench's ten curves take three times as long and are left to the study
    const results = hasSharedData ? compareCurves(sharedTable("revisiting_language"), ["NMT", "LM"]) : [];

    test("M4 wins in both domains, as the paper says: on 3 of 5 translation curves and 4 of 5 language models", () => {
      const domains = byDomain(results);
      expect(domains.map(({ domain, curves, wins }) => [domain, curves, wins])).toEqual([
        ["NMT", 5, [0, 0, 2, 3]],
        ["LM", 5, [0, 1, 0, 4]],
      ]);
    });

    test("over M2 it gains fivefold in translation; on language models the interval of the ratio covers 1", () => {
      const [nmt, lm] = byDomain(results).map(({ ratio }) => ratio[1]!);
      expect(nmt!.value).toBeLessThan(0.3);
      expect(nmt!.high).toBeLessThan(1);
      expect(lm!.low).toBeLessThan(1);
      expect(lm!.high).toBeGreaterThan(1);
    });

    test("a single held-out point tells nothing apart", () => {
      for (const { held, alone } of results) if (held === 1) expect(alone).toBe(false);
      expect(results.filter(({ held }) => held === 1).length).toBe(5);
    });

    test("README.md shows what comes out", () => {
      const page = read("studies/revisiting/README.md");
      for (const line of tableLines(results)) expect(page).toContain(line);
    });
  },
);
