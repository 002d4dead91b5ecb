export { type Expression, type Formula, parseFormula } from "./expression.ts";
export { functions } from "./functions.ts";
export { createGraph, type Graph, type Node } from "./graph.ts";
export { formulaLatex, formulaText, nameLatex, numberText } from "./print.ts";
export { formulaPython, pythonName } from "./print-python.ts";
export { bindFormula, evaluateFormula, formulaFunction, linearParameters, type Program } from "./program.ts";
export { bindSums, type Sums } from "./sums.ts";
