import type { Block } from '../document.ts';

export interface Sentence {
  readonly text: string;
  /** Where in the block it begins. */
  readonly start: number;
  readonly line?: number;
  readonly page?: number;
}

// English rules: the one locale whose breaks are sensible for most scripts.
const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

/** Ends no sentence, though a dot stands behind it. */
const abbreviation =
  /(?:^|[\s(])(?:e\.g|i\.e|etc|vs|cf|approx|ca|fig|dr|mr|mrs|ms|prof|st|resp|incl|al|z\.b|d\.h|bzw|\p{L})\.$/iu;

/** The sentences of a block, in order, each with its own line. */
export function sentencesOf(block: Block): Sentence[] {
  // A line break would end a sentence; a space in its place keeps every position.
  const flat = block.text.replaceAll('\n', ' ');
  const sentences: Sentence[] = [];
  let start = 0;
  let end = 0;
  const push = () => {
    const raw = flat.slice(start, end);
    const text = raw.trim().replace(/\s+/g, ' ');
    const at = start + raw.length - raw.trimStart().length;
    start = end;
    if (text !== '') sentences.push({ text, start: at, ...whereIn(block, at) });
  };
  for (const { segment, index } of segmenter.segment(flat)) {
    if (index > start && !goesOn(flat.slice(start, index).trimEnd(), segment)) push();
    end = index + segment.length;
  }
  push();
  return sentences;
}

function goesOn(before: string, next: string): boolean {
  return abbreviation.test(before) || /^\p{Ll}/u.test(next);
}

/** The line or page of an index of a block's text. */
export function whereIn({ text, line, page }: Block, index: number): Pick<Sentence, 'line' | 'page'> {
  if (page !== undefined) return { page };
  if (line === undefined) return {};
  return { line: line + text.slice(0, index).split('\n').length - 1 };
}
