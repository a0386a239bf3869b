import type { Match } from './pattern/scan.ts';

/** What stands in place of a stretch of the text that begins with `match`. @internal */
export type Replace = (stretch: string, match: Match) => string;

/** Replaces every stretch that matches cover; overlapping matches are one stretch. @internal */
export function replaceMatches(text: string, matches: readonly Match[], replace: Replace): string {
  const byStart = matches.filter(({ start, end }) => end > start).sort((a, b) => a.start - b.start);
  let replaced = '';
  let kept = 0;
  let first: Match | undefined;
  let end = -1;
  const flush = () => {
    if (!first) return;
    replaced += text.slice(kept, first.start) + replace(text.slice(first.start, end), first);
    kept = end;
  };
  for (const match of byStart) {
    if (match.start >= end) {
      flush();
      first = match;
    }
    end = Math.max(end, match.end);
  }
  flush();
  return replaced + text.slice(kept);
}
