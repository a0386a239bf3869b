import type { Address } from './address.ts';
import type { AnyAdapter } from './any-adapter.ts';
import type { Service } from './service.ts';

/**
 * What a check needs around the adapter.
 *
 * - `second-client`: several clients of one namespace at once.
 * - `link-faults`: a service behind a wire that can be cut.
 * - `service-restart`, `service-kill`: a service that can be restarted in order, or killed.
 *
 * @since 0.1.0
 */
export type Need = 'second-client' | 'link-faults' | 'service-restart' | 'service-kill';

/**
 * Why something a check needs is not there. `skipped`: the adapter cannot have it by its nature. `blocked`: it could be
 * had but is missing here, so that the run says less than it should.
 *
 * @since 0.1.0
 */
export type Lack = { readonly skipped: string } | { readonly blocked: string };

/** Says that an adapter has no service, so that no fault on a wire can happen to it. @since 0.1.0 */
export const embedded: Lack = { skipped: 'an embedded adapter has no service beside this process' };

/** The clock a subject measures times to live and leases by. @since 0.1.0 */
export interface SubjectClock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Resolves, where it gives a promise, when what waited for that time has been woken. */
  advance(ms: number): void | Promise<void>;
}

/** @since 0.1.0 */
export interface OpenOptions {
  /** Clients of one namespace see the same. It is any string, also one with characters that mean something to a service. */
  readonly namespace: string;
  /** Where to connect: the service, or a link in front of it. Absent where the subject has no service. */
  readonly address?: Address;
}

/**
 * An adapter under test and how to open it.
 *
 * @since 0.1.0
 */
export interface Subject<A extends AnyAdapter> {
  /** Opens a client that sees what all other clients of its namespace see, and nothing of other namespaces. */
  open(options: OpenOptions): A | Promise<A>;
  /** Whether two clients of one namespace see the same. */
  readonly secondClient: true | Lack;
  /** What the adapter talks to; `skipped` where it is embedded in this process. */
  readonly service: Service | Lack;
  /**
   * Within how many milliseconds a call ends whatever happens to the service, as `open` configures it; less makes the
   * checks of faults faster. Default 5000.
   */
  readonly callDeadlineMs?: number;
  /**
   * How many milliseconds one check may take where nobody asks for another deadline: more where a service takes long to
   * do what it is there for. Default 30,000.
   */
  readonly checkDeadlineMs?: number;
  /** Leave it out where a service keeps time: the checks then wait. */
  readonly clock?: SubjectClock;
  /** What the adapter was configured with and must never show in an error. */
  readonly secrets?: readonly string[];
  /** Called once, after every check. */
  close?(): Promise<void>;
}

/** Makes a subject when a run begins. @since 0.1.0 */
export type SubjectFactory<A extends AnyAdapter> = () => Subject<A> | Promise<Subject<A>>;

/** The service, where there is one. */
export function serviceOf<A extends AnyAdapter>({ service }: Subject<A>): Service | undefined {
  return 'address' in service ? service : undefined;
}

/** Whether what a check needs is there, and why not. */
export function provides<A extends AnyAdapter>(subject: Subject<A>, need: Need): true | Lack {
  const { service } = subject;
  if (need === 'second-client') return subject.secondClient;
  if (!('address' in service)) return service;
  if (need === 'service-restart' && !service.restart)
    return { blocked: 'the service is not ours to restart' };
  if (need === 'service-kill' && !service.kill) return { blocked: 'the service is not ours to kill' };
  return true;
}

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
