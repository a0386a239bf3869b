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

export function createVocabulary(): Vocabulary {
  const terms = new Map<string, number>();
  const words: string[] = [];
  return {
    get size() {
      return words.length;
    },
    find: (word) => terms.get(word),
    intern(word) {
      const known = terms.get(word);
      if (known !== undefined) return known;
      const own = detached(word);
      terms.set(own, words.length);
      return words.push(own) - 1;
    },
    word: (term) => words[term] as string,
  };
}
