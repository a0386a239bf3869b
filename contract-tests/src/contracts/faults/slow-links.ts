import { setTimeout as delay } from 'node:timers/promises';
import type { AnyAdapter } from '../../engine/any-adapter.ts';
import type { Check } from '../../engine/contract.ts';
import { show, Violation } from '../../engine/violation.ts';
import { endOf, familyError } from './endings.ts';
import { faultCheck } from './fault-check.ts';
import type { FaultPlan } from './fault-plan.ts';
import { newItem, overLink } from './faulty-link.ts';
import { allEnd, allTold, checkRead, everyCall } from './in-flight.ts';

const latencyMs = 30;
/** So far that a deadline which it breaks is one that a busy machine next door keeps. */
const farMs = 100;
const atOnce = 16;
/** A machine may be busy for a while; an adapter that does one call after the other never gets faster. */
const tries = 3;
const samples = 3;
/** Half as long as one after the other takes, however many round trips one takes by itself. */
const mostMs = (alone: readonly number[]) => (atOnce / 2) * Math.max(2 * latencyMs, Math.min(...alone));

/** A service that is far away. */
export function slowLinkChecks<A extends AnyAdapter>(plan: FaultPlan<A>): readonly Check<A>[] {
  return [
    faultCheck(plan, {
      name: 'slow-but-right',
      rule: 'Calls over a slow connection do what they do over a fast one',
      why: 'a deadline or a race that only a near service meets',
      run: (t) =>
        overLink(t, plan, async (over) => {
          const begin = await everyCall(t, plan, over);
          await over.link.latency(farMs);
          const calls = begin('over a slow connection');
          for (const { mutation, ending } of calls.mutations) {
            const what = `${mutation.call} over a slow connection`;
            const ended = await ending;
            if ('error' in ended) throw new Violation(`${what} to succeed`, show(ended.error));
          }
          for (const { read, ending } of calls.reads) {
            const ended = await ending;
            if ('error' in ended)
              throw new Violation(`${read.call} over a slow connection to succeed`, show(ended.error));
          }
          await allEnd(t, calls, 'over a slow connection');
          await allTold(calls, over.direct, 'over a slow connection');
        }),
    }),
    faultCheck(plan, {
      name: 'not-one-by-one',
      rule: 'Calls at once over a slow connection do not wait for each other',
      why: 'steps that run at the same time would take as long as one after the other',
      run: (t) =>
        overLink(t, plan, async ({ link, client, direct }) => {
          const [mutation] = plan.mutations;
          const durationOf = async (count: number) => {
            const calls = await Promise.all(
              Array.from({ length: count }, () => mutation.prepare(direct, newItem())),
            );
            const start = performance.now();
            await Promise.all(calls.map((call) => call(client)));
            return Math.round(performance.now() - start);
          };
          await link.latency(latencyMs);
          // The first call may have to connect.
          await durationOf(1);
          const alone: number[] = [];
          const together: number[] = [];
          t.evidence('durations in milliseconds', { alone, together });
          for (let attempt = 0; attempt < tries; attempt += 1) {
            // The quickest of several says how long one takes by itself, also while the machine is busy.
            for (let call = 0; call < samples; call += 1) alone.push(await durationOf(1));
            together.push(await durationOf(atOnce));
            if (Math.min(...together) < mostMs(alone)) return;
          }
          const expected = `${atOnce} calls of ${mutation.call} at once over ${2 * latencyMs} ms to take less than ${mostMs(alone)} ms`;
          throw new Violation(expected, show(together));
        }),
    }),
    faultCheck(plan, {
      name: 'abort-disturbs-nobody',
      rule: 'A call that is aborted while it is in flight changes no answer to another',
      anchor: 'CallOptions.signal',
      why: 'somebody is given what somebody else asked for',
      run: (t) =>
        overLink(t, plan, async ({ link, client, direct }) => {
          const items = Array.from({ length: atOnce }, newItem);
          for (const item of items) await (await plan.mutations[0].prepare(direct, item))(direct);
          await link.latency(latencyMs);
          for (const read of plan.reads) {
            const what = `${read.call} beside others that are aborted`;
            const controller = new AbortController();
            const reading = items.map((item, n) => {
              const aborted = n % 3 === 0;
              const options = aborted ? { signal: controller.signal } : {};
              return { item, aborted, ending: endOf(t, what, read.read(client, item, options)) };
            });
            await delay(latencyMs);
            controller.abort(new Error('the user left'));
            for (const { item, aborted, ending } of reading) {
              const ended = await ending;
              if ('value' in ended) checkRead(t, read, item, ended.value, what);
              else if (!aborted) throw new Violation(`${what} to succeed`, show(ended.error));
              else familyError(what, ended.error);
            }
          }
        }),
    }),
  ];
}
