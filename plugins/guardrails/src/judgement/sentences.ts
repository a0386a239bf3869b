import { fold, foldedText } from '../words/fold.ts';

const segmenter = new Intl.Segmenter(undefined, { granularity: 'sentence' });

/** The sentences of a text that say something. */
export function sentencesOf(text: string): readonly string[] {
  const sentences: string[] = [];
  // Lines of lists and headings have no full stop.
  for (const line of text.split('\n')) {
    for (const { segment } of segmenter.segment(line))
      if (/[\p{L}\p{N}]/u.test(segment)) sentences.push(segment.trim());
  }
  return sentences;
}

/** What a text says: its longer words by how they begin, so that endings do not count, and its numbers as they are. */
export interface Content {
  readonly words: ReadonlySet<string>;
  readonly numbers: ReadonlySet<string>;
}

const stemChars = 6;
const shortestWord = 4;

/** @internal */
export function contentOf(text: string): Content {
  const words = new Set<string>();
  const numbers = new Set<string>();
  const letters = foldedText(fold(text, 'letters'));
  for (const [found] of letters.matchAll(/\d+(?:[.,:]\d+)*|[\p{L}\p{N}]+/gu)) {
    if (/^\d/.test(found)) numbers.add(found.replaceAll(/[.,](?=\d{3}(?:\D|$))/g, ''));
    else if ([...found].length >= shortestWord) words.add([...found].slice(0, stemChars).join(''));
  }
  return { words, numbers };
}
