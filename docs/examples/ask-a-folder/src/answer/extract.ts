import type { Passage } from '../document.ts';
import type { Found } from '../retrieve/find-passages.ts';
import type { Answer } from './answer.ts';
import { type Candidate, candidatesIn } from './candidates.ts';
import { likeness, rank } from './rank.ts';

/** Most sentences of an answer, and most characters. */
const most = { sentences: 5, characters: 900 };
/** A sentence is worth quoting from this part of the best one's score on. */
const worthwhile = 0.65;
/** Two sentences that share this much say the same. */
const same = 0.6;

/** Points back to the sentence before, without which it cannot be understood. */
const leansBack = /^(?:it|this|that|these|those|they|both|such|otherwise|then|so|but|and|its|their)\b/i;

/**
 * Answers without a model: quotes the sentences that say most about the question, each citing its passage. Gives no
 * statements when nothing fits.
 *
 * Candidates are taken by maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998): the best first, then what is
 * relevant and unlike those taken.
 */
export function extractAnswer(found: Found): Answer {
  const candidates = candidatesIn(found);
  const scores = rank(candidates, found.terms);
  const best = Math.max(0, ...scores.values());
  const taken = new Set<Candidate>();
  let length = 0;
  const take = (candidate: Candidate) => {
    taken.add(candidate);
    length += candidate.text.length;
  };
  for (const candidate of [...candidates].sort((a, b) => (scores.get(b) ?? 0) - (scores.get(a) ?? 0))) {
    const score = scores.get(candidate) ?? 0;
    if (score <= 0 || score < worthwhile * best || taken.size >= most.sentences) break;
    if (taken.has(candidate) || [...taken].some((other) => likeness(candidate, other) > same)) continue;
    if (taken.size > 0 && length + candidate.text.length > most.characters) continue;
    const { before } = candidate;
    if (before && leansBack.test(candidate.text) && taken.size + 1 < most.sentences) take(before);
    take(candidate);
  }
  return answerOf(readingOrder(candidates, taken, scores));
}

/** The passage with the best sentence first; sentences of one passage as they stand in it. */
function readingOrder(
  candidates: readonly Candidate[],
  taken: ReadonlySet<Candidate>,
  scores: ReadonlyMap<Candidate, number>,
): Candidate[] {
  const kept = candidates.filter((candidate) => taken.has(candidate));
  const best = (passage: Passage) =>
    Math.max(...kept.filter((other) => other.passage === passage).map((other) => scores.get(other) ?? 0));
  return kept.sort((a, b) => (a.passage === b.passage ? 0 : best(b.passage) - best(a.passage)));
}

function answerOf(taken: readonly Candidate[]): Answer {
  const byPassage = Map.groupBy(taken, ({ passage }) => passage);
  const numbers = new Map([...byPassage.keys()].map((passage, i) => [passage, i + 1]));
  const sources = [...byPassage].flatMap(([passage, quotes]) =>
    quotes.slice(0, 1).map(({ why }) => ({
      number: numbers.get(passage) as number,
      passage,
      quoted: quotes.map(({ text }) => text),
      at: [...new Set(quotes.flatMap(({ line, page }) => line ?? page ?? []))],
      why,
    })),
  );
  const statements = taken.map(({ text, passage }) => ({ text, cites: [numbers.get(passage) as number] }));
  return { by: 'extract', statements, sources };
}
