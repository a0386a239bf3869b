import { markWords } from '../retrieve/mark-words.ts';
import type { Reason } from '../retrieve/reason.ts';
import { plain, wrap } from './plain.ts';

export interface ExcerptOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly indent: string;
  /** Makes a word stand out. Without colours, signs around it do. */
  mark(word: string): string;
}

/** Characters of a sentence that are shown, around its first word of the question. */
const most = 240;
// Of the private use area, so that they count as one column each and no text means anything by them.
const [begin, end] = ['\uE000', '\uE001'];
const signs = /[\uE000\uE001]/g;

/** Why a passage was found, and the sentence that made the hit with the words of the question marked. */
export function excerpt({ sentence, words, nearness }: Reason, options: ExcerptOptions): string {
  const text = plain(sentence).replace(signs, '\uFFFD');
  const marked = markWords(text, words)
    .map((piece) => (piece.isMarked ? begin + piece.text + end : piece.text))
    .join('');
  const how = [
    ...(words.length > 0 ? ['words'] : []),
    ...(nearness === undefined ? [] : [`meaning (${nearness.toFixed(2)})`]),
  ];
  const lines = wrap(`by ${how.join(' and ')}: ${cut(marked)}`, options.width, options.indent);
  return lines.replace(/\uE000([^\uE001]*)\uE001/g, (_, word: string) => options.mark(word));
}

/** A long sentence from a little before its first marked word on. */
function cut(text: string): string {
  if (text.length <= most) return text;
  const first = Math.max(0, text.indexOf(begin));
  const from = first < most / 2 ? 0 : text.lastIndexOf(' ', first - most / 4) + 1;
  const to = text.lastIndexOf(' ', from + most);
  const part = text.slice(from, from + most >= text.length ? undefined : to > from ? to : from + most);
  // A cut within a mark would leave it open.
  const isOpen = part.lastIndexOf(begin) > part.lastIndexOf(end);
  return `${from > 0 ? '… ' : ''}${part}${isOpen ? end : ''}${from + part.length < text.length ? ' …' : ''}`;
}
