import { describe, expect, it } from 'vitest';
import { textBlocks } from './text-blocks.ts';

describe('textBlocks', () => {
  it('takes what stands between empty lines for a paragraph, and keeps its line', () => {
    expect(textBlocks('\na\nb\n\n \nc')).toEqual([
      { kind: 'prose', text: 'a\nb', line: 2, headings: [] },
      { kind: 'prose', text: 'c', line: 6, headings: [] },
    ]);
  });
});
