import { type Duration, toMilliseconds } from '../duration.ts';
import { AiworkError } from '../errors.ts';
import { toRunError } from '../run-error.ts';
import { type Schema, validate } from '../schema.ts';
import { stepState } from './run-state.ts';
import type { RunScope } from './scope.ts';
import { inspectValue } from './serialize.ts';

export interface WaitForDelivery<T> {
  readonly payload: Schema<unknown, T>;
  readonly prompt?: unknown;
  readonly expires?: Duration;
}

/**
 * Waits for a payload for `stepId`, which is a step or a part of one; the accepted one is its output. Payloads that came
 * earlier count; one that does not fit is logged and waiting goes on.
 */
export async function waitForDelivery<T>(
  run: RunScope,
  stepId: string,
  signal: AbortSignal,
  options: WaitForDelivery<T>,
): Promise<T> {
  const step = stepState(run.state, stepId);
  if (step.status === 'succeeded') return step.output as T;
  if (!step.waiting) announce(run, stepId, options);
  const expiresAt = step.waiting?.expiresAt;
  for (let looked = 0; ; ) {
    for (; looked < (step.deliveries?.length ?? 0); looked++) {
      const accepted = await accept(run, stepId, step.deliveries?.[looked]?.payload, options.payload);
      if (!accepted) continue;
      const output = accepted.output;
      run.emit({ type: 'step.succeeded', stepId, attempt: 1, ...(output !== undefined && { output }) });
      await run.settled();
      return output;
    }
    await untilDeliveredOr(run, stepId, expiresAt, signal, () => (step.deliveries?.length ?? 0) > looked);
  }
}

function announce(run: RunScope, stepId: string, { prompt, expires }: WaitForDelivery<unknown>): void {
  inspectValue(prompt, `the prompt of step "${stepId}"`);
  if (stepState(run.state, stepId).attempt === 0) run.emit({ type: 'step.started', stepId, attempt: 1 });
  run.emit({
    type: 'step.waiting',
    stepId,
    ...(prompt !== undefined && { prompt }),
    ...(expires !== undefined && { expiresAt: run.services.clock.now() + toMilliseconds(expires) }),
  });
}

async function accept<T>(
  run: RunScope,
  stepId: string,
  payload: unknown,
  schema: Schema<unknown, T>,
): Promise<{ readonly output: T } | undefined> {
  try {
    return {
      output: await validate(schema, payload, {
        code: 'AIWORK_INVALID_INPUT',
        what: `the payload for step "${stepId}"`,
      }),
    };
  } catch (error) {
    const { message } = toRunError(error);
    run.emit({ type: 'log', stepId, level: 'warn', message: `${message}; waiting goes on` });
    return undefined;
  }
}

async function untilDeliveredOr(
  run: RunScope,
  stepId: string,
  expiresAt: number | undefined,
  signal: AbortSignal,
  hasMore: () => boolean,
): Promise<void> {
  const { clock } = run.services;
  const over = new AbortController();
  const stop = () => over.abort(signal.reason);
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  const cancelTimer =
    expiresAt === undefined
      ? undefined
      : clock.setTimer(Math.max(0, expiresAt - clock.now()), () => {
          // One that came in time may only be being written yet, or lie in the journal unseen.
          void run.catchUp().then(() => {
            if (!hasMore()) over.abort(expired(stepId, expiresAt));
          });
        });
  try {
    await run.parked(expiresAt, () => run.delivered(stepId, over.signal));
  } finally {
    cancelTimer?.();
    signal.removeEventListener('abort', stop);
  }
}

function expired(stepId: string, expiresAt: number): AiworkError {
  const time = new Date(expiresAt).toISOString();
  return new AiworkError('AIWORK_WAIT_EXPIRED', `nothing came for step "${stepId}" before ${time}`, {
    stepId,
  });
}

/** Waits until a point in time, or rejects with the signal's reason. */
export function waitUntil(run: RunScope, until: number, signal: AbortSignal): Promise<void> {
  const { clock } = run.services;
  return run.parked(until, () => {
    if (signal.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const give = () => {
        cancelTimer();
        reject(signal.reason);
      };
      const cancelTimer = clock.setTimer(Math.max(0, until - clock.now()), () => {
        signal.removeEventListener('abort', give);
        resolve();
      });
      signal.addEventListener('abort', give, { once: true });
    });
  });
}
