import type { Detector } from '../finding/detector.ts';
import { anyOf } from '../pattern/any-of.ts';
import type { CompiledPattern, PatternSpec } from '../pattern/compiled-pattern.ts';
import type { Match } from '../pattern/scan.ts';

/** How many UTF-16 units before the place where it looks a finder is shown at least. */
export const contextChars = 256;

/** Finds things in a text that is still coming. */
export interface StreamFinder {
  /** Most UTF-16 units of what may become a match. */
  readonly windowChars: number;
  /** Matches that begin at `from` or later; they may overlap. */
  matches(text: string, from: number): Iterable<Match>;
  /** Where the first match begins, at `from` or later, that may still come or grow; else the length of the text. */
  openAt(text: string, from: number): number;
}

/** Finds patterns in streams; nothing when one of them has to see the whole of a text. */
export function patternFinder(
  patterns: readonly CompiledPattern[],
  specs: readonly PatternSpec[],
): StreamFinder | undefined {
  const any = anyOf(specs) ?? patterns;
  const open = any.flatMap((pattern) => pattern.open?.() ?? []);
  if (open.length < any.length) return undefined;
  return {
    windowChars: Math.max(...open.map(({ longest }) => longest)),
    *matches(text, from) {
      // Most texts have none, and are seen to by one pattern.
      if (!any.some((pattern) => hasMatch(pattern, text, from))) return;
      for (const [i, pattern] of patterns.entries()) {
        for (const [start, end] of pattern.matches(text, from)) yield { pattern: i, start, end };
      }
    },
    openAt(text, from) {
      return open.reduce((first, { openAt }) => Math.min(first, openAt(text, from)), text.length);
    },
  };
}

function hasMatch(pattern: CompiledPattern, text: string, from: number): boolean {
  for (const _ of pattern.matches(text, from)) return true;
  return false;
}

/** Finds what detectors do in streams; nothing when one of them has to see the whole of a text. */
export function detectorFinder(detectors: readonly Detector[]): StreamFinder | undefined {
  const streamings = detectors.flatMap(({ streaming }) => streaming ?? []);
  if (streamings.length < detectors.length) return undefined;
  return {
    windowChars: Math.max(...streamings.map(({ windowChars }) => windowChars)),
    *matches(text, from) {
      for (const [pattern, detector] of detectors.entries()) {
        for (const { start, end } of detector.find(text, from))
          if (start >= from) yield { pattern, start, end };
      }
    },
    openAt(text, from) {
      let first = text.length;
      for (const { openAt } of streamings) first = Math.min(first, Math.max(from, openAt(text, from)));
      return first;
    },
  };
}
