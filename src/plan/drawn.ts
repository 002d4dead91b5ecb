import { type Draws, drawnInterval, type Interval } from "../fit/index.ts";

/** The answers of all draws to one question. */
export interface DrawnAnswers<Answer> {
  /** null where there are no draws, or where some of them have no answer: an interval of the rest would mislead. */
  of(quantity: (answer: Answer) => number): Interval | null;
  /** How many draws have no answer. */
  readonly missed: number;
  readonly draws: number;
}

/**
 * Asks every joint draw of a fit the same question, once, so that all quantities of the answer share their draws.
 *
 * @param answer null, or a refusal of the law, where a draw has none
 */
export function answersOf<Answer extends object>(
  draws: Draws | null,
  answer: (parameters: Readonly<Record<string, number>>) => Answer | null,
  level: number,
): DrawnAnswers<Answer> {
  if (!draws) return { of: () => null, missed: 0, draws: 0 };
  const found = new Map<object, Answer | null>();
  const at = (parameters: Readonly<Record<string, number>>): Answer | null => {
    if (!found.has(parameters)) found.set(parameters, answer(parameters));
    return found.get(parameters) ?? null;
  };
  const missed = draws.all.filter((parameters) => at(parameters) === null).length;
  return {
    missed,
    draws: draws.all.length,
    of(quantity) {
      if (missed > 0) return null;
      const drawn = draws.of((parameters) => {
        const own = at(parameters);
        return own ? quantity(own) : Number.NaN;
      });
      return drawnInterval(draws.bootstrap, drawn, level);
    },
  };
}

/** What missing answers mean for the reader; none where every draw has one. */
export function missedText({ missed, draws }: DrawnAnswers<object>, question: string): readonly string[] {
  return missed === 0
    ? []
    : [`In ${missed} of ${draws} draws ${question} has no answer, so there is no interval.`];
}
