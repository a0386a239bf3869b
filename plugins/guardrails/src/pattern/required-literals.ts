import type { Node } from './syntax-tree.ts';

/** Texts one of which is in everything that a pattern matches. */
export type Literals = readonly string[];

const most = 24;

/**
 * Finds sets of texts, of each of which one has to be there; none when nothing says much. Most texts lack one of them, which
 * is found out at the speed of a search for a word (Cox 2010 calls it a prefilter).
 */
export function requiredLiterals(branches: readonly (readonly Node[])[]): readonly Literals[] {
  const [only, ...others] = branches.map(ofSequence);
  if (!only || others.length === 0) return only ?? [];
  const all = [only, ...others].map(best);
  const either = all.every((literals) => literals !== undefined) ? all.flat() : [];
  return either.length > 0 && either.length <= most ? [either] : [];
}

/** Each of those found one after another has to be there. */
function ofSequence(nodes: readonly Node[]): readonly Literals[] {
  const all: Literals[] = [];
  let run = '';
  const endRun = () => {
    if (saysMuch(run)) all.push([run]);
    run = '';
  };
  for (const node of nodes) {
    const char = literalChar(node);
    if (char !== undefined) {
      run += char;
      continue;
    }
    if (node.kind === 'assertion') continue;
    endRun();
    if (node.kind === 'group' && node.open === '(?:') all.push(...requiredLiterals(node.branches));
    if (node.kind === 'repeat' && node.min > 0) all.push(...ofSequence([node.of]));
  }
  endRun();
  return all;
}

/** One letter or digit is in every text; a sign such as `@` is not. */
const saysMuch = (literal: string) => literal.length > 1 || /^[^\p{L}\p{N}\s]$/u.test(literal);

/** The set whose shortest text is the longest. */
function best(sets: readonly Literals[]): Literals | undefined {
  return sets.toSorted((a, b) => shortestOf(b) - shortestOf(a))[0];
}

const shortestOf = (literals: Literals) => Math.min(...literals.map(({ length }) => length));

/** What a node stands for when that is one character and no other. */
function literalChar(node: Node): string | undefined {
  if (node.kind !== 'character') return undefined;
  const [, escaped] = /^\\([^\p{L}\p{N}])$/u.exec(node.source) ?? [];
  if (escaped !== undefined) return escaped;
  return node.source === '.' || node.source.startsWith('\\') || node.source.startsWith('[')
    ? undefined
    : node.source;
}
