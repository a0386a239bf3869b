import { Parser } from 'htmlparser2';
import type { Block } from '../document.ts';
import { createOutline } from './outline.ts';

const unseen = new Set([
  'head',
  'script',
  'style',
  'template',
  'noscript',
  'svg',
  'math',
  'iframe',
  'object',
  'select',
]);
const inline = new Set(
  'a abbr b bdi bdo cite code data del dfn em font i ins kbd label mark q s samp small span strong sub sup time tt u var wbr'.split(
    ' ',
  ),
);

/** The texts a browser would show of an HTML page, each with the line it begins on and the headings above it. */
export function htmlBlocks(html: string): Block[] {
  const blocks: Block[] = [];
  const outline = createOutline();
  const lineAt = lineCounter(html);
  const hidden: string[] = [];
  let text = '';
  let line = 1;
  let preformatted = 0;

  function flush(): void {
    const shown = preformatted > 0 ? text.replace(/\s+$/, '') : collapse(text);
    text = '';
    if (!/[\p{L}\p{N}]/u.test(shown)) return;
    blocks.push({ kind: preformatted > 0 ? 'code' : 'prose', text: shown, line, headings: outline.path });
  }

  const parser = new Parser({
    onopentag(name) {
      if (unseen.has(name)) hidden.push(name);
      if (hidden.length > 0 || inline.has(name)) return;
      if (name === 'br') {
        text += ' ';
        return;
      }
      flush();
      if (name === 'pre') preformatted += 1;
    },
    ontext(part) {
      if (hidden.length > 0) return;
      if (text === '') {
        const rest = part.trimStart();
        if (rest === '') return;
        line = lineAt(parser.startIndex) + newlines(part.slice(0, part.length - rest.length));
        text = preformatted > 0 ? part.replace(/^\s*\n/, '') : rest;
      } else text += part;
    },
    onclosetag(name) {
      if (hidden.length > 0) {
        if (hidden.at(-1) === name) hidden.pop();
        return;
      }
      if (inline.has(name) || name === 'br') return;
      const depth = /^h([1-6])$/.exec(name)?.[1];
      if (depth !== undefined) {
        outline.enter(Number(depth), text.replace(/\s+/g, ' ').trim());
        text = '';
        return;
      }
      flush();
      if (name === 'pre' && preformatted > 0) preformatted -= 1;
    },
    onend: flush,
  });
  parser.end(html);
  return blocks;
}

/** Spaces as a browser shows them, but with the line breaks of the source. */
function collapse(text: string): string {
  return text
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .trimEnd();
}

const newlines = (text: string) => text.split('\n').length - 1;

/** The line (from 1) of an index, asked for in rising order. */
function lineCounter(text: string): (index: number) => number {
  let at = 0;
  let line = 1;
  return (index) => {
    for (; at < index; at += 1) if (text.charCodeAt(at) === 10) line += 1;
    return line;
  };
}
