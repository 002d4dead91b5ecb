import { type Law, lawPython } from "../laws/index.ts";
import { formulaPython, numberText, parseFormula, pythonName } from "../numeric/index.ts";
import { citation, coefficientsFrom, costFormula, isBudgetsBest, lawOf, type Planned } from "./explain.ts";
import type { Plan } from "./optimal.ts";

/**
 * A plan as a Python program of its own: the law, the budget and the search for the best size, with nothing but `math`.
 *
 * It prints the optimum that it finds by golden section between a hundredth and a hundred times the plan's size, and holds it
 * to the plan's. A point that serving or a fixed quantity chose is worked out as it stands, and its loss is held to the plan's.
 *
 * @param law of the plan's basis; null for approach 1 or 2
 * @example planPython(made, chinchilla) // "import math…"; python3 plan.py
 */
export function planPython(plan: Planned, law: Law | null): string {
  return law ? byLaw(plan, lawOf(plan, law)) : byFrontier(plan);
}

function byLaw(plan: Planned, law: Law): string {
  const { optimum, budget, held, parameters } = plan;
  const N = law.inputs.params ?? "N";
  const costLetters = Object.entries(law.inputs).flatMap(([quantity, letter]) =>
    held[quantity] === undefined ? [] : [[letter, held[quantity]] as const],
  );
  const cost = parseFormula(costFormula(plan).replaceAll(/\bN\b/g, N));
  const used = costLetters.filter(([letter]) => cost.free.includes(letter));
  const price = formulaPython(cost, "flops_per_token", [N, ...used], {
    note: "Training FLOPs of one token.",
  });
  const size: Readonly<Record<string, string>> = {
    params: "N",
    tokens: "D",
    flops: "C",
    tokensPerParam: "D / N",
  };
  const inputs = Object.keys(law.inputs).map((quantity) =>
    held[quantity] === undefined ? (size[quantity] ?? quantity) : numberText(held[quantity]),
  );
  const call = `${pythonName(law.name)}(${inputs.join(", ")})`;
  const asItStands = [
    `N = ${numberText(optimum.params)}  # ${(plan.chosen?.says ?? "").replaceAll(/\s+/g, " ")}`,
    "D = C / flops_per_token(N)",
    `loss = ${call}`,
    'print(f"params {N:.6g}  tokens {D:.6g}  loss {loss:.6f}")',
    `assert abs(loss / ${numberText(optimum.loss!)} - 1) < 1e-9`,
  ];
  const search = [
    "",
    "",
    "def loss_on_budget(log_n):",
    "    N = math.exp(log_n)",
    "    D = C / flops_per_token(N)",
    `    return ${call}`,
    "",
    "",
    "# golden section",
    `low, high = (math.log(${numberText(optimum.params)} * factor) for factor in (0.01, 100))`,
    "golden = (math.sqrt(5) - 1) / 2",
    "for _ in range(100):",
    "    left, right = high - golden * (high - low), low + golden * (high - low)",
    "    if loss_on_budget(left) < loss_on_budget(right):",
    "        high = right",
    "    else:",
    "        low = left",
    "best_n = math.exp((low + high) / 2)",
    "best_d = C / flops_per_token(best_n)",
    `print(f"params {best_n:.6g}  tokens {best_d:.6g}  loss {loss_on_budget(math.log(best_n)):.6f}")`,
    `assert abs(best_n / ${numberText(optimum.params)} - 1) < 1e-5`,
  ];
  return [
    `# isoflop plan: ${coefficientsFrom(plan)}`,
    lawPython(law, parameters).trimEnd(),
    "",
    "",
    price.replace(/^import math\n+/, "").trimEnd(),
    "",
    "",
    `# ${citation(law)}`,
    `C = ${numberText(budget.flops)}  # FLOPs, ${budget.convention}`,
    ...(isBudgetsBest(plan) ? search : asItStands),
    "",
  ].join("\n");
}

function byFrontier(plan: Plan): string {
  const { k, a, q, b } = plan.parameters;
  return [
    `# isoflop plan: ${coefficientsFrom(plan)}`,
    `C = ${numberText(plan.budget.flops)}  # FLOPs, ${plan.budget.convention}`,
    `best_n = ${numberText(k!)} * C ** ${numberText(a!)}`,
    `best_d = ${numberText(q!)} * C ** ${numberText(b!)}`,
    'print(f"params {best_n:.6g}  tokens {best_d:.6g}")',
    `assert abs(best_n / ${numberText(plan.optimum.params)} - 1) < 1e-9`,
    "",
  ].join("\n");
}
