import type { Term } from '../retrieve/term.ts';
import type { Candidate } from './candidates.ts';

/** How much each thing counts. Set by looking at answers; the first one leads on purpose. */
const weights = { coverage: 0.8, context: 0.6, nearness: 1.4, standing: 0.4, centrality: 0.2 };

/**
 * How well each candidate answers the question, 0 and up: how much of the question it covers by itself and with its
 * headings, how near to it its meaning is, how well its passage fits, and how much it has in common with the other candidates, as central
 * sentences do (the idea of LexRank: Erkan and Radev, JAIR 22, 2004).
 */
export function rank(candidates: readonly Candidate[], terms: readonly Term[]): Map<Candidate, number> {
  const total = terms.reduce((sum, term) => sum + term.weight, 0) || 1;
  const cover = (has: (word: string) => boolean) =>
    terms.reduce((sum, { word, weight }) => sum + (has(word) ? weight : 0), 0) / total;
  const centrality = centralityOf(candidates);
  return new Map(
    candidates.map((candidate) => {
      const { words, context, standing, nearness } = candidate;
      const coverage = cover((word) => words.has(word));
      const around = cover((word) => words.has(word) || context.has(word));
      // What shares neither words nor meaning with the question may be true and central, and still answers nothing.
      if (around === 0 && nearness === 0) return [candidate, 0];
      const score =
        weights.coverage * coverage +
        weights.context * around +
        weights.nearness * nearness +
        weights.standing * standing +
        weights.centrality * (centrality.get(candidate) ?? 0);
      return [candidate, score * readability(candidate)];
    }),
  );
}

/** Shared content words, of all of them: 1 is the same, 0 is nothing in common. */
export function likeness(a: Pick<Candidate, 'words'>, b: Pick<Candidate, 'words'>): number {
  let shared = 0;
  for (const word of a.words) if (b.words.has(word)) shared += 1;
  const all = a.words.size + b.words.size - shared;
  return all === 0 ? 0 : shared / all;
}

/** Mean likeness to the others, of the highest there is. */
function centralityOf(candidates: readonly Candidate[]): Map<Candidate, number> {
  const sums = candidates.map((a) => candidates.reduce((sum, b) => sum + (a === b ? 0 : likeness(a, b)), 0));
  const highest = Math.max(...sums, Number.MIN_VALUE);
  return new Map(candidates.map((candidate, i) => [candidate, (sums[i] ?? 0) / highest]));
}

/** Whether it reads as a statement when it stands alone: 1 if so, less for fragments, questions and endless ones. */
function readability({ text, kind, words }: Candidate): number {
  let factor = kind === 'row' ? 0.75 : 1;
  if (words.size < 4) factor *= 0.5;
  if (text.length > 400) factor *= 0.7;
  if (/[:?]$/.test(text)) factor *= 0.5;
  if (!/[.!…。]["”’)]*$/.test(text) && kind === 'prose') factor *= 0.8;
  return factor;
}
