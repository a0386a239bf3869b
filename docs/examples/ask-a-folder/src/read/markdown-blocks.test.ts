import { describe, expect, it } from 'vitest';
import { markdownBlocks } from './markdown-blocks.ts';

describe('markdownBlocks', () => {
  it('gives each paragraph its line and the headings above it', () => {
    const blocks = markdownBlocks('# A\n\nOne\ntwo.\n\n## B `c`\n\nThree.\n\n# D\n\nFour.\n');
    expect(blocks).toEqual([
      { kind: 'prose', text: 'One\ntwo.', line: 3, headings: ['A'] },
      { kind: 'prose', text: 'Three.', line: 8, headings: ['A', 'B c'] },
      { kind: 'prose', text: 'Four.', line: 12, headings: ['D'] },
    ]);
  });

  it('shows what a reader sees of links, emphasis, code and pictures', () => {
    const [block] = markdownBlocks(
      'See **the** [guide](https://example.org/x) of `run()` ![a graph](g.png)<br>.',
    );
    expect(block?.text).toBe('See the guide of run() a graph.');
  });

  it('takes list items and quotations one by one', () => {
    const blocks = markdownBlocks('- one\n- two\n  more\n\n> three\n');
    expect(blocks.map(({ text, line }) => [text, line])).toEqual([
      ['one', 1],
      ['two\nmore', 2],
      ['three', 5],
    ]);
  });

  it('gives the cells of a table row the titles of their columns', () => {
    expect(markdownBlocks('| code | meaning |\n|---|---|\n| 0 | good |\n| 1 | bad |\n')).toEqual([
      { kind: 'row', text: 'code: 0; meaning: good', line: 3, headings: [] },
      { kind: 'row', text: 'code: 1; meaning: bad', line: 4, headings: [] },
    ]);
  });

  it('tells the line on which code begins, fenced or indented', () => {
    expect(
      markdownBlocks('```ts\nlet a;\nlet b;\n```\n\ntext\n\n    let c;\n').filter(
        ({ kind }) => kind === 'code',
      ),
    ).toEqual([
      { kind: 'code', text: 'let a;\nlet b;', line: 2, headings: [] },
      { kind: 'code', text: 'let c;', line: 8, headings: [] },
    ]);
  });

  it('passes over front matter and keeps the line numbers behind it', () => {
    expect(markdownBlocks('---\ntitle: x\n---\nText.\n')).toEqual([
      { kind: 'prose', text: 'Text.', line: 4, headings: [] },
    ]);
  });

  it('reads HTML inside Markdown, and leaves out its comments', () => {
    const blocks = markdownBlocks('# A\n\n<details>\n<p>Inside.</p>\n</details>\n\n<!-- unseen -->\n');
    expect(blocks).toEqual([{ kind: 'prose', text: 'Inside.', line: 4, headings: ['A'] }]);
  });
});
