import { describe, expect, test } from "vitest";
import {
  erf,
  logBeta,
  logGamma,
  majority,
  majorityByVotes,
  normalQuantile,
  polygamma,
} from "../../src/numeric/index.ts";

/** |got − want| in units of want, or of 1 where want is small: functions that pass through zero have no relative error there. */
const off = (got: number, want: number): number => Math.abs(got - want) / Math.max(1, Math.abs(want));

// Reference values: mpmath 1.3 with 30 digits. 1e-13 is what the project asks; the series themselves stop at 1e-16.
describe("special functions against mpmath, to 1e-13", () => {
  test.each([
    [0.001, 6.907178885383853],
    [0.0637, 2.7200400759570607],
    [0.5, 0.5723649429247001],
    [1, 0],
    [1.5, -0.12078223763524522],
    [2, 0],
    [2.5, 0.2846828704729192],
    [7, 6.579251212010101],
    [14.9, 24.924132002217277],
    [15, 25.191221182738683],
    [33.3, 82.60372358165495],
    [1e4, 82099.71749644238],
    [1e8, 1742068066.1038346],
  ])("ln Γ(%s) = %s", (x, want) => expect(off(logGamma(x), want)).toBeLessThan(1e-13));

  test.each([
    [0, 0.01, -100.56088545786866],
    [0, 0.5, -1.9635100260214235],
    [0, 1, -0.5772156649015329],
    [0, 3.7, 1.1671535393615113],
    [0, 20, 2.970523992242149],
    [0, 1e4, 9.210290371142849],
    [1, 0.01, 10001.621213528313],
    [1, 0.5, 4.934802200544679],
    [1, 1, 1.6449340668482264],
    [1, 3.7, 0.3100378576700383],
    [1, 20, 0.05127082293520312],
    [1, 1e4, 0.00010000500016666666],
    [2, 0.01, -2000002.340398677],
    [2, 1, -2.4041138063191885],
    [2, 3.7, -0.09539530872855403],
    [2, 1e4, -1.000100005e-8],
    [3, 0.5, 97.40909103400244],
    [3, 20, 0.0002693742213396389],
    [3, 1e4, 2.00030002e-12],
  ])("polygamma(%s, %s) = %s", (order, x, want) =>
    expect(Math.abs(polygamma(order, x) / want - 1)).toBeLessThan(1e-13),
  );

  test.each([
    [0.0637, 5.2, 2.6209129721078677],
    [0.17, 10000.5, 0.13007172306210543],
    [3, 4, -4.0943445622221],
    [0.2, 1e6, -1.2390382091620624],
    [70, 50, -82.26860396842366],
    [20, 1e-3, 6.904208335756638],
  ])("ln B(%s, %s) = %s, with no digits lost to a large argument", (x, y, want) =>
    expect(off(logBeta(x, y), want)).toBeLessThan(1e-13),
  );

  test.each([
    [0.6, 1, 0.6, 0.030010459245033802],
    [0.6, 3, 0.648, 0.019759666709670307],
    [0.6, 5.5, 0.6899896435424199, 0.014475155973262096],
    [0.45, 101, 0.1562446003621942, -0.001191821078533663],
    [0.9, 7, 0.997272, 0.0015405799812880018],
  ])("majority(%s, %s) = %s, and its slope in the votes %s", (p, k, want, slope) => {
    expect(off(majority(p, k), want)).toBeLessThan(1e-13);
    expect(off(majorityByVotes(p, k), slope)).toBeLessThan(1e-13);
  });

  // relative, down to the smallest: mpmath's quadrature of the Beta density, and where k is odd the binomial sum in fractions
  test.each([
    [0.1, 101, 1.1522969943652676e-24, -5.941852405522221e-25],
    [0.45, 1e4, 5.8948305649851954e-24, -2.991164761469496e-26],
    [0.02, 6, 2.026308746778655e-5, -2.7118597754375962e-5],
    [0.001, 30, 4.761448127249616e-39, -1.3222998779866354e-38],
    [0.3, 2, 0.2523157877343455, -0.04105243787812901],
    [0.6, 64, 0.947673615820612, 0.0013450457196601884],
    [0.9, 12, 0.9998288650834821, 9.337545701726597e-5],
  ])("majority(%s, %s) = %s in all of its digits, its slope %s in twelve", (p, k, want, slope) => {
    expect(Math.abs(majority(p, k) / want - 1)).toBeLessThan(1e-13);
    expect(Math.abs(majorityByVotes(p, k) / slope - 1)).toBeLessThan(1e-12);
  });

  test.each([
    [0.1, 0.1124629160182849],
    [1, 0.8427007929497149],
    [2.9, 0.9999589021219006],
    [3.1, 0.9999883513426328],
    [-5, -0.9999999999984626],
  ])("erf(%s) = %s", (x, want) => expect(off(erf(x), want)).toBeLessThan(1e-13));

  test.each([
    [0.5, 0],
    [0.95, 1.6448536269514722],
    [0.975, 1.959963984540054],
    [0.9999, 3.7190164854557084],
    [1 - 1e-9, 5.9978070196016375],
    [0.01, -2.3263478740408408],
    [0.2, -0.8416212335729143],
  ])("the normal quantile of %s is %s", (p, want) =>
    expect(off(normalQuantile(p), want)).toBeLessThan(1e-13),
  );
});

test("majority is the binomial sum at odd k, to 1e-13", () => {
  for (const p of [0, 0.02, 0.3, 0.5, 0.77, 1])
    for (const k of [1, 5, 9, 15]) {
      let sum = 0;
      let ways = 1; // C(k, i)
      for (let i = 0; i <= k; i++) {
        if (i > k / 2) sum += ways * p ** i * (1 - p) ** (k - i);
        ways = (ways * (k - i)) / (i + 1);
      }
      expect(Math.abs(majority(p, k) - sum)).toBeLessThan(1e-13);
    }
});

test("outside their domains the answer is NaN, not a wrong number", () => {
  expect(logGamma(0)).toBeNaN();
  expect(polygamma(0, -1.5)).toBeNaN();
  expect(polygamma(0.5, 1)).toBeNaN();
  expect(majority(1.2, 3)).toBeNaN();
  expect(majority(0.6, -1)).toBeNaN();
  expect(normalQuantile(2)).toBeNaN();
});
