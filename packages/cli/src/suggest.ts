import { closestMatch } from 'leven';

const mostEdits = 3;

/** ` Did you mean "…"?` for the candidate that `typed` is a likely slip of, or nothing. */
export function didYouMean(typed: string, candidates: readonly string[]): string {
  const maxDistance = Math.min(mostEdits, Math.ceil(typed.length * 0.4));
  const near = closestMatch(typed, candidates, { maxDistance });
  return near === undefined || near === typed ? '' : ` Did you mean "${near}"?`;
}

/** Up to ten ids, quoted, for a message. */
export function idList(ids: readonly string[]): string {
  const shown = ids.slice(0, 10).map((id) => `"${id}"`);
  const more = ids.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}
