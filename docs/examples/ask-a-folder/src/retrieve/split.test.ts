import { describe, expect, it } from 'vitest';
import type { Block } from '../document.ts';
import { indexedText, splitDocument } from './split.ts';

const block = (text: string, headings: string[] = [], line = 1): Block => ({
  kind: 'prose',
  text,
  line,
  headings,
});
const split = (...blocks: Block[]) => splitDocument({ path: 'a.md', blocks });

describe('splitDocument', () => {
  it('keeps short neighbours under the same headings together', () => {
    const passages = split(block('One.', ['A']), block('Two.', ['A'], 3), block('Three.', ['B'], 5));
    expect(passages.map(({ headings, blocks }) => [headings, blocks.map(({ text }) => text)])).toEqual([
      [['A'], ['One.', 'Two.']],
      [['B'], ['Three.']],
    ]);
  });

  it('starts another passage when one is long enough', () => {
    const sizes = split(block('a'.repeat(500)), block('b'.repeat(500)), block('c'.repeat(300)));
    expect(sizes.map(({ blocks }) => blocks.length)).toEqual([1, 2]);
  });

  it('cuts a long paragraph between its sentences, and keeps their lines', () => {
    const sentence = `Now ${'word '.repeat(60)}end.\n`;
    const passages = split(block(sentence.repeat(8), [], 10));
    const blocks = passages.flatMap((passage) => passage.blocks);
    expect(blocks.length).toBeGreaterThan(1);
    for (const { text } of blocks) expect(text.endsWith('end.')).toBe(true);
    expect(blocks.map(({ line }) => line)).toEqual([...blocks.keys()].map((i) => 10 + 3 * i));
    expect(blocks.map(({ text }) => text).join('\n')).toBe(sentence.repeat(8).trimEnd());
  });

  it('cuts even what has neither sentences nor lines', () => {
    const blocks = split(block('x'.repeat(10_000))).flatMap((passage) => passage.blocks);
    expect(Math.max(...blocks.map(({ text }) => text.length))).toBeLessThanOrEqual(1800);
    expect(blocks.map(({ text }) => text).join('')).toHaveLength(10_000);
  });
});

describe('indexedText', () => {
  it('lets a passage be found by its headings and its file', () => {
    expect(
      indexedText({ path: 'guides/quick-start.md', headings: ['Install'], blocks: [block('Run it.')] }),
    ).toBe('guides quick start\nInstall\nRun it.');
  });
});
