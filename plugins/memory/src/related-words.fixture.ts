import type { Tolerance } from './related-words.ts';

/** Levenshtein (1966), as he wrote it down. */
function editsBetween(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  if (a[0] === b[0]) return editsBetween(a.slice(1), b.slice(1));
  return (
    1 +
    Math.min(editsBetween(a.slice(1), b), editsBetween(a, b.slice(1)), editsBetween(a.slice(1), b.slice(1)))
  );
}

/** How much `other` counts for `word`; 0 where it does not. */
export function relatedFactor(word: string, other: string, tolerance: readonly Tolerance[]): number {
  const allowed = word.length < 3 ? 0 : word.length < 6 ? 1 : 2;
  const edits = editsBetween(word, other);
  const near = tolerance.includes('typos') && edits <= allowed ? 0.5 ** edits : 0;
  const isLonger = tolerance.includes('prefix') && other.length > word.length && other.startsWith(word);
  return Math.max(near, isLonger ? (0.75 * word.length) / other.length : 0);
}
