import { randomNumbers } from '../random-numbers.ts';

/** A made-up corpus: the same for everybody who asks for the same one. */
export interface CorpusOptions {
  readonly documents: number;
  readonly words: number;
  readonly vocabulary: number;
  readonly queries: number;
  /** `zipf`: the n-th word is drawn 1/n as often as the first, as in natural text (Zipf 1949). */
  readonly distribution: 'zipf' | 'uniform';
}

export interface Document {
  readonly id: string;
  readonly text: string;
}

export interface Corpus {
  readonly documents: readonly Document[];
  readonly queries: readonly string[];
}

const wordsOfQuery = 4;

export function makeCorpus({ documents, words, vocabulary, queries, distribution }: CorpusOptions): Corpus {
  const random = randomNumbers(20_261_121);
  const draw = drawer(vocabulary, distribution, random);
  const all = Array.from({ length: vocabulary }, (_, i) => word(i));
  const text = (length: number) => Array.from({ length }, () => all[draw()]).join(' ');
  return {
    documents: Array.from({ length: documents }, (_, i) => ({ id: `doc-${i}`, text: text(words) })),
    queries: Array.from({ length: queries }, () => {
      const chosen = new Set<number>();
      while (chosen.size < wordsOfQuery) chosen.add(draw());
      return [...chosen].map((i) => all[i]).join(' ');
    }),
  };
}

/** Draws indices of words. */
function drawer(
  size: number,
  distribution: CorpusOptions['distribution'],
  random: () => number,
): () => number {
  if (distribution === 'uniform') return () => Math.floor(random() * size);
  const upTo: number[] = [];
  let sum = 0;
  for (let rank = 1; rank <= size; rank += 1) {
    sum += 1 / rank;
    upTo.push(sum);
  }
  return () => {
    const drawn = random() * sum;
    let low = 0;
    let high = size - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((upTo[middle] as number) < drawn) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

const consonants = 'bdfghklmnprstvz';
const vowels = 'aeiou';

/** A pronounceable word of three or four syllables, another one for each number below 75³·75. */
function word(index: number): string {
  const syllables = consonants.length * vowels.length;
  let text = '';
  for (let rest = index, i = 0; i < 3 || rest > 0; i += 1, rest = Math.floor(rest / syllables)) {
    const syllable = rest % syllables;
    text += `${consonants[Math.floor(syllable / vowels.length)]}${vowels[syllable % vowels.length]}`;
  }
  return text;
}
