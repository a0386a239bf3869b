import { toMilliseconds } from '../duration.ts';
import type { Outer, RunScope, Work } from './scope.ts';

/** Waits for what the policy's limits ask for; `leave` gives the place back. */
export async function enterLimits(
  outer: Outer,
  { stepId, policy, limitKey }: Pick<Work, 'stepId' | 'policy' | 'limitKey'>,
): Promise<{ readonly leave: () => void; readonly held: readonly string[] }> {
  const { run, signal, held } = outer;
  const { limits } = run.services;
  const priority = policy.priority ?? outer.priority;
  const { concurrency, rateLimit } = policy;
  let leave = () => {};
  let heldNow = held;
  signal.throwIfAborted();
  if (concurrency !== undefined) {
    const { limit, key = limitKey } = typeof concurrency === 'number' ? { limit: concurrency } : concurrency;
    if (!held.includes(key)) {
      heldNow = [...held, key];
      leave = await atWork(run, limits.enter(key, limit, priority, signal));
    }
  }
  if (rateLimit) {
    try {
      const perMs = toMilliseconds(rateLimit.per, `rateLimit.per of step "${stepId}"`);
      await atWork(run, limits.pace(rateLimit.key ?? limitKey, rateLimit.limit, perMs, priority, signal));
    } catch (error) {
      leave();
      throw error;
    }
  }
  return { leave, held: heldNow };
}

/** Standing in a queue counts as work: after a crash, the run has to be taken up at once. */
async function atWork<T>(run: RunScope, queueing: Promise<T> | T): Promise<T> {
  if (!(queueing instanceof Promise)) return queueing;
  run.working(1);
  try {
    return await queueing;
  } finally {
    run.working(-1);
  }
}
