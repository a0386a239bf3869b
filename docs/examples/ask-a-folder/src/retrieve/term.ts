/** A word of the question, and how much it tells. */
export interface Term {
  /** As the index knows it. */
  readonly word: string;
  readonly asked: string;
  /** Passages it stands in; 1000 means that or more. */
  readonly passages: number;
  /** From 0, for a word that is everywhere or nowhere, up. */
  readonly weight: number;
}
