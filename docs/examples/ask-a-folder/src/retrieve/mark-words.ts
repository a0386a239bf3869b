import { stems } from './words.ts';

/** A piece of a text, and whether it is one of the words looked for. */
export interface MarkedPiece {
  readonly text: string;
  readonly isMarked: boolean;
}

const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

/** A text in pieces, those of them marked that are one of these words in any of its forms. */
export function markWords(text: string, words: readonly string[]): readonly MarkedPiece[] {
  const wanted = new Set(words);
  const pieces: MarkedPiece[] = [];
  for (const { segment } of segmenter.segment(text)) {
    const isMarked = stems.tokenize(segment).some((word) => wanted.has(word));
    const last = pieces.at(-1);
    if (last && !last.isMarked && !isMarked)
      pieces[pieces.length - 1] = { ...last, text: last.text + segment };
    else pieces.push({ text: segment, isMarked });
  }
  return pieces;
}
