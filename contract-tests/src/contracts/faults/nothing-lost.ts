import { setTimeout as delay } from 'node:timers/promises';
import type { AnyAdapter } from '../../engine/any-adapter.ts';
import type { CheckContext } from '../../engine/check-context.ts';
import type { Check } from '../../engine/contract.ts';
import { Undecided, Violation } from '../../engine/violation.ts';
import { endOf, mutationError } from './endings.ts';
import { faultCheck } from './fault-check.ts';
import type { FaultPlan } from './fault-plan.ts';
import { newItem, overLink, works } from './faulty-link.ts';

const writers = 6;
/** Fewer acknowledged writes before a fault say nothing about it. */
const leastAcknowledged = 50;
const cuts = 12;

/** What is declared to survive, by what durability means. */
export const survivesRestart = ({ durability }: { readonly durability: string }) =>
  durability !== 'process' || 'the adapter declares that nothing survives a restart of its service';
export const survivesKill = ({ durability }: { readonly durability: string }) =>
  durability === 'service-kill' || `the adapter declares durability '${durability}'`;

/** Acknowledged writes, over every fault that they are declared to survive. */
export function nothingLostChecks<
  A extends AnyAdapter & { readonly capabilities: { readonly durability: string } },
>(plan: FaultPlan<A>): readonly Check<A>[] {
  const why = 'a step that was recorded as done is done again, or its result is gone';
  return [
    faultCheck(plan, {
      name: 'cut-loses-nothing',
      rule: 'A write that was acknowledged is there however often connections break',
      why,
      run: (t) =>
        overLink(t, plan, async (over) => {
          await over.link.latency(4);
          await duringWrites(t, plan, [over.client, over.client], async () => {
            for (let cut = 0; cut < cuts; cut += 1) {
              // Writers move in step; each cut finds them somewhere else.
              await delay(t.random.integer(5, 30));
              await over.link.cut();
            }
          });
        }),
    }),
    faultCheck(plan, {
      name: 'restart-loses-nothing',
      rule: 'A write that was acknowledged survives a restart of the service, where that is declared',
      anchor: 'Durability',
      why,
      needs: ['second-client', 'service-restart'],
      when: survivesRestart,
      async run(t) {
        const clients = [await t.open(), await t.open()];
        await duringWrites(t, plan, clients, () => t.service.restart());
      },
    }),
    faultCheck(plan, {
      name: 'kill-loses-nothing',
      rule: 'A write that was acknowledged survives a kill of the service, where that is declared',
      anchor: 'Durability',
      why,
      needs: ['second-client', 'service-kill'],
      when: survivesKill,
      async run(t) {
        const clients = [await t.open(), await t.open()];
        await duringWrites(t, plan, clients, () => t.service.kill());
      },
    }),
  ];
}

/** Writes without a pause before, during and after `fault`, and looks for everything that was acknowledged. */
async function duringWrites<A extends AnyAdapter>(
  t: CheckContext<A>,
  plan: FaultPlan<A>,
  clients: readonly A[],
  fault: () => Promise<void>,
): Promise<void> {
  const [mutation] = plan.mutations;
  const acknowledged: string[] = [];
  const notApplied: string[] = [];
  let over = false;
  const direct = await t.open();
  const writing = Array.from({ length: writers }, async (_, writer) => {
    const client = clients[writer % clients.length] as A;
    while (!over) {
      const item = newItem();
      const call = await mutation.prepare(direct, item);
      const what = `${mutation.call} during a fault`;
      const ending = await endOf(t, what, call(client));
      if ('value' in ending) acknowledged.push(item);
      else if (mutationError(what, ending.error).outcome === 'not-applied') notApplied.push(item);
      await delay('value' in ending ? 1 : 5);
    }
  });
  const all = Promise.all(writing);
  // Awaited below; a writer may find something before.
  all.catch(() => {});
  while (acknowledged.length < leastAcknowledged && !t.signal.aborted) await Promise.race([delay(1), all]);
  const before = acknowledged.length;
  await Promise.race([fault(), all]);
  for (const client of clients) await works(t, plan, { client, direct: await t.open() }, 'a fault');
  over = true;
  await all;
  t.evidence('acknowledged', { before, inAll: acknowledged.length });
  if (before < leastAcknowledged) {
    throw new Undecided(`only ${before} of ${leastAcknowledged} writes were acknowledged before the fault`);
  }
  const reader = await t.open();
  const lost = await notIn(reader, acknowledged, 'applied');
  if (lost.length > 0) {
    const expected = `each of ${acknowledged.length} acknowledged writes to be there`;
    throw new Violation(
      expected,
      `${lost.length} are gone, the first is number ${acknowledged.indexOf(lost[0] as string) + 1}`,
    );
  }
  const there = await notIn(reader, notApplied, 'not-applied');
  t.same(
    there.length,
    0,
    `the number of ${notApplied.length} writes that said 'not-applied' and were applied`,
  );

  async function notIn(client: A, items: readonly string[], truth: string): Promise<readonly string[]> {
    const wrong: string[] = [];
    for (let start = 0; start < items.length; start += 100) {
      await Promise.all(
        items.slice(start, start + 100).map(async (item) => {
          if ((await mutation.truth(client, item)) !== truth) wrong.push(item);
        }),
      );
    }
    return wrong;
  }
}
