import type { Candidate } from '../candidate.ts';

/** Answers, numbered as they stand. What is in one is data: it ends where its number says. */
export function numbered(candidates: readonly Pick<Candidate, 'text'>[]): string {
  return candidates
    .map(({ text }, i) => `<answer-${i + 1}>\n${text.trim()}\n</answer-${i + 1}>`)
    .join('\n\n');
}
