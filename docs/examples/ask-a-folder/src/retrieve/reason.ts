import type { Passage } from '../document.ts';
import type { NearSentence } from './near-sentences.ts';
import { passageSentences } from './passage-sentences.ts';
import { indexedText } from './split.ts';
import type { Term } from './term.ts';
import { stems } from './words.ts';

/** Why a passage was found. */
export interface Reason {
  /** The sentence of it that says most of what was asked. */
  readonly sentence: string;
  /** Words of the question that stand in the passage, as the index knows them. */
  readonly words: readonly string[];
  /** Cosine of the sentence to the question, where its meaning was what counted. */
  readonly nearness?: number;
}

/** Why a passage fits a question: the sentence that is nearest by meaning, or else has the most telling words. */
export function reasonFor(
  passage: Passage,
  terms: readonly Term[],
  nearest: NearSentence | undefined,
): Reason {
  const there = new Set(stems.tokenize(indexedText(passage)));
  const words = terms.filter(({ word }) => there.has(word));
  const named = { words: words.map(({ word }) => word) };
  if (nearest) return { ...named, sentence: nearest.text, nearness: nearest.nearness };
  const worthOf = (sentence: string) => {
    const said = new Set(stems.tokenize(sentence));
    return words.reduce((sum, { word, weight }) => sum + (said.has(word) ? weight : 0), 0);
  };
  const ranked = passageSentences(passage)
    .map((text) => ({ text, worth: worthOf(text) }))
    .sort((a, b) => b.worth - a.worth);
  return { ...named, sentence: ranked[0]?.text ?? '' };
}
