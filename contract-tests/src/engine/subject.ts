import type { AnyAdapter } from './any-adapter.ts';

/**
 * What a check needs around the adapter. Whether it is there, a {@link Subject} says for each by name.
 *
 * - `second-client`: several clients of one namespace at once.
 * - `service-restart`, `service-kill`: a service that can be restarted in order, or killed.
 *
 * @since 0.1.0
 */
export type Need = 'second-client' | 'service-restart' | 'service-kill';

/**
 * Why something a check needs is not there. `skipped`: the adapter cannot have it by its nature. `blocked`: it could be
 * had but is missing here, so that the run says less than it should.
 *
 * @since 0.1.0
 */
export type Lack = { readonly skipped: string } | { readonly blocked: string };

/** The clock a subject measures times to live and leases by. @since 0.1.0 */
export interface SubjectClock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  advance(ms: number): void;
}

/**
 * An adapter under test and how to open it.
 *
 * @since 0.1.0
 */
export interface Subject<A extends AnyAdapter> {
  readonly name: string;
  /** Opens a client that sees what all other clients of its namespace see, and nothing of other namespaces. */
  open(options: { readonly namespace: string }): A | Promise<A>;
  /** What is there of each need; what is not named counts as blocked. */
  readonly provides: Readonly<Partial<Record<Need, true | Lack>>>;
  /** Leave it out where a service keeps time: the checks then wait. */
  readonly clock?: SubjectClock;
  /** What the adapter was configured with and must never show in an error. */
  readonly secrets?: readonly string[];
  /** Called once, after every check. */
  close?(): Promise<void>;
}

/** Makes a subject when a run begins. @since 0.1.0 */
export type SubjectFactory<A extends AnyAdapter> = () => Subject<A> | Promise<Subject<A>>;

/** A clock for subjects that stands still until it is moved. @since 0.1.0 */
export function manualClock(start = 1_000_000): SubjectClock {
  let time = start;
  return {
    now: () => time,
    advance(ms) {
      time += ms;
    },
  };
}
