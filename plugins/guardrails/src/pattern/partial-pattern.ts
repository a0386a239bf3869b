import { longestMatch, type Node, sourceOfNode, syntaxTree } from './syntax-tree.ts';
import type { Token } from './tokens.ts';

/** What tells where the end of a text may be the beginning of a match. */
export interface PartialPattern {
  /** Matches to the end of a text from every place where a match may begin that is not over there. */
  readonly source: string;
  /** Most UTF-16 units that a match can have. */
  readonly longest: number;
}

/**
 * Writes the pattern of all beginnings of what a pattern matches. (For the languages of automata there always is one; in
 * backtracking engines it is called partial matching, as in PCRE2.) Nothing comes back for a pattern of which this cannot
 * be told.
 */
export function partialPattern(tokens: readonly Token[]): PartialPattern | undefined {
  const branches = syntaxTree(tokens);
  if (!branches) return undefined;
  return {
    source: String.raw`(?:${branches.map(beginnings).join('|')})\z`,
    longest: Math.max(...branches.map(longestMatch)),
  };
}

/** All beginnings of what nodes one after the other match, the empty one and the whole included. */
function beginnings(nodes: readonly Node[]): string {
  return nodes.reduceRight((rest, node, i) => {
    // More may follow of what an assertion looks at.
    if (node.kind === 'assertion')
      return node.ahead ? String.raw`(?:(?:${node.source}|\z)${rest})?` : `(?:${node.source}${rest})?`;
    const last = i === nodes.length - 1;
    if (node.kind === 'character') return last ? `${node.source}?` : `(?:${node.source}${rest})?`;
    return last ? beginningsOf(node) : `(?:${beginningsOf(node)}|${sourceOfNode(node)}${rest})`;
  }, '');
}

function beginningsOf(node: Exclude<Node, { kind: 'assertion' }>): string {
  if (node.kind === 'character') return `${node.source}?`;
  if (node.kind === 'group') return `${node.open}${node.branches.map(beginnings).join('|')})`;
  const { of, max } = node;
  if (max === 0) return '';
  const source = sourceOfNode(of);
  const times = max === Infinity ? '*' : `{0,${max}}`;
  if (of.kind === 'character') return `${source}${times}`;
  const inner = of.kind === 'assertion' ? source : beginningsOf(of);
  return max === 1 ? inner : `(?:${source}${times}${inner})`;
}
