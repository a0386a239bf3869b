import type { Node } from './syntax-tree.ts';

/** Texts one of which is in everything that a pattern matches; nothing when there are none that say much. */
export type Literals = readonly string[];

const shortest = 2;
const most = 24;

/**
 * Finds them in branches, of which each has to have one. Most texts have none of them, which is found out at the speed of a
 * search for a word (Cox 2010 calls it a prefilter).
 */
export function requiredLiterals(branches: readonly (readonly Node[])[]): Literals | undefined {
  const all: string[] = [];
  for (const branch of branches) {
    const literals = ofSequence(branch);
    if (!literals) return undefined;
    all.push(...literals);
  }
  return all.length <= most ? all : undefined;
}

/** The set whose shortest text is the longest: each of those found one after another has to be there. */
function ofSequence(nodes: readonly Node[]): Literals | undefined {
  let best: Literals | undefined;
  const keep = (literals: Literals | undefined) => {
    if (literals && weight(literals) > weight(best)) best = literals;
  };
  let run = '';
  for (const node of nodes) {
    const char = literalChar(node);
    if (char !== undefined) {
      run += char;
      continue;
    }
    if (node.kind === 'assertion') continue;
    keep([run]);
    run = '';
    if (node.kind === 'group') keep(node.open === '(?:' ? requiredLiterals(node.branches) : undefined);
    if (node.kind === 'repeat' && node.min > 0) keep(ofSequence([node.of]));
  }
  keep([run]);
  return best;
}

const weight = (literals: Literals | undefined) =>
  literals ? Math.min(...literals.map(({ length }) => length)) : shortest - 1;

/** What a node stands for when that is one character and no other. */
function literalChar(node: Node): string | undefined {
  if (node.kind !== 'character') return undefined;
  const [, escaped] = /^\\([^\p{L}\p{N}])$/u.exec(node.source) ?? [];
  if (escaped !== undefined) return escaped;
  return node.source === '.' || node.source.startsWith('\\') || node.source.startsWith('[')
    ? undefined
    : node.source;
}
