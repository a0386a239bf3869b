import { distance } from 'fastest-levenshtein';
import { grown } from './grown.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * Which words count for a word of a query, beside itself.
 *
 * - `'prefix'`: those that begin with it, as while somebody types.
 * - `'typos'`: those that differ from it in one character, from three characters on, or in two, from six on: one that is
 *   missing, too many or another (two that changed places are two).
 *
 * @since 0.1.0
 */
export type Tolerance = 'prefix' | 'typos';

/** A word that counts for one of a query, and how much: 1 would be as that one itself. */
export interface RelatedTerm {
  readonly term: number;
  readonly factor: number;
}

export interface RelatedWords {
  /** The nearest few of each word: those of the highest factor, equal ones by their letters. Each word once. */
  related(words: ReadonlySet<string>, tolerance: readonly Tolerance[]): readonly RelatedTerm[];
}

/** More would make a short prefix as slow as looking at everything. */
const mostOfAWord = 64;

/** A difference halves what a word counts. */
const perTypo = 0.5;
/** Begins as it does, and no more: what it counts falls with what follows. */
const ofPrefix = 0.75;

/** Looks at every word, most of them only at length and letters. */
export function createRelatedWords(vocabulary: Vocabulary): RelatedWords {
  let lengths = new Uint32Array(0);
  let letters = new Uint32Array(0);
  let known = 0;

  function learnNew(): void {
    lengths = grown(lengths, vocabulary.size);
    letters = grown(letters, vocabulary.size);
    for (; known < vocabulary.size; known += 1) {
      const word = vocabulary.word(known);
      lengths[known] = word.length;
      letters[known] = lettersOf(word);
    }
  }

  function relatedTo(word: string, tolerance: readonly Tolerance[]): RelatedTerm[] {
    const typos = tolerance.includes('typos') ? typosOf(word) : 0;
    const own = lettersOf(word);
    const found: RelatedTerm[] = [];
    for (let term = 0; term < known; term += 1) {
      const longer = (lengths[term] as number) - word.length;
      const isNear = Math.abs(longer) <= typos && bitsOf(own ^ (letters[term] as number)) <= 2 * typos;
      const differences =
        isNear && typos > 0 ? distance(word, vocabulary.word(term)) : Number.POSITIVE_INFINITY;
      let factor = differences <= typos ? perTypo ** differences : 0;
      if (longer > 0 && tolerance.includes('prefix') && vocabulary.word(term).startsWith(word))
        factor = Math.max(factor, (ofPrefix * word.length) / (lengths[term] as number));
      if (factor > 0 && differences !== 0) found.push({ term, factor });
    }
    return found.sort(nearestFirst).slice(0, mostOfAWord);
  }

  function nearestFirst(a: RelatedTerm, b: RelatedTerm): number {
    return b.factor - a.factor || (vocabulary.word(a.term) < vocabulary.word(b.term) ? -1 : 1);
  }

  return {
    related(words, tolerance) {
      learnNew();
      const factors = new Map<number, number>();
      for (const word of words)
        for (const { term, factor } of relatedTo(word, tolerance))
          factors.set(term, Math.max(factor, factors.get(term) ?? 0));
      return Array.from(factors, ([term, factor]) => ({ term, factor }));
    },
  };
}

function typosOf(word: string): number {
  if (word.length < 3) return 0;
  return word.length < 6 ? 1 : 2;
}

/** A bit for each letter that it has; one that is another changes two of them at most. */
function lettersOf(word: string): number {
  let bits = 0;
  for (let i = 0; i < word.length; i += 1) bits |= 1 << (word.charCodeAt(i) & 31);
  return bits;
}

function bitsOf(value: number): number {
  let left = value - ((value >>> 1) & 0x55555555);
  left = (left & 0x33333333) + ((left >>> 2) & 0x33333333);
  return (((left + (left >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}
