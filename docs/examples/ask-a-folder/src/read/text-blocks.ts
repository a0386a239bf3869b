import type { Block } from '../document.ts';

/** The paragraphs of a plain text: what stands between empty lines. */
export function textBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  let lines: string[] = [];
  const flush = (end: number) => {
    if (lines.length === 0) return;
    blocks.push({ kind: 'prose', text: lines.join('\n'), line: end - lines.length, headings: [] });
    lines = [];
  };
  const all = text.split('\n');
  for (const [i, line] of all.entries()) {
    if (line.trim() === '') flush(i + 1);
    else lines.push(line.trimEnd());
  }
  flush(all.length + 1);
  return blocks;
}
