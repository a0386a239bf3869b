import { describe, expect, it } from 'vitest';
import { codeBlocks, dataBlocks } from './source-blocks.ts';

describe('codeBlocks', () => {
  it('makes prose of comments, headed by what they are written above', () => {
    const source = `import x from 'x';

/**
 * Counts things.
 *
 * Twice.
 * @example
 * count(1);
 */
export function count(n) {
  // One more.
  return n + 1;
}
`;
    expect(codeBlocks(source, 'ts')).toEqual([
      { kind: 'code', text: "import x from 'x';", line: 1, headings: [] },
      { kind: 'prose', text: 'Counts things.', line: 4, headings: ['count'] },
      { kind: 'prose', text: 'Twice.', line: 6, headings: ['count'] },
      { kind: 'code', text: '@example\ncount(1);', line: 7, headings: ['count'] },
      { kind: 'code', text: 'export function count(n) {', line: 10, headings: [] },
      { kind: 'prose', text: 'One more.', line: 11, headings: [] },
      { kind: 'code', text: '  return n + 1;\n}', line: 12, headings: [] },
    ]);
  });

  it.each([
    ['py', '# A note.\ndef run(): pass', ['A note.']],
    ['py', 'def run():\n    """Does it.\n\n    Really."""\n    return 1', ['Does it.', 'Really.']],
    ['sh', '#!/bin/sh\n# A note.\nls', ['A note.']],
    ['sql', '-- A note.\nselect 1;', ['A note.']],
    ['ts', '/* A note. */\nlet a;', ['A note.']],
    ['css', '/* A note.\n   More. */\na {}', ['A note.\nMore.']],
  ])('knows the comments of .%s files', (extension, source, prose) => {
    const found = codeBlocks(source, extension).filter(({ kind }) => kind === 'prose');
    expect(found.map(({ text }) => text)).toEqual(prose);
  });

  it('cuts long code at an empty line', () => {
    const lines = Array.from({ length: 60 }, (_, i) => (i === 30 ? '' : `line${i}`));
    const blocks = dataBlocks(lines.join('\n'));
    expect(blocks.map(({ line }) => line)).toEqual([1, 32]);
    expect(blocks.map(({ text }) => text.split('\n').length)).toEqual([30, 29]);
  });
});
