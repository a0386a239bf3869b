/** What a suite says of broken adapters. It finds nothing wrong with the correct one. */
export interface Verdicts {
  /** How many tests it has for an adapter. */
  readonly tests: number;
  /** How many of them fail, by the id of the broken adapter. */
  readonly failed: Readonly<Record<string, number>>;
}
