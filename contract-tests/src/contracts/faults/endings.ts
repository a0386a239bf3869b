import { AiworkError } from '@aiwork/core';
import type { AnyAdapter } from '../../engine/any-adapter.ts';
import type { CheckContext } from '../../engine/check-context.ts';
import { show, Violation } from '../../engine/violation.ts';
import type { Answer, Truth } from './fault-plan.ts';

/** How late a busy machine may notice that a call has to end. */
const slackMs = 1000;

/** How a call ended. */
export type Ending<T> = { readonly value: T } | { readonly error: unknown };

/**
 * How `call` ends, which it has to do by its deadline whatever happens. May be left alone: a check that has failed looks
 * at no other call.
 */
export function endOf<T>(
  t: Pick<CheckContext<AnyAdapter>, 'callDeadlineMs'>,
  what: string,
  call: Promise<T>,
): Promise<Ending<T>> {
  const ending = endInTime(t, what, call);
  ending.catch(() => {});
  return ending;
}

async function endInTime<T>(
  { callDeadlineMs }: Pick<CheckContext<AnyAdapter>, 'callDeadlineMs'>,
  what: string,
  call: Promise<T>,
): Promise<Ending<T>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const expected = `${what} to end within ${callDeadlineMs} ms`;
    timer = setTimeout(
      () => reject(new Violation(expected, `it had not after ${callDeadlineMs + slackMs} ms`)),
      callDeadlineMs + slackMs,
    );
  });
  const ended = call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  try {
    return await Promise.race([ended, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The error of the family that a call was rejected with. */
export function familyError(what: string, error: unknown): AiworkError {
  if (error instanceof Violation) throw error;
  if (AiworkError.isInstance(error)) return error;
  throw new Violation(`${what} to be rejected with an AiworkError`, show(error));
}

/** The error of the family that a mutation was rejected with, and that says what became of it. */
export function mutationError(what: string, error: unknown): AiworkError {
  const known = familyError(what, error);
  if (known.outcome !== undefined) return known;
  throw new Violation(`${what} that is rejected to say its outcome`, `no outcome in ${show(known)}`);
}

/** What a mutation said has to be what is there. */
export function checkAnswer(what: string, ending: Ending<Answer>, truth: Truth): void {
  if (typeof truth === 'object') {
    throw new Violation(`${what} to be applied whole and once, or not at all`, show(truth.seen));
  }
  if ('error' in ending) {
    const { outcome } = mutationError(what, ending.error);
    if (outcome === 'unknown' || truth !== 'applied') return;
    throw new Violation(`${what} that says 'not-applied' not to be applied`, 'it was applied');
  }
  const { applied, given } = ending.value;
  const answered = `it answered ${show(given)}`;
  if (applied && truth === 'not-applied') {
    throw new Violation(`${what} that was acknowledged to be applied`, `${answered}, and it was not applied`);
  }
  if (!applied && truth !== 'untold') {
    throw new Violation(
      `${what} to say that it was applied, or to be rejected`,
      `${answered}, although ${truth === 'applied' ? 'it was applied' : 'nothing stood against it'}`,
    );
  }
}
