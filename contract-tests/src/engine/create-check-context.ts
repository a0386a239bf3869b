import { setTimeout as delay } from 'node:timers/promises';
import { openLink } from '../link/open-link.ts';
import type { AnyAdapter } from './any-adapter.ts';
import type { CheckContext } from './check-context.ts';
import type { Contract } from './contract.ts';
import type { Link } from './link.ts';
import { openClient } from './open-client.ts';
import { createRandom } from './random.ts';
import { type Subject, serviceOf } from './subject.ts';
import { expectations, Undecided } from './violation.ts';

interface ContextParts<A extends AnyAdapter> {
  readonly contract: Contract<A>;
  readonly subject: Subject<A>;
  readonly capabilities: A['capabilities'];
  readonly namespace: string;
  readonly seed: number;
  readonly signal: AbortSignal;
}

const defaultCallDeadlineMs = 5000;

/** What cannot be opened, its check was told. */
async function closeOpened<A extends AnyAdapter>(opening: Promise<A>): Promise<void> {
  const client = await opening.catch(() => undefined);
  await client?.close();
}

/** The context of one check, the evidence it leaves, and what closes all that it opened. */
export function createCheckContext<A extends AnyAdapter>(parts: ContextParts<A>) {
  const { contract, subject, capabilities, namespace, seed, signal } = parts;
  const service = serviceOf(subject);
  const clients: Promise<A>[] = [];
  const evidence: Record<string, unknown> = {};
  let opening: Promise<Link> | undefined;

  function link(): Promise<Link> {
    if (!service) throw new Undecided('there is no service to link to');
    opening ??= service.linked
      ? openLink(service.linked.target, service.linked.listen)
      : openLink(service.address);
    return opening;
  }

  async function connect(options: Parameters<CheckContext<A>['open']>[0] = {}): Promise<A> {
    // A check that was given up may still be running.
    signal.throwIfAborted();
    const part = options.namespace === undefined ? namespace : `${namespace}${options.namespace}`;
    const address = options.address ?? (options.throughLink ? (await link()).address : service?.address);
    const client = await openClient(subject, { namespace: part, ...(address && { address }) });
    return contract.asked?.(client, context) ?? client;
  }

  function open(options?: Parameters<CheckContext<A>['open']>[0]): Promise<A> {
    const client = connect(options);
    clients.push(client);
    return client;
  }

  /** Every client is closed, also one that opens late; the link goes last, for a goodbye may have to pass it. */
  async function end(): Promise<void> {
    const closed = await Promise.allSettled(clients.map(closeOpened));
    await (await opening)?.close();
    for (const one of closed) if (one.status === 'rejected') throw one.reason;
  }

  const context: CheckContext<A> = {
    ...expectations,
    capabilities,
    open,
    async openSeveral(count) {
      const first = await open();
      if (subject.secondClient !== true) return Array.from({ length: count }, () => first);
      const others = await Promise.all(Array.from({ length: count - 1 }, () => open()));
      return [first, ...others];
    },
    link,
    service: {
      async restart() {
        if (!service?.restart) throw new Undecided('there is no service to restart');
        await service.restart();
      },
      async kill() {
        if (!service?.kill) throw new Undecided('there is no service to kill');
        await service.kill();
      },
    },
    callDeadlineMs: subject.callDeadlineMs ?? defaultCallDeadlineMs,
    random: createRandom(seed),
    seed,
    signal,
    manualTime: subject.clock !== undefined,
    now: () => subject.clock?.now() ?? performance.now(),
    async wait(ms) {
      if (subject.clock) await subject.clock.advance(ms);
      else await delay(ms, undefined, { signal });
    },
    secrets: subject.secrets ?? [],
    evidence(name, value) {
      evidence[name] = value;
    },
  };
  return { context, evidence, end };
}
