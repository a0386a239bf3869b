import { setTimeout as delay } from 'node:timers/promises';
import type { AnyAdapter } from '../../engine/any-adapter.ts';
import type { CheckContext } from '../../engine/check-context.ts';
import type { Check } from '../../engine/contract.ts';
import { show, Violation } from '../../engine/violation.ts';
import { endOf } from './endings.ts';
import { faultCheck } from './fault-check.ts';
import type { FaultPlan } from './fault-plan.ts';
import { overLink, works } from './faulty-link.ts';
import { allEnd, allTold, everyCall } from './in-flight.ts';

const when = 'that nobody answers';

/** Everything that was held back has arrived by then. */
const deliveredMs = 50;

/** A service that takes connections and says nothing any more. */
export function blackHoleChecks<A extends AnyAdapter>(plan: FaultPlan<A>): readonly Check<A>[] {
  return [
    faultCheck(plan, {
      name: 'unanswered-calls-end',
      rule: 'A call that nobody answers ends in bounded time, and says truly what is known of it',
      why: 'what was sent may still arrive: who is told that it was not applied does it again',
      run: (t) =>
        overLink(t, plan, async (over) => {
          const begin = await everyCall(t, plan, over);
          await over.link.blackhole();
          const calls = begin(when);
          await allEnd(t, calls, when);
          await over.link.heal();
          await delay(deliveredMs);
          await allTold(calls, over.direct, when);
          await works(t, plan, over, 'nothing passed');
        }),
    }),
    faultCheck(plan, {
      name: 'unanswered-close-ends',
      rule: '`close()` ends in bounded time though nobody answers, with calls in flight and without',
      anchor: 'Adapter.close',
      why: 'a process that cannot shut down is killed, and everything else in it with it',
      run: (t) =>
        overLink(t, plan, async (over) => {
          const [busy, idle] = [over.client, await t.open({ throughLink: true })];
          await works(t, plan, { ...over, client: idle }, 'it was opened');
          const begin = await everyCall(t, plan, over);
          await over.link.blackhole();
          const calls = begin('that is in flight when its adapter is closed');
          const closing = [
            closed(t, 'close() with calls in flight that nobody answers', busy),
            closed(t, 'close() while nobody answers', idle),
          ];
          await Promise.all([...closing, allEnd(t, calls, 'that is in flight when its adapter is closed')]);
        }),
    }),
    faultCheck(plan, {
      name: 'unanswered-abort-ends',
      rule: 'The signal of a call ends it though nobody answers',
      anchor: 'CallOptions.signal',
      why: 'a run that is cancelled would go on until some deadline',
      run: (t) =>
        overLink(t, plan, async (over) => {
          const [begin, beginAborted] = [await everyCall(t, plan, over), await everyCall(t, plan, over)];
          await over.link.blackhole();
          const controller = new AbortController();
          const calls = begin(when);
          await delay(t.callDeadlineMs / 20);
          const aborted = beginAborted('that is aborted', { signal: controller.signal });
          const abortedEnds = allEnd(t, aborted, 'that is aborted').then(() => 'aborted');
          const othersEnd = allEnd(t, calls, when).then(() => 'others');
          setTimeout(() => controller.abort(new Error('the user left')), t.callDeadlineMs / 10);
          // Which of them ends first tells more than a clock does on a busy machine.
          const first = await Promise.race([abortedEnds, othersEnd]);
          t.same(first, 'aborted', 'the calls that end first, those that are aborted or those that are not,');
          await Promise.all([abortedEnds, othersEnd]);
          await over.link.heal();
          await delay(deliveredMs);
          await allTold(aborted, over.direct, 'that is aborted');
        }),
    }),
  ];
}

async function closed<A extends AnyAdapter>(t: CheckContext<A>, what: string, client: A): Promise<void> {
  const ending = await endOf(t, what, client.close());
  if ('error' in ending) throw new Violation(`${what} to resolve`, show(ending.error));
}
