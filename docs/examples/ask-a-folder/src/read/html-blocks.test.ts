import { describe, expect, it } from 'vitest';
import { htmlBlocks } from './html-blocks.ts';

describe('htmlBlocks', () => {
  it('gives each text its line and the headings above it', () => {
    const html =
      '<!doctype html>\n<html><head><title>T</title></head>\n<body>\n<h1>A</h1>\n<p>One <b>two</b>\nthree.</p>\n<h2>B</h2>\n<ul>\n<li>\n  Four &amp; five</li></ul>\n';
    expect(htmlBlocks(html)).toEqual([
      { kind: 'prose', text: 'One two\nthree.', line: 5, headings: ['A'] },
      { kind: 'prose', text: 'Four & five', line: 10, headings: ['A', 'B'] },
    ]);
  });

  it('shows nothing of scripts, styles and comments', () => {
    expect(htmlBlocks('<script>let a = "<p>no</p>"</script><style>p{}</style><!-- no --><p>yes</p>')).toEqual(
      [{ kind: 'prose', text: 'yes', line: 1, headings: [] }],
    );
  });

  it('keeps the lines of preformatted text', () => {
    expect(htmlBlocks('<pre><code>a\n  b\n</code></pre>')).toEqual([
      { kind: 'code', text: 'a\n  b', line: 1, headings: [] },
    ]);
  });

  it('reads on when tags are broken or never closed', () => {
    const texts = htmlBlocks('<div><p>one<p>two</div></span><h2>t<p>three').map(({ text }) => text);
    expect(texts).toEqual(expect.arrayContaining(['one', 'two', 'three']));
  });
});
