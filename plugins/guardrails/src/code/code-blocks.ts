import { activeCode } from './active-code.ts';
import type { CodeBlock } from './code-block.ts';
import { languageNamed } from './code-languages.ts';

/** Marks of quotes and lists may stand before a fence. Behind it is what the block is called. */
const fence = /^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(`{3,}|~{3,})([^\n]*)$/;
const languageName = /^[\s{.]*([\p{L}\p{N}_+#-]*)/u;

/**
 * The code in a text from `from` on, which is in no block; from left to right, none in another.
 */
export function* codeBlocks(text: string, from: number): Generator<CodeBlock> {
  let prose = from;
  for (const block of fencedBlocks(text, from)) {
    yield* activeCode(text, prose, block.start);
    yield block;
    prose = block.end;
  }
  yield* activeCode(text, prose, text.length);
}

function* fencedBlocks(text: string, from: number): Generator<CodeBlock> {
  let open: { readonly start: number; readonly mark: string; readonly language: string } | undefined;
  for (let at = lineAt(text, from); at < text.length; ) {
    const newline = text.indexOf('\n', at);
    const lineEnd = newline === -1 ? text.length : newline;
    const next = lineEnd + 1;
    const [, mark = '', info = ''] = fence.exec(text.slice(at, lineEnd)) ?? [];
    if (mark !== '' && !open && !(mark.startsWith('`') && info.includes('`')))
      open = { start: at, mark, language: languageNamed(languageName.exec(info)?.[1] ?? '') };
    else if (mark !== '' && open && mark.startsWith(open.mark) && info.trim() === '') {
      yield { start: open.start, end: lineEnd, language: open.language, isOpen: newline === -1 };
      open = undefined;
    }
    at = next;
  }
  if (open) yield { start: open.start, end: text.length, language: open.language, isOpen: true };
}

/** Where the first line begins at `from` or later. */
function lineAt(text: string, from: number): number {
  if (from === 0 || text[from - 1] === '\n') return from;
  const newline = text.indexOf('\n', from);
  return newline === -1 ? text.length : newline + 1;
}
