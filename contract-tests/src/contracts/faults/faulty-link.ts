import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { AnyAdapter } from '../../engine/any-adapter.ts';
import type { CheckContext } from '../../engine/check-context.ts';
import type { Link } from '../../engine/link.ts';
import { show, Violation } from '../../engine/violation.ts';
import { endOf } from './endings.ts';
import type { FaultPlan } from './fault-plan.ts';

/** A client that talks over a link, and one that does not. */
export interface FaultyLink<A extends AnyAdapter> {
  readonly link: Link;
  readonly client: A;
  readonly direct: A;
}

/** Does `work` with a client that has been seen to work; afterwards nothing is wrong with its link any more. */
export async function overLink<A extends AnyAdapter>(
  t: CheckContext<A>,
  plan: FaultPlan<A>,
  work: (over: FaultyLink<A>) => Promise<void>,
): Promise<void> {
  const link = await t.link();
  const direct = await t.open();
  const client = await t.open({ throughLink: true });
  try {
    await works(t, plan, { client, direct }, 'it was opened');
    await work({ link, client, direct });
  } finally {
    await link.heal();
  }
}

const pauseMs = 10;
let item = 0;

/** A name of its own. */
export function newItem(): string {
  item += 1;
  return `item${item}`;
}

/**
 * A client has to write and read again in bounded time; it may fail until then, but never wrongly. Without this rule,
 * an adapter that refuses everything would pass.
 */
export async function works<A extends AnyAdapter>(
  t: CheckContext<A>,
  plan: FaultPlan<A>,
  { client, direct }: Pick<FaultyLink<A>, 'client' | 'direct'>,
  after: string,
): Promise<void> {
  const withinMs = 2 * t.callDeadlineMs + 500;
  const end = performance.now() + withinMs;
  for (;;) {
    const [mutation] = plan.mutations;
    const [read] = plan.reads;
    const own = newItem();
    const call = await mutation.prepare(direct, own);
    const written = await endOf(t, `${mutation.call} after ${after}`, call(client));
    const ending =
      'error' in written ? written : await endOf(t, `${read.call} after ${after}`, read.read(client, own));
    if ('value' in ending) {
      const there = [read.gives(own), ...(read.orElse ? [read.orElse.value] : [])].some((fine) =>
        isDeepStrictEqual(ending.value, fine),
      );
      t.that(there, `the write that was acknowledged after ${after} to be there`, ending.value);
      return;
    }
    if (performance.now() > end) {
      throw new Violation(`calls to succeed again within ${withinMs} ms after ${after}`, show(ending.error));
    }
    await delay(pauseMs);
  }
}
