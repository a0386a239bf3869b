/** One alternative: what a model gave as an answer. @since 0.1.0 */
export interface Candidate {
  /** Round and number, such as `2.1`: the same in every repetition of the same thinking. */
  readonly id: string;
  readonly round: number;
  /** The whole reply. */
  readonly text: string;
  /** The answer it comes to, as `finalAnswer` of the thinking finds it. */
  readonly answer: string;
  /** Equal for answers that say the same. */
  readonly key: string;
  /** The alternatives it was made from. */
  readonly parents: readonly string[];
}

/** What an evaluator says of a candidate. @since 0.1.0 */
export interface Score {
  /** Of the candidate. */
  readonly id: string;
  /** From 0, the worst, to 1. */
  readonly score: number;
  /** In words, for whoever watches. */
  readonly why: string;
}
