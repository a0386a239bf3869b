import type { Match } from './pattern/scan.ts';

/** Puts `replacement` in place of every stretch that matches cover; overlapping matches are one stretch. @internal */
export function replaceMatches(text: string, matches: readonly Match[], replacement: string): string {
  const byStart = matches.filter(({ start, end }) => end > start).sort((a, b) => a.start - b.start);
  let replaced = '';
  let kept = 0;
  let end = -1;
  for (const match of byStart) {
    if (match.start >= end) {
      replaced += text.slice(kept, match.start) + replacement;
    }
    end = Math.max(end, match.end);
    kept = end;
  }
  return replaced + text.slice(kept);
}
