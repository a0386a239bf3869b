import { describe, expect, it } from 'vitest';
import { sentencesOf } from './sentences.ts';

const texts = (text: string) =>
  sentencesOf({ kind: 'prose', text, headings: [] }).map((sentence) => sentence.text);

describe('sentencesOf', () => {
  it('cuts a text into its sentences', () => {
    expect(texts('One. Two! Is it three?')).toEqual(['One.', 'Two!', 'Is it three?']);
  });

  it('does not cut at a line break, an abbreviation, an initial or a version', () => {
    expect(texts('It runs on\nNode 22.13 (e.g. Linux), as M. Brooker says.')).toEqual([
      'It runs on Node 22.13 (e.g. Linux), as M. Brooker says.',
    ]);
  });

  it('cuts languages without spaces', () => {
    expect(texts('これは文です。次の文です。')).toEqual(['これは文です。', '次の文です。']);
  });

  it('tells the line or the page of each', () => {
    const lines = sentencesOf({ kind: 'prose', text: 'One\ngoes on. Two.\nThree.', line: 10, headings: [] });
    expect(lines.map(({ line }) => line)).toEqual([10, 11, 12]);
    const pages = sentencesOf({ kind: 'prose', text: 'One. Two.', page: 4, headings: [] });
    expect(pages.map(({ page }) => page)).toEqual([4, 4]);
  });
});
