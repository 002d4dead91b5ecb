/** Widths of letters in Helvetica, as shares of the size, by class. */
const classes: readonly (readonly [letters: string, width: number])[] = [
  ["ijlI.,:;'|!·", 0.25],
  ["ftr()[]-/ ", 0.32],
  ["mMW%@—…", 0.88],
  ["wABCDEFGHKNOPQRSUVXYZ&∝≈×", 0.69],
];

/**
 * About how wide a text stands, from Helvetica's letters and a seventh more: other sans serifs that a reader's machine
 * may put in its place are wider (DejaVu Sans, Verdana), and room that is kept free is no harm.
 */
export function textWidth(text: string, size: number): number {
  let sum = 0;
  for (const letter of text) sum += classes.find(([letters]) => letters.includes(letter))?.[1] ?? 0.556;
  return sum * size * 1.14;
}

/** A text in lines that are no wider than `width`. */
export function wrapText(text: string, size: number, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last !== undefined && textWidth(longer, size) > width) lines.push(word);
    else if (last === undefined) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
