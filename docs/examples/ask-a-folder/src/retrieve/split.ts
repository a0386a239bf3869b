import type { Block, Passage, TextDocument } from '../document.ts';
import { sentencesOf, whereIn } from './sentences.ts';

/** Characters of a passage: enough to be understood alone, little enough to be about one thing. */
const passageLength = 900;

/** Parts a document into passages: blocks that follow each other under the same headings, up to a length. */
export function splitDocument({ path, blocks }: TextDocument): Passage[] {
  const passages: { path: string; headings: readonly string[]; blocks: Block[] }[] = [];
  let length = 0;
  for (const block of blocks.flatMap(shorten)) {
    const last = passages.at(-1);
    const fits = length + block.text.length <= passageLength;
    if (last && fits && sameHeadings(last.headings, block.headings)) last.blocks.push(block);
    else {
      passages.push({ path, headings: block.headings, blocks: [block] });
      length = 0;
    }
    length += block.text.length;
  }
  return passages;
}

function sameHeadings(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((heading, i) => heading === b[i]);
}

/** A block too long for a passage, as several: cut between sentences, or between lines where there are none. */
function shorten(block: Block): Block[] {
  if (block.text.length <= 2 * passageLength) return [block];
  const cuts = block.kind === 'prose' ? sentencesOf(block).map(({ start }) => start) : lineStarts(block.text);
  const parts: Block[] = [];
  let start = 0;
  const push = (end: number) => {
    const text = block.text.slice(start, end).trimEnd();
    if (text !== '') parts.push({ ...block, text, ...whereIn(block, start) });
    start = end;
  };
  for (const cut of [...cuts, block.text.length]) {
    while (cut - start > 2 * passageLength) push(start + passageLength);
    if (cut - start > passageLength) push(cut);
  }
  push(block.text.length);
  return parts;
}

function lineStarts(text: string): number[] {
  return [...text.matchAll(/\n/g)].map(({ index }) => index + 1);
}

/** What the index sees of a passage: its words, and those of its file's name and headings. */
export function indexedText({ path, headings, blocks }: Passage): string {
  const name = path.replace(/\.\w+$/, '').replace(/[/_.-]+/g, ' ');
  return [name, ...headings, ...blocks.map(({ text }) => text)].join('\n');
}
