import { setTimeout as delay } from 'node:timers/promises';
import type { AnyAdapter } from '../../engine/any-adapter.ts';
import type { CheckContext } from '../../engine/check-context.ts';
import type { Check } from '../../engine/contract.ts';
import { hint, secretIn } from '../telling.ts';
import { faultCheck } from './fault-check.ts';
import { contentSecret, type FaultPlan } from './fault-plan.ts';
import { type FaultyLink, overLink } from './faulty-link.ts';
import { everyCall } from './in-flight.ts';
import { watchStrays } from './strays.ts';

/** What is said about faults, and what must not be. */
export function tellingChecks<A extends AnyAdapter>(plan: FaultPlan<A>): readonly Check<A>[] {
  return [
    faultCheck(plan, {
      name: 'no-secret-in-errors',
      rule: 'No error of a fault shows what was written, nor what the adapter was configured with',
      why: 'errors go to logs and traces that many may read, and an outage makes many of them',
      run: (t) =>
        overLink(t, plan, async (over) => {
          const errors = await errorsOf(t, plan, over);
          t.evidence('errors', errors.length);
          for (const secret of [contentSecret, ...t.secrets]) {
            const telling = errors.find((error) => secretIn(error, [secret]) !== undefined);
            t.that(
              telling === undefined,
              'no secret in any error of a fault',
              `${telling instanceof Error ? telling.name : 'one'} shows ${hint(secret, telling)}`,
            );
          }
        }),
    }),
    faultCheck(plan, {
      name: 'nothing-stray',
      rule: 'A fault is told to whoever calls, and to nobody else: no unhandled error, nothing printed',
      why: 'an error that nobody handles ends the process',
      alone: true,
      run: (t) =>
        overLink(t, plan, async (over) => {
          await t.open({ throughLink: true });
          const strays = watchStrays();
          try {
            await errorsOf(t, plan, over);
            await over.link.heal();
            await delay(50);
          } finally {
            strays.stop();
          }
          t.same(strays.seen, [], 'errors that nobody handles, and output, while there are faults');
        }),
    }),
  ];
}

/** Every fault, one after the other; gives the errors that callers are told. */
async function errorsOf<A extends AnyAdapter>(
  t: CheckContext<A>,
  plan: FaultPlan<A>,
  over: FaultyLink<A>,
): Promise<readonly unknown[]> {
  const errors: unknown[] = [];
  for (const fault of ['cut', 'refuse', 'blackhole'] as const) {
    const begin = await everyCall(t, plan, over);
    await over.link.latency(20);
    const { mutations, reads } = begin(`during ${fault}()`);
    await delay(10);
    await over.link[fault]();
    for (const { ending } of [...mutations, ...reads]) {
      const ended = await ending;
      if ('error' in ended) errors.push(ended.error);
    }
    await over.link.heal();
  }
  return errors;
}
