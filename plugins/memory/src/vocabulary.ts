import { createSplitMap } from './split-map.ts';
import type { StoredStrings } from './storage/stored-strings.ts';

/** Numbers words from 0 in the order they were first seen. */
export interface Vocabulary {
  readonly size: number;
  find(word: string): number | undefined;
  intern(word: string): number;
  word(term: number): string;
}

/**
 * A copy that shares no memory with the text the word was cut from: V8 keeps the whole parent of a slice of 13 characters
 * or more alive.
 */
function detached(word: string): string {
  if (word.length < 13) return word;
  return Buffer.from(word, 'utf16le').toString('utf16le');
}

/** `stored`: words that have the numbers they are stored by; the next ones follow them. */
export function createVocabulary(stored?: StoredStrings): Vocabulary {
  /** Of words that are not stored. */
  const terms = createSplitMap();
  /** `undefined`: stored, and not asked for yet. */
  const words: (string | undefined)[] = new Array(stored?.size ?? 0).fill(undefined);

  const find = (word: string): number | undefined => terms.get(word) ?? stored?.find(word);

  return {
    get size() {
      return words.length;
    },
    find,
    intern(word) {
      const known = find(word);
      if (known !== undefined) return known;
      const own = detached(word);
      terms.set(own, words.length);
      return words.push(own) - 1;
    },
    word(term) {
      const known = words[term] ?? stored?.at(term) ?? '';
      words[term] = known;
      return known;
    },
  };
}
