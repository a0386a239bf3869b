import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../command.ts';

/** A fenced block of a Markdown file. */
export interface Fence {
  /** The line it begins on, from 1. */
  readonly line: number;
  readonly language: string;
  /** What follows the language on the opening line. */
  readonly info: string;
  readonly text: string;
}

/** The fenced blocks of a text, in their order. */
export function fencesIn(text: string): readonly Fence[] {
  const fences: Fence[] = [];
  let open: { line: number; language: string; info: string; lines: string[] } | undefined;
  for (const [i, line] of text.split('\n').entries()) {
    const mark = /^```(\S*)\s*(.*)$/.exec(line);
    if (!open && mark) {
      open = { line: i + 1, language: mark[1] ?? '', info: mark[2] ?? '', lines: [] };
    } else if (open && line.startsWith('```')) {
      const { lines, ...rest } = open;
      fences.push({ ...rest, text: lines.join('\n') });
      open = undefined;
    } else {
      open?.lines.push(line);
    }
  }
  return fences;
}

/** The same text with its fenced blocks emptied, so that what looks like Markdown inside them is not taken for it. */
export function withoutFences(text: string): string {
  let inside = false;
  return text
    .split('\n')
    .map((line) => {
      const isFence = line.startsWith('```');
      if (isFence) inside = !inside;
      return isFence || inside ? '' : line;
    })
    .join('\n');
}

/** The anchors GitHub gives the headings of a text. */
export function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutFences(text).matchAll(/^#{1,6}\s+(.+?)\s*$/gm)) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = plain.replace(/[^\p{Letter}\p{Number}\s_-]/gu, '').replaceAll(' ', '-');
    for (let n = 0; ; n += 1) {
      const anchor = n === 0 ? slug : `${slug}-${n}`;
      if (anchors.has(anchor)) continue;
      anchors.add(anchor);
      break;
    }
  }
  return anchors;
}

/** A file of the repository, its path relative to the root. */
export function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
