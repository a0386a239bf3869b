/** A pattern as data: it can be sent to another thread. */
export interface PatternSpec {
  readonly source: string;
  readonly flags: string;
}

/** A pattern that is ready to run. */
export interface CompiledPattern {
  /** How many instructions a pass may try at each character of the text: work is at most `size` × length. */
  readonly size: number;
  /** Whether it is found anywhere in `text`. */
  test(text: string): boolean;
  /** Start and end of each match from left to right, not overlapping. */
  matches(text: string): Iterable<readonly [start: number, end: number]>;
}
