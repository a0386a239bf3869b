import type { Address } from './address.ts';
import type { AnyAdapter } from './any-adapter.ts';
import type { Link } from './link.ts';
import type { Random } from './random.ts';
import type { Expectations } from './violation.ts';

/** What a check works with. @since 0.1.0 */
export interface CheckContext<A extends AnyAdapter> extends Expectations {
  readonly capabilities: A['capabilities'];
  /**
   * Opens a client that is closed when the check ends. Clients of one `namespace` (default: the check's own) see the
   * same; no other check uses any of its namespaces. One that was opened `throughLink` talks to its service over the
   * check's {@link link}; one with an `address`, to what the check has put in front of that.
   */
  open(options?: {
    readonly namespace?: string;
    readonly throughLink?: true;
    readonly address?: Address;
  }): Promise<A>;
  /** `count` clients of one namespace; one client `count` times where a subject has no second. */
  openSeveral(count: number): Promise<readonly A[]>;
  /** The wire to the service, which only this check uses. For checks that need `link-faults`. */
  link(): Promise<Link>;
  /** For checks that need `service-restart` or `service-kill`: resolves when the service answers again. */
  readonly service: { restart(): Promise<void>; kill(): Promise<void> };
  /** Within how many milliseconds a call ends whatever happens to the service. */
  readonly callDeadlineMs: number;
  readonly random: Random;
  readonly seed: number;
  /** Aborted at the deadline of the check. */
  readonly signal: AbortSignal;
  /** Whether time passes at once, by the subject's own clock. */
  readonly manualTime: boolean;
  /** The time of the subject's clock where it has one, else of this process; in milliseconds. */
  now(): number;
  wait(ms: number): Promise<void>;
  readonly secrets: readonly string[];
  /** Keeps a value for the report. */
  evidence(name: string, value: unknown): void;
}
