import { setTimeout as delay } from 'node:timers/promises';
import type { AnyAdapter } from './any-adapter.ts';
import { createRandom, type Random } from './random.ts';
import type { Subject } from './subject.ts';
import { type Expectations, expectations } from './violation.ts';

/** What a check works with. @since 0.1.0 */
export interface CheckContext<A extends AnyAdapter> extends Expectations {
  readonly capabilities: A['capabilities'];
  /**
   * Opens a client that is closed when the check ends. Clients of one `namespace` (default: the check's own) see the
   * same; no other check uses any of its namespaces.
   */
  open(options?: { readonly namespace?: string }): Promise<A>;
  /** `count` clients of one namespace; one client `count` times where a subject has no second. */
  openSeveral(count: number): Promise<readonly A[]>;
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

interface ContextParts<A extends AnyAdapter> {
  readonly subject: Subject<A>;
  readonly capabilities: A['capabilities'];
  readonly namespace: string;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** The context of one check, with the clients it opened and the evidence it left. */
export function createCheckContext<A extends AnyAdapter>(parts: ContextParts<A>) {
  const { subject, capabilities, namespace, seed, signal } = parts;
  const opened: A[] = [];
  const evidence: Record<string, unknown> = {};

  async function open(options: { readonly namespace?: string } = {}): Promise<A> {
    const part = options.namespace === undefined ? namespace : `${namespace}${options.namespace}`;
    const client = await subject.open({ namespace: part });
    opened.push(client);
    return client;
  }

  const context: CheckContext<A> = {
    ...expectations,
    capabilities,
    open,
    async openSeveral(count) {
      const first = await open();
      if (subject.provides['second-client'] !== true) return Array.from({ length: count }, () => first);
      const others = await Promise.all(Array.from({ length: count - 1 }, () => open()));
      return [first, ...others];
    },
    random: createRandom(seed),
    seed,
    signal,
    manualTime: subject.clock !== undefined,
    now: () => subject.clock?.now() ?? performance.now(),
    async wait(ms) {
      if (subject.clock) subject.clock.advance(ms);
      else await delay(ms, undefined, { signal });
    },
    secrets: subject.secrets ?? [],
    evidence(name, value) {
      evidence[name] = value;
    },
  };
  return { context, opened: opened as readonly A[], evidence };
}
