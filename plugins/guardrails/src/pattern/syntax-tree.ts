import type { Token } from './tokens.ts';

/** What a pattern is made of, as far as it matters where a match of it may begin and how long it can be. */
export type Node =
  /** Takes one character, `length` UTF-16 units at most. */
  | { readonly kind: 'character'; readonly source: string; readonly length: 1 | 2 }
  /** Takes nothing; `ahead` when it depends on what comes after it. */
  | { readonly kind: 'assertion'; readonly source: string; readonly ahead: boolean }
  | { readonly kind: 'group'; readonly open: string; readonly branches: readonly (readonly Node[])[] }
  | {
      readonly kind: 'repeat';
      readonly of: Node;
      readonly min: number;
      readonly max: number;
      readonly lazy: boolean;
    };

/** A pattern has something in it that this module does not read. */
class Unread extends Error {}

/** The alternatives of a pattern; nothing when it has something of which this module cannot tell. */
export function syntaxTree(tokens: readonly Token[]): readonly (readonly Node[])[] | undefined {
  const pieces = joinPieces(tokens);
  const reader = { at: 0 };
  try {
    const branches = readBranches(pieces, reader);
    return reader.at === pieces.length ? branches : undefined;
  } catch (error) {
    if (error instanceof Unread) return undefined;
    throw error;
  }
}

interface Piece {
  readonly kind: 'character' | 'class' | 'open' | 'close' | 'syntax' | 'assertion';
  readonly text: string;
}

interface Reader {
  at: number;
}

function readBranches(pieces: readonly Piece[], reader: Reader): Node[][] {
  const branches: Node[][] = [[]];
  while (reader.at < pieces.length) {
    const { kind, text } = pieces[reader.at] as Piece;
    if (kind === 'close') break;
    if (kind === 'syntax' && text === '|') {
      branches.push([]);
      reader.at += 1;
      continue;
    }
    branches.at(-1)?.push(repeated(readOne(pieces, reader), pieces, reader));
  }
  return branches;
}

function readOne(pieces: readonly Piece[], reader: Reader): Node {
  const { kind, text } = pieces[reader.at] as Piece;
  reader.at += 1;
  if (kind === 'assertion') return { kind, source: text, ahead: text !== '^' };
  if (kind !== 'open') return { kind: 'character', source: text, length: isWide(kind, text) ? 2 : 1 };
  const branches = readBranches(pieces, reader);
  if (pieces[reader.at]?.kind !== 'close') throw new Unread();
  reader.at += 1;
  if (/^\(\?<[=!]$/.test(text)) {
    // How far back it looks has to be known.
    if (branches.some((branch) => longestMatch(branch) > longestLookbehind)) throw new Unread();
    return { kind: 'assertion', source: `${text}${sourceOf(branches)})`, ahead: false };
  }
  // Flags for the rest of a group, and lookaheads.
  if (/^\(\?[a-z]*(?:-[a-z]*)?\)$|^\(\?[=!>]$/.test(text)) throw new Unread();
  return { kind: 'group', open: /^\(\?[a-z-]*:$/.test(text) ? text : '(?:', branches };
}

const longestLookbehind = 64;

function repeated(of: Node, pieces: readonly Piece[], reader: Reader): Node {
  const piece = pieces[reader.at];
  const counts = piece?.kind === 'syntax' ? /^(?:([*+?])|\{(\d+)(,?)(\d*)\})$/.exec(piece.text) : null;
  if (!counts) return of;
  if (of.kind === 'assertion') throw new Unread();
  reader.at += 1;
  const next = pieces[reader.at];
  const lazy = next?.kind === 'syntax' && next.text === '?';
  if (lazy) reader.at += 1;
  const [, sign, least, comma, most] = counts;
  const min = sign ? Number(sign === '+') : Number(least);
  const max = sign ? (sign === '?' ? 1 : Infinity) : comma ? (most ? Number(most) : Infinity) : min;
  return { kind: 'repeat', of, min, max, lazy };
}

const isHigh = (text: string) => /^(?:[\ud800-\udbff]|\\u[dD][89abAB][\da-fA-F]{2})$/.test(text);
const isLow = (text: string) => /^(?:[\udc00-\udfff]|\\u[dD][c-fC-F][\da-fA-F]{2})$/.test(text);

/** Puts together what stands for one thing: classes, counts, and the halves of a pair. */
function joinPieces(tokens: readonly Token[]): Piece[] {
  const pieces: Piece[] = [];
  for (let i = 0; i < tokens.length; i += 1) {
    const { kind, text } = tokens[i] as Token;
    if (kind === 'class-open') {
      const end = tokens.findIndex((token, n) => n > i && token.kind === 'class-close');
      const all = tokens.slice(i, end === -1 ? tokens.length : end + 1);
      pieces.push({ kind: 'class', text: all.map((token) => token.text).join('') });
      i += all.length - 1;
      continue;
    }
    if (kind === 'open' || kind === 'close') {
      pieces.push({ kind, text });
      continue;
    }
    const next = tokens[i + 1]?.text ?? '';
    if (isHigh(text) && isLow(next)) {
      pieces.push({ kind: 'character', text: text + next });
      i += 1;
      continue;
    }
    const count = text === '{' && kind === 'char' ? countAt(tokens, i) : undefined;
    if (count !== undefined) {
      pieces.push({ kind: 'syntax', text: count });
      i += count.length - 1;
      continue;
    }
    pieces.push({ kind: kindOf(kind, text), text });
  }
  return pieces;
}

function countAt(tokens: readonly Token[], at: number): string | undefined {
  const ahead = tokens
    .slice(at, at + 16)
    .map(({ text }) => text)
    .join('');
  return /^\{\d+(?:,\d*)?\}/.exec(ahead)?.[0];
}

function kindOf(kind: Token['kind'], text: string): Piece['kind'] {
  if (kind === 'escape') return /^\\[bB]$/.test(text) ? 'assertion' : 'character';
  if (text === '^' || text === '$') return 'assertion';
  return /^[|*+?]$/.test(text) ? 'syntax' : 'character';
}

/** Whether it may stand for a character of two units. */
const isWide = (kind: Piece['kind'], text: string) =>
  kind === 'class' || text === '.' || /^(?:\\[pPWSDu]|[\ud800-\udbff])/.test(text);

/** Most UTF-16 units that a match can have. */
export function longestMatch(nodes: readonly Node[]): number {
  return nodes.reduce((sum, node) => sum + longestOf(node), 0);
}

function longestOf(node: Node): number {
  if (node.kind === 'character') return node.length;
  if (node.kind === 'assertion') return 0;
  if (node.kind === 'group') return Math.max(...node.branches.map(longestMatch));
  const each = longestOf(node.of);
  return each === 0 ? 0 : each * node.max;
}

/** Writes branches as a pattern again, with groups that capture nothing. */
export const sourceOf = (branches: readonly (readonly Node[])[]): string =>
  branches.map((branch) => branch.map(sourceOfNode).join('')).join('|');

export function sourceOfNode(node: Node): string {
  if (node.kind === 'group') return `${node.open}${sourceOf(node.branches)})`;
  if (node.kind !== 'repeat') return node.source;
  const { of, min, max, lazy } = node;
  return `${sourceOfNode(of)}{${min},${max === Infinity ? '' : max}}${lazy ? '?' : ''}`;
}
