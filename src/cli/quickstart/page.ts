import { stripVTControlCharacters } from "node:util";
import pc from "picocolors";
import { formatFlops } from "../../numeric/index.ts";
import { type Found, storyLines } from "./story.ts";

/** What was found, as the folder's README.md. */
export function summaryPage(found: Found): string {
  const { ladder, text } = found;
  const story = storyLines(found, pc.createColors(false)).map(stripVTControlCharacters);
  return `# A scaling law of one's own

${ladder.specs.length} small language models, trained on ${text} by \`isoflop quickstart\`; budgets of ${ladder.budgets.map((budget) => formatFlops(budget)).join(", ")} FLOPs (exact count: matrices, attention and head; not 6ND).

\`\`\`text
${story.join("\n")}
\`\`\`

- \`ladder.json\` the design and the measured speed; \`ladder/runs\` every run, with its curve
- \`runs.csv\`, \`runs.jsonl\` the finished runs; N is total parameters, \`trunk\` names the stable run that a run branches off
- \`fit.json\` L(N, D) by approach 3; \`fit-bent.json\` the same with one exponent more; \`fit-approach-1.json\`, \`fit-approach-2.json\`
- \`plan.json\`, \`plan-100x.json\` for 10 and 100 times the largest budget, by the law that predicted the largest budgets better; a token costs ${ladder.flopsPerToken} FLOPs
- \`check.json\` (with \`--verify\`) what the law said of the planned model before it was trained, and what came
`;
}
