/** A pattern as data: it can be sent to another thread. */
export interface PatternSpec {
  readonly source: string;
  readonly flags: string;
}

/** A pattern that is ready to run. */
export interface CompiledPattern {
  /** How many instructions a pass may try at each character of the text: work is at most `size` × length. */
  readonly size: number;
  /** `false` when `text` has none for sure, from `from` on: told much faster than by a pass. */
  mayMatch(text: string, from?: number): boolean;
  /** Whether it is found anywhere in `text`. */
  test(text: string): boolean;
  /** Start and end of each match that begins at `from` or later, from left to right, not overlapping. */
  matches(text: string, from?: number): Iterable<readonly [start: number, end: number]>;
  /** For texts that are still coming; nothing for patterns that have to see the whole of a text. */
  open?(): OpenMatches | undefined;
}

/** Tells where in a text that is still coming a match may have begun that is not over. */
export interface OpenMatches {
  /** Most UTF-16 units that a match can have. */
  readonly longest: number;
  /** Where the first begins, at `from` or later; the length of the text when there is none. */
  openAt(text: string, from: number): number;
}
