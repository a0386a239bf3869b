import { setTimeout as delay } from 'node:timers/promises';
import type { AnyAdapter } from '../../engine/any-adapter.ts';
import type { CheckContext } from '../../engine/check-context.ts';
import type { Check } from '../../engine/contract.ts';
import { show, Violation } from '../../engine/violation.ts';
import { checkAnswer, endOf } from './endings.ts';
import { faultCheck } from './fault-check.ts';
import type { FaultPlan, Mutation } from './fault-plan.ts';
import { type FaultyLink, newItem, overLink, works } from './faulty-link.ts';

/** More round trips than any call takes. */
const mostAnswers = 8;

/** An answer that is lost: what was asked for was done, and the client does not know. One check for each mutation. */
export function lostReplyChecks<A extends AnyAdapter>(plan: FaultPlan<A>): readonly Check<A>[] {
  return plan.mutations.map((mutation) =>
    faultCheck(plan, {
      name: `lost-reply-${mutation.id}`,
      rule: `When the reply to ${mutation.call} is lost, its answer is true and it is not applied a second time`,
      why: 'who is told something else than what happened does work twice, or never',
      ...(mutation.when && { when: mutation.when }),
      run: (t) =>
        overLink(t, plan, async (over) => {
          const answers = await loseEach(t, plan, mutation, over);
          t.evidence('answers lost', answers);
          if (answers === 0) {
            throw new Violation(`${mutation.call} to be a request that is answered`, 'no answer came');
          }
          if (mutation.overtaken) await overtakeIt(t, mutation, mutation.overtaken, over);
        }),
    }),
  );
}

/** Loses the first answer of a call, of another one the second, and so on; gives how many answers a call has. */
async function loseEach<A extends AnyAdapter>(
  t: CheckContext<A>,
  plan: FaultPlan<A>,
  mutation: Mutation<A>,
  over: FaultyLink<A>,
): Promise<number> {
  const { link, client, direct } = over;
  const what = `${mutation.call} whose reply is lost`;
  for (let answers = 0; answers < mostAnswers; answers += 1) {
    await works(t, plan, over, 'a reply was lost');
    const item = newItem();
    const call = await mutation.prepare(direct, item);
    await link.dropNextReply({ after: answers });
    const ending = await endOf(t, what, call(client));
    const lost = link.dropped();
    await link.heal();
    const truth = mutation.undisturbed ?? mutation.truth;
    checkAnswer(what, ending, await truth(direct, item));
    if ('value' in ending && ending.value.version !== undefined) {
      t.same(ending.value.version, await mutation.version?.(direct, item), `the version that ${what} gives`);
    }
    if (!lost) return answers;
  }
  return mostAnswers;
}

/** Once it has been applied, somebody else changes the same item: a second try of the call must not undo that. */
async function overtakeIt<A extends AnyAdapter>(
  t: CheckContext<A>,
  { call: name, prepare, truth }: Mutation<A>,
  { by, overtake, stands }: NonNullable<Mutation<A>['overtaken']>,
  { link, client, direct }: FaultyLink<A>,
): Promise<void> {
  const item = newItem();
  const call = await prepare(direct, item);
  await link.dropNextReply({ hold: true });
  const ending = endOf(t, `${name} whose reply is lost`, call(client));
  while (!link.dropped() && !t.signal.aborted) await delay(1);
  if ((await truth(direct, item)) !== 'not-applied') {
    await overtake(direct, item);
    await link.heal();
    const ended = await ending;
    if (await stands(direct, item)) return;
    const expected = `${name} that was applied, and then overtaken by ${by}, not to be applied again`;
    throw new Violation(expected, `${by} is gone; the call ended with ${show(Object.values(ended)[0])}`);
  }
  // A first round trip that only asks: there is nothing to overtake.
  await link.heal();
  await ending;
}
