/** A server with a unit that doubles a number, and how it is asked to. */
export interface Served {
  readonly url: string;
  readonly path: string;
  readonly body: object;
  /** Where the doubled number is in an answer. */
  readonly resultAt: readonly string[];
  /** How many clients it works for at once; others would only wait. Default: as many as there are. */
  readonly atOnce?: number;
}

export interface ServerSubject {
  serve(): Promise<Served>;
  /** Forgets what finished, between rounds. */
  reset?(): Promise<unknown>;
}

/** What every server is asked for, and what it has to answer. */
export const asked = 21;
export const expected = 42;
