import type { CompiledPattern } from './compiled-pattern.ts';

/** Where pattern number `pattern` matched; -1 and -1 where it is missing. In UTF-16 units. */
export interface Match {
  readonly pattern: number;
  readonly start: number;
  readonly end: number;
}

/**
 * What is looked for: the `first` match of the first pattern that has any, `all` matches of all patterns, or the first
 * pattern that is `missing` from the text.
 */
export type ScanGoal = 'first' | 'all' | 'missing';

/** What is asked of a scan; it can be sent to another thread. */
export interface ScanRequest {
  readonly text: string;
  readonly goal: ScanGoal;
  /** The numbers of the patterns that are looked for. */
  readonly among: readonly number[];
}

/** Looks for patterns in a text, one match at a time, so that the caller can stop between two. */
export function* scan(
  patterns: readonly CompiledPattern[],
  { text, goal, among }: ScanRequest,
): Generator<Match> {
  for (const pattern of among) {
    const compiled = patterns[pattern];
    if (!compiled) continue;
    // A bare test runs several times faster than finding where.
    const found = compiled.test(text);
    if (goal === 'missing') {
      if (found) continue;
      yield { pattern, start: -1, end: -1 };
      return;
    }
    if (!found) continue;
    for (const [start, end] of compiled.matches(text)) {
      yield { pattern, start, end };
      if (goal === 'first') return;
    }
  }
}
