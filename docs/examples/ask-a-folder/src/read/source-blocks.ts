import type { Block } from '../document.ts';

type CommentStyle = 'slashes' | 'hashes' | 'dashes';

const styles: Readonly<Record<string, CommentStyle>> = Object.fromEntries([
  ...'py rb sh bash zsh fish ps1 pl r ex exs tf graphql'.split(' ').map((ext) => [ext, 'hashes'] as const),
  ...'sql lua hs'.split(' ').map((ext) => [ext, 'dashes'] as const),
]);

const oneLine: Readonly<Record<CommentStyle, RegExp>> = {
  slashes: /^\s*\/\/+[!/]?\s?(.*)$/,
  hashes: /^\s*#+(?!!)\s?(.*)$/,
  dashes: /^\s*--+\s?(.*)$/,
};

/** Lines of code in one block: about a screen of it. */
const screenful = 40;

const declaration =
  /\b(?:function\*?|class|interface|type|const|let|var|def|fn|func|struct|enum|trait|module|package)\s+([A-Za-z_$][\w$]*)/;

/** Source code: its comments as prose, headed by what they are written above, and the code between them. */
export function codeBlocks(text: string, extension: string): Block[] {
  const lines = text.split('\n');
  const comments = commentsIn(lines, styles[extension] ?? 'slashes');
  const blocks: Block[] = [];
  let at = 0;
  for (const { start, texts } of comments) {
    blocks.push(...chunks(lines, at, start));
    const end = start + texts.length;
    const name = declaration.exec(lines.slice(end, end + 3).join(' '))?.[1];
    blocks.push(...commentBlocks(texts, start, name === undefined ? [] : [name]));
    at = end;
  }
  blocks.push(...chunks(lines, at, lines.length));
  return blocks;
}

/** Data, such as JSON: screenfuls of it. */
export function dataBlocks(text: string): Block[] {
  const lines = text.split('\n');
  return chunks(lines, 0, lines.length);
}

interface Comment {
  /** Index of its first line. */
  readonly start: number;
  /** What stands on its lines, without the marks. */
  readonly texts: readonly string[];
}

/** Where a comment over several lines ends, and what comes after it. */
const closing = /\s*(?:\*+\/|""").*$/;

function commentsIn(lines: readonly string[], style: CommentStyle): Comment[] {
  const found: { start: number; texts: string[] }[] = [];
  let inside: RegExp | undefined;
  for (const [i, line] of lines.entries()) {
    let text: string | undefined;
    if (inside) {
      text = line.replace(closing, '').replace(/^\s*\*?\s?/, '');
      if (inside.test(line)) inside = undefined;
    } else if (style === 'slashes' && /^\s*\/\*/.test(line)) {
      text = line.replace(closing, '').replace(/^\s*\/\*+\s?/, '');
      if (!line.includes('*/')) inside = /\*\//;
    } else if (style === 'hashes' && /^\s*[ru]?"""/.test(line)) {
      const rest = line.replace(/^\s*[ru]?"""/, '');
      if (!rest.includes('"""')) inside = /"""/;
      text = rest.replace(closing, '');
    } else text = oneLine[style].exec(line)?.[1];
    if (text === undefined) continue;
    const last = found.at(-1);
    const stripped = text.trimEnd();
    if (last && last.start + last.texts.length === i) last.texts.push(stripped);
    else found.push({ start: i, texts: [stripped] });
  }
  return found;
}

/** A comment's paragraphs. What it shows under `@example` is code. */
function commentBlocks(texts: readonly string[], start: number, headings: readonly string[]): Block[] {
  const blocks: Block[] = [];
  let kind: Block['kind'] = 'prose';
  let run: string[] = [];
  const flush = (end: number) => {
    if (run.some((line) => /\p{L}/u.test(line))) {
      blocks.push({ kind, text: run.join('\n').trimEnd(), line: start + end - run.length + 1, headings });
    }
    run = [];
  };
  for (const [i, text] of texts.entries()) {
    const tag = /^@(\w+)/.exec(text)?.[1];
    if (tag !== undefined || (text === '' && kind === 'prose')) flush(i);
    if (tag !== undefined) kind = tag === 'example' ? 'code' : 'prose';
    if (text !== '' || kind === 'code') run.push(text);
  }
  flush(texts.length);
  return blocks;
}

/** Lines in blocks of a screenful at most, cut at an empty line where there is one. */
function chunks(lines: readonly string[], from: number, to: number): Block[] {
  const blocks: Block[] = [];
  let start = from;
  while (start < to) {
    let end = Math.min(to, start + screenful);
    if (end < to) {
      const gap = lines.slice(start + screenful / 2, end).findLastIndex((line) => line.trim() === '');
      if (gap >= 0) end = start + screenful / 2 + gap + 1;
    }
    while (start < end && lines[start]?.trim() === '') start += 1;
    const text = lines.slice(start, end).join('\n').trimEnd();
    if (/[\p{L}\p{N}]/u.test(text)) blocks.push({ kind: 'code', text, line: start + 1, headings: [] });
    start = Math.max(end, start);
  }
  return blocks;
}
