import { AiworkError, type Clock, type Duration } from '@aiwork/core';
import { invalidArgument } from '@aiwork/core/adapter-kit';
import type { TimeoutOf } from './event.ts';
import type { CallContext, Layer } from './layer.ts';
import { linkAbort } from './linked-abort.ts';
import { timeOption } from './options.ts';

/** @since 0.1.0 */
export interface TimeoutOptions {
  /** Until the first part of the answer. */
  readonly firstOutput?: Duration;
  /** Between two parts of it. Time in which the caller does not read does not count. */
  readonly idle?: Duration;
  /** Of the whole answer, also while the caller does not read. */
  readonly total?: Duration;
}

/**
 * Bounds one attempt: it is aborted, and fails with `AIWORK_CALL_TIMEOUT` (`retryable`), at once, whether or not it listens
 * to its signal.
 *
 * @throws `AIWORK_INVALID_ARGUMENT`, also when none of the three is given.
 * @example
 * ```ts
 * import { protectCall, timeout } from '@aiwork/resilience';
 *
 * const never = () => new Promise<string>(() => {});
 * const bounded = protectCall(never, [timeout({ total: 20 })], { id: 'search' });
 * await bounded().catch((error) => console.log(error.code)); // AIWORK_CALL_TIMEOUT
 * ```
 * @since 0.1.0
 */
export function timeout(options: TimeoutOptions): Layer<'timeout'> {
  const { firstOutput, idle, total } = options;
  if (firstOutput === undefined && idle === undefined && total === undefined) {
    throw invalidArgument('timeout has no limit: give firstOutput, idle or total');
  }
  return {
    kind: 'timeout',
    wrap: bounded({
      'first-output':
        firstOutput === undefined ? undefined : timeOption(firstOutput, 'firstOutput of timeout'),
      idle: idle === undefined ? undefined : timeOption(idle, 'idle of timeout'),
      total: total === undefined ? undefined : timeOption(total, 'total of timeout'),
    }),
  };
}

/**
 * Bounds the whole call: all attempts, and the waits between them. The outermost layer.
 *
 * @throws `AIWORK_INVALID_ARGUMENT`.
 * @example
 * ```ts
 * import { deadline, protectCall, retry } from '@aiwork/resilience';
 *
 * const down = async () => {
 *   throw new Error('down');
 * };
 * const ask = protectCall(down, [deadline('50ms'), retry({ maxAttempts: 100, minDelay: '1s', jitter: false })]);
 * await ask().catch((error) => console.log(error.message)); // down
 * ```
 * @since 0.1.0
 */
export function deadline(limit: Duration): Layer<'deadline'> {
  return { kind: 'deadline', wrap: bounded({ deadline: timeOption(limit, 'the deadline') }) };
}

type Limits = Readonly<Partial<Record<TimeoutOf, number | undefined>>>;

function bounded(limits: Limits): Layer['wrap'] {
  const wholeMs = limits.total ?? limits.deadline;
  return (inner) =>
    async function* (input, context) {
      const link = linkAbort(context.signal);
      const stopAfter = (of: TimeoutOf, limitMs: number | undefined) =>
        limitMs === undefined ? () => {} : context.clock.setTimer(limitMs, () => giveUp(of, limitMs));
      function giveUp(of: TimeoutOf, limitMs: number): void {
        context.emit({ type: 'timeout', of, limitMs });
        link.abort(tooLong(of, limitMs));
      }
      const stopWhole = stopAfter(limits.deadline === undefined ? 'total' : 'deadline', wholeMs);
      let stop = stopAfter('first-output', limits['first-output']);
      const items = inner(input, {
        ...context,
        deadlineAt: deadlineOf(limits, context, context.clock),
        signal: link.signal,
      })[Symbol.asyncIterator]();
      let isOver = false;
      try {
        for (let shown = false; ; ) {
          const next = await items.next();
          isOver = next.done === true;
          if (next.done) return;
          shown ||= context.isOutput(next.value);
          if (shown) stop();
          yield next.value;
          if (shown) stop = stopAfter('idle', limits.idle);
        }
      } catch (error) {
        isOver = true;
        throw error;
      } finally {
        stop();
        stopWhole();
        link.release();
        if (!isOver) await items.return?.();
      }
    };
}

function deadlineOf(limits: Limits, { deadlineAt }: Pick<CallContext, 'deadlineAt'>, clock: Clock): number {
  return limits.deadline === undefined ? deadlineAt : Math.min(deadlineAt, clock.now() + limits.deadline);
}

const problem: Readonly<Record<TimeoutOf, string>> = {
  'first-output': 'began no answer within',
  idle: 'stopped in the middle of its answer for',
  total: 'did not complete its answer within',
  deadline: 'was not over, with all its attempts, within',
};

function tooLong(of: TimeoutOf, limitMs: number): AiworkError {
  return new AiworkError('AIWORK_CALL_TIMEOUT', `the call ${problem[of]} ${limitMs} ms (${of})`, {
    retryable: true,
  });
}
