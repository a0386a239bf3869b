import { RE2JS } from 're2js';
import type { Token } from './tokens.ts';

// RE2 knows ASCII white space only; JavaScript's \s is wider, and a no-break space must not slip past a guardrail.
const space =
  '\\t\\n\\v\\f\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}';
const notSpace =
  '\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}' +
  '\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}';
const anyButLineEnd = '[^\\n\\r\\x{2028}\\x{2029}]';

/** Writes JavaScript's pattern syntax in RE2's, keeping its meaning. */
export function toRe2(tokens: readonly Token[], flags: string): string {
  const rewriteDot = !flags.includes('s') && !tokens.some(({ text }) => /^\(\?[a-z]*s/.test(text));
  let source = '';
  for (const [i, token] of tokens.entries()) {
    if (isHigh(tokens[i - 1]) && isLow(token)) continue;
    source +=
      isHigh(token) && isLow(tokens[i + 1])
        ? pair(token, tokens[i + 1] as Token)
        : rewrite(token, rewriteDot);
  }
  return RE2JS.translateRegExp(source);
}

function rewrite({ kind, text, inClass }: Token, rewriteDot: boolean): string {
  if (text === '\\s') return inClass ? space : `[${space}]`;
  if (text === '\\S') return inClass ? notSpace : `[^${space}]`;
  if (kind === 'char' && text === '.' && !inClass && rewriteDot) return anyButLineEnd;
  // RE2 reads `[[:alpha:]]` as a POSIX class, JavaScript as a set with a bracket in it.
  if (kind === 'char' && text === '[' && inClass) return '\\[';
  return text.replace(/^(\\[pP]\{)(?:Script|sc|General_Category|gc)=/, '$1');
}

const isHigh = (token: Token | undefined): boolean => /^\\u[dD][89abAB]..$/.test(token?.text ?? '');
const isLow = (token: Token | undefined): boolean => /^\\u[dD][c-fC-F]..$/.test(token?.text ?? '');

/** RE2 works on code points, so two escaped halves have to become one. */
function pair(high: Token, low: Token): string {
  const unit = (token: Token) => Number.parseInt(token.text.slice(2), 16);
  const codePoint = (unit(high) - 0xd800) * 0x400 + (unit(low) - 0xdc00) + 0x10000;
  return `\\x{${codePoint.toString(16)}}`;
}
