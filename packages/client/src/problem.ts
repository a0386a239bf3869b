/** A part of a request that was refused. @since 0.1.0 */
export interface FieldProblem {
  /** Where it is in the body, as a JSON Pointer (RFC 6901). */
  readonly pointer: string;
  readonly detail: string;
}

/** Why a request was refused, as `application/problem+json` (RFC 9457). @since 0.1.0 */
export interface Problem {
  /** Where this kind of problem is explained; `about:blank` when the status says all. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The code of the error, where it has one. */
  readonly code?: string;
  readonly errors?: readonly FieldProblem[];
}
