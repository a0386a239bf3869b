import { atMost, type Findings } from '../report.ts';
import type { Comparison } from './compare.ts';
import { defaultSubject } from './subjects.ts';

/** Whether what `think` does without a strategy is the cheapest that wins in every comparison. */
export function defaultTarget(comparisons: readonly Comparison[]): Findings {
  const tokensOf = (subject: string) =>
    comparisons.reduce(
      (sum, { outcomes }) => sum + (outcomes.find((outcome) => outcome.subject === subject)?.tokens ?? 0),
      0,
    );
  const [first] = comparisons;
  const winners = (first?.outcomes ?? []).flatMap(({ subject }) =>
    comparisons.every(({ outcomes }) =>
      outcomes.some((outcome) => outcome.subject === subject && outcome.wins),
    )
      ? [subject]
      : [],
  );
  const cheapest = winners.toSorted((a, b) => tokensOf(a) - tokensOf(b))[0];
  const ratio =
    cheapest === undefined ? Number.POSITIVE_INFINITY : tokensOf(defaultSubject) / tokensOf(cheapest);
  const what = `tokens of the default (${defaultSubject}) against the cheapest that wins everywhere (${cheapest ?? 'none'})`;
  return {
    rows: [],
    targets: [
      atMost('default', what, winners.includes(defaultSubject) ? ratio : Number.POSITIVE_INFINITY, 1),
    ],
  };
}
