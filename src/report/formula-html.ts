import { escapeHtml } from "./escape.ts";

const greek: Readonly<Record<string, string>> = Object.fromEntries(
  "alpha α beta β gamma γ delta δ epsilon ε zeta ζ eta η theta θ kappa κ lambda λ mu μ nu ν xi ξ pi π rho ρ sigma σ tau τ phi φ chi χ psi ψ omega ω"
    .split(" ")
    .reduce<string[][]>((pairs, word, i) => {
      if (i % 2 === 0) pairs.push([word]);
      else pairs.at(-1)!.push(word);
      return pairs;
    }, []),
);

/**
 * A formula of the law language as HTML: Greek letters, raised exponents, lowered subscripts; a line a step.
 *
 * Whatever it doesn't understand stands as it is, so that nothing of a formula is lost.
 */
export function formulaHtml(formula: string): string {
  return formula
    .split(/[;\n]/)
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => `<div>${lineHtml(line)}</div>`)
    .join("");
}

function lineHtml(line: string): string {
  const tokens =
    line.match(/[A-Za-z][A-Za-z0-9_]*\*?(?=\s*=)|[A-Za-z]\w*|\d+(?:\.\d+)?(?:e[+-]?\d+)?|\s+|./gu) ?? [];
  let html = "";
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (token !== "^") {
      html += tokenHtml(token, tokens[i + 1] ?? "");
      continue;
    }
    const end = exponentEnd(tokens, i + 1);
    const inside = tokens.slice(i + 1, end);
    // the parentheses around an exponent are for the parser only
    const bare = inside[0] === "(" ? inside.slice(1, -1) : inside;
    html += `<sup>${bare.map((part, k) => (part === "^" ? "^" : tokenHtml(part, bare[k + 1] ?? ""))).join("")}</sup>`;
    i = end - 1;
  }
  return html;
}

/** Where an exponent ends that begins at `from`: one token with its sign, or all that parentheses hold. */
function exponentEnd(tokens: readonly string[], from: number): number {
  let at = tokens[from] === "-" || tokens[from] === "+" ? from + 1 : from;
  if (tokens[at] !== "(") return Math.min(tokens.length, at + 1);
  let depth = 0;
  for (; at < tokens.length; at++) {
    if (tokens[at] === "(") depth++;
    if (tokens[at] === ")" && --depth === 0) return at + 1;
  }
  return tokens.length;
}

function tokenHtml(token: string, next: string): string {
  if (token.trim() === "") return " ";
  if (token === "*") return "·";
  if (token === "-") return "−";
  if (!/^[A-Za-z]/.test(token)) return escapeHtml(token);
  const [base, ...rest] = token.split("_");
  if (next === "(" && rest.length === 0 && base!.length > 1) return escapeHtml(base!);
  const star = base!.endsWith("*") ? "*" : "";
  const letter = star === "" ? base! : base!.slice(0, -1);
  const symbol = `<i>${escapeHtml(greek[letter] ?? letter)}</i>${star}`;
  return rest.length === 0
    ? symbol
    : `${symbol}<sub>${rest.map((part) => escapeHtml(greek[part] ?? part)).join(" ")}</sub>`;
}
