import { setTimeout as delay } from 'node:timers/promises';
import type { AnyAdapter } from '../../engine/any-adapter.ts';
import type { CheckContext } from '../../engine/check-context.ts';
import type { Check } from '../../engine/contract.ts';
import { show, Violation } from '../../engine/violation.ts';
import { endOf, familyError } from './endings.ts';
import { faultCheck } from './fault-check.ts';
import type { FaultPlan, Listing } from './fault-plan.ts';
import { type FaultyLink, newItem, overLink, works } from './faulty-link.ts';
import { allEnd, allTold, checkRead, everyCall } from './in-flight.ts';

/** Long enough that a cut finds calls on their way there, or answers on their way back. */
const latencyMs = 40;
const moments = [
  { afterMs: latencyMs / 2, when: 'that is cut on its way', met: 'notApplied' },
  { afterMs: latencyMs * 1.5, when: 'whose answer is cut off', met: 'applied' },
] as const;
/** How often a moment is looked for: on a busy machine a cut comes too early or too late. */
const tries = 5;
const cuts = 5;
const readers = 8;

/** Connections that break, with a reset. */
export function cutChecks<A extends AnyAdapter>(plan: FaultPlan<A>): readonly Check<A>[] {
  const { listing } = plan;
  return [
    faultCheck(plan, {
      name: 'cut-ends-calls',
      rule: 'Every call in flight when the connection breaks ends in bounded time, and says truly what became of it',
      why: 'a call that never ends holds its run for ever, and a wrong outcome has work done twice or not at all',
      run: (t) =>
        overLink(t, plan, async (over) => {
          for (const { afterMs, when, met } of moments) {
            for (let attempt = 1; attempt <= tries; attempt += 1) {
              const begin = await everyCall(t, plan, over);
              await over.link.latency(latencyMs);
              const calls = begin(when);
              await delay(afterMs);
              await over.link.cut();
              await over.link.heal();
              await allEnd(t, calls, when);
              const rejected = await allTold(calls, over.direct, when);
              await works(t, plan, over, 'the connection was cut');
              if (rejected[met] > 0) break;
            }
          }
        }),
    }),
    faultCheck(plan, {
      name: 'cut-reconnects',
      rule: 'An adapter finds its service again by itself, as often as the connection breaks',
      why: 'every process would have to be restarted after a short outage',
      run: (t) =>
        overLink(t, plan, async (over) => {
          for (let cut = 1; cut <= cuts; cut += 1) {
            await over.link.cut();
            await works(t, plan, over, `the connection was cut for the ${cut}. time`);
          }
        }),
    }),
    faultCheck(plan, {
      name: 'reads-stay-true',
      rule: 'A read while connections break gives what is there, or is rejected',
      why: "a lost answer that reads as nothing, or somebody else's, is acted upon",
      run: (t) =>
        overLink(t, plan, async ({ link, client, direct }) => {
          const items = Array.from({ length: readers }, newItem);
          for (const item of items) await (await plan.mutations[0].prepare(direct, item))(direct);
          await link.latency(3);
          let over = false;
          const reading = items.map(async (item) => {
            while (!over) {
              await delay(1);
              for (const read of plan.reads) {
                const what = `${read.call} while connections break`;
                const ending = await endOf(t, what, read.read(client, item));
                if ('error' in ending) familyError(what, ending.error);
                else checkRead(t, read, item, ending.value, what);
              }
            }
          });
          const all = Promise.all(reading);
          // Awaited below; a reader may find something before.
          all.catch(() => {});
          for (let cut = 0; cut < cuts; cut += 1) {
            await Promise.race([delay(25), all]);
            await link.cut();
          }
          over = true;
          await all;
        }),
    }),
    ...(listing ? [cutListing(plan, listing)] : []),
  ];
}

function cutListing<A extends AnyAdapter>(plan: FaultPlan<A>, listing: Listing<A>): Check<A> {
  return faultCheck(plan, {
    name: 'cut-listing',
    rule: 'A listing whose connection breaks gives everything or is rejected',
    why: 'a listing that ends early without an error reads as complete',
    ...(listing.when && { when: listing.when }),
    run: (t) =>
      overLink(t, plan, async (over) => {
        const count = await listing.prepare(over.direct);
        for (let attempt = 1; attempt <= tries; attempt += 1) {
          if ((await listedOf(t, listing, over, count)) < count) break;
        }
        await works(t, plan, over, 'a listing was cut');
      }),
  });
}

/** How many pieces a listing gives whose connection is cut at the first of them. All may be there already by then. */
async function listedOf<A extends AnyAdapter>(
  t: CheckContext<A>,
  listing: Listing<A>,
  { link, client }: FaultyLink<A>,
  count: number,
): Promise<number> {
  const pieces = listing.list(client)[Symbol.asyncIterator]();
  const what = `${listing.call} that is cut`;
  await link.latency(latencyMs);
  try {
    for (let seen = 0; ; seen += 1) {
      const ending = await endOf(t, what, pieces.next());
      if ('error' in ending) {
        familyError(what, ending.error);
        return seen;
      }
      if (ending.value.done) {
        const expected = `${what} to give all ${count} or to be rejected`;
        if (seen !== count) throw new Violation(expected, `it ended after ${show(seen)}`);
        return seen;
      }
      if (seen === 0) await link.cut();
    }
  } finally {
    await link.heal();
  }
}
