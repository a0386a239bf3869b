import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { AnyAdapter } from '../../engine/any-adapter.ts';
import type { Check } from '../../engine/contract.ts';
import { show, Violation } from '../../engine/violation.ts';
import { endOf, familyError } from './endings.ts';
import { faultCheck } from './fault-check.ts';
import type { FaultPlan } from './fault-plan.ts';
import { overLink, works } from './faulty-link.ts';
import { allEnd, allTold, everyCall } from './in-flight.ts';

/** Until then a client has noticed that its connection is gone. */
const noticedMs = 50;
const when = 'while the service is away';

/** A service that is not there. */
export function refusalChecks<A extends AnyAdapter>(plan: FaultPlan<A>): readonly Check<A>[] {
  return [
    faultCheck(plan, {
      name: 'refused',
      rule: 'While the service is away, calls are rejected in bounded time as `retryable`, mutations as not applied',
      why: 'whoever calls can only wait and try again if it is told that it may',
      run: (t) =>
        overLink(t, plan, async (over) => {
          const begin = await everyCall(t, plan, over);
          await over.link.refuse();
          await delay(noticedMs);
          const calls = begin(when);
          await allEnd(t, calls, when);
          for (const { mutation, ending } of calls.mutations) {
            const what = `${mutation.call} ${when}`;
            const { outcome } = rejection(what, await ending);
            t.same(outcome, 'not-applied', `the outcome of ${what}`);
          }
          for (const { read, ending } of calls.reads) {
            const ended = await ending;
            const gaveUp =
              'value' in ended && read.orElse && isDeepStrictEqual(ended.value, read.orElse.value);
            if (!gaveUp) rejection(`${read.call} ${when}`, ended);
          }
          await allTold(calls, over.direct, when);
          await over.link.heal();
          await works(t, plan, over, 'the service was away');
        }),
    }),
    faultCheck(plan, {
      name: 'opened-while-away',
      rule: 'A client that is opened while the service does not answer is rejected in bounded time, or works when it does',
      why: 'processes and services start in any order',
      run: (t) =>
        overLink(t, plan, async ({ link, direct }) => {
          for (const [fault, begin] of [
            ['refuses', () => link.refuse()],
            ['does not answer', () => link.blackhole()],
          ] as const) {
            const what = `opening a client while the service ${fault}`;
            await begin();
            const ending = await endOf(t, what, t.open({ throughLink: true }));
            if ('error' in ending) familyError(what, ending.error);
            await link.heal();
            const client = 'value' in ending ? ending.value : await t.open({ throughLink: true });
            await works(t, plan, { client, direct }, what);
          }
        }),
    }),
  ];
}

function rejection<T>(what: string, ending: { readonly value: T } | { readonly error: unknown }) {
  if ('value' in ending) {
    throw new Violation(`${what} to be rejected`, `it resolved with ${show(ending.value)}`);
  }
  const error = familyError(what, ending.error);
  if (!error.retryable) throw new Violation(`${what} to be rejected as retryable`, show(error));
  return error;
}
