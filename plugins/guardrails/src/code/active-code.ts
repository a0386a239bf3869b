import type { CodeBlock } from './code-block.ts';

/** What begins something that a page runs, or a tag that may have an attribute which it runs. */
const beginnings = /<(?:(script|style)(?=[\s/>])|\?(php\b|=)|[a-z])/gi;
const handler = /[\s/"']on[a-z]{2,30}\s{0,16}=/i;
const kinds = {
  script: { language: 'javascript', ending: /<\/script\s*>/gi },
  style: { language: 'css', ending: /<\/style\s*>/gi },
  php: { language: 'php', ending: /\?>/g },
} as const;
/** A tag between backticks is talked about, and not run. */
const mentioned = /^<[^`>\n]{0,200}>`/;
/** Longest tag whose attributes are looked at. */
export const longestTag = 2_000;

/** What a page that shows a text would run of it: elements, tags with attributes such as `onclick`, and PHP. */
export function* activeCode(text: string, from: number, until: number): Generator<CodeBlock> {
  const prose = text.slice(0, until);
  beginnings.lastIndex = from;
  for (let match = beginnings.exec(prose); match; match = beginnings.exec(prose)) {
    const { index: start, 0: found, 1: element, 2: php } = match;
    const next = start + found.length;
    const block =
      element || php
        ? elementAt(prose, start, php ? 'php' : isStyle(element) ? 'style' : 'script')
        : tagAt(prose, start);
    if (block) yield block;
    beginnings.lastIndex = block?.end ?? next;
  }
}

const isStyle = (element: string | undefined) => element?.toLowerCase() === 'style';

function elementAt(prose: string, start: number, kind: keyof typeof kinds): CodeBlock | undefined {
  if (prose[start - 1] === '`' && mentioned.test(prose.slice(start, start + 256))) return undefined;
  const { language, ending } = kinds[kind];
  ending.lastIndex = start;
  const end = ending.test(prose) ? ending.lastIndex : undefined;
  return { start, end: end ?? prose.length, language, isOpen: end === undefined };
}

function tagAt(prose: string, start: number): CodeBlock | undefined {
  const end = endOfTag(prose, start);
  if (end === undefined || !handler.test(prose.slice(start, end))) return undefined;
  return { start, end, language: 'javascript', isOpen: false };
}

/** Where a tag ends: at a `>` that is in no value between quotes. Nothing when it is not over, or too long. */
export function endOfTag(text: string, start: number): number | undefined {
  const limit = Math.min(text.length, start + longestTag);
  // Most of what is made to take long has no end near, which is found out much faster than by its quotes.
  const nearest = text.indexOf('>', start);
  if (nearest === -1 || nearest >= limit) return undefined;
  for (let at = start; at < limit; at += 1) {
    if (text[at] === '>') return at + 1;
    if (text[at] !== '=') continue;
    while (text[at + 1] === ' ' || text[at + 1] === '\n') at += 1;
    const quote = text[at + 1];
    if (quote !== '"' && quote !== "'") continue;
    at += 2;
    while (at < limit && text[at] !== quote) at += 1;
  }
  return undefined;
}
