import type { Match } from './pattern/scan.ts';

/** What stands in place of a stretch of the text that begins with `match`. @internal */
export type Replace = (stretch: string, match: Match) => string;

/** Replaces every stretch that matches cover; overlapping matches are one stretch. @internal */
export function replaceMatches(text: string, matches: readonly Match[], replace: Replace): string {
  const replacing = createReplacing(text, replace);
  replacing.add(matches);
  return replacing.end();
}

/** A text in which matches are replaced as they are found. @internal */
export interface Replacing {
  /** Matches that begin no earlier than those before. */
  add(matches: readonly Match[]): void;
  /** The text, with all of them replaced. */
  end(): string;
}

/** @internal */
export function createReplacing(text: string, replace: Replace): Replacing {
  let replaced = '';
  let kept = 0;
  let first: Match | undefined;
  let end = -1;
  const flush = () => {
    if (!first) return;
    replaced += text.slice(kept, first.start) + replace(text.slice(first.start, end), first);
    kept = end;
  };
  return {
    add(matches) {
      const byStart = matches.filter((match) => match.end > match.start).sort((a, b) => a.start - b.start);
      for (const match of byStart) {
        if (match.start >= end) {
          flush();
          first = match;
        }
        end = Math.max(end, match.end);
      }
    },
    end() {
      flush();
      return replaced + text.slice(kept);
    },
  };
}
