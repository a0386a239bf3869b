import { AiworkError, toRunError } from '@aiwork/core';
import type { Source } from './layer.ts';
import { open } from './opening.ts';

/** What can be asked, and what it is called in events. */
export interface Named<Input, Item> {
  readonly id: string;
  readonly source: Source<Input, Item>;
}

/** Asks each until one gives the first part of an answer. */
export function firstThatAnswers<Input, Item>(
  named: readonly Named<Input, Item>[],
  fallOn: (error: unknown) => boolean,
): Source<Input, Item> {
  return async function* (input, context) {
    const failures: { readonly id: string; readonly error: unknown }[] = [];
    for (const [place, { id, source }] of named.entries()) {
      const opened = await open(source, input, context).catch((error: unknown) => {
        context.signal.throwIfAborted();
        if (!fallOn(error)) throw error;
        failures.push({ id, error });
        const next = named[place + 1];
        if (next) context.emit({ type: 'fallback', from: id, to: next.id, error: toRunError(error) });
      });
      if (opened) return yield* opened.flow();
    }
    throw allFailed(failures);
  };
}

/** What one of them may have done is not known of all, either. */
function outcomeOf(errors: readonly unknown[]): { readonly outcome?: 'not-applied' | 'unknown' } {
  const outcomes = errors.map((error) => (AiworkError.isInstance(error) ? error.outcome : undefined));
  if (outcomes.includes('unknown')) return { outcome: 'unknown' };
  return outcomes.every((outcome) => outcome === 'not-applied') ? { outcome: 'not-applied' } : {};
}

function allFailed(failures: readonly { readonly id: string; readonly error: unknown }[]): unknown {
  if (failures.length === 1) return failures[0]?.error;
  const reasons = failures.map(({ id, error }) => ({ id, ...toRunError(error) }));
  const errors = failures.map(({ error }) => error);
  const waits = reasons.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
  const list = reasons.map(({ id, code, name, message }) => `${id}: ${code ?? name}: ${message}`).join('; ');
  return new AiworkError('AIWORK_ALL_FAILED', `none of ${failures.length} answered: ${list}`, {
    cause: new AggregateError(errors, 'every attempt failed'),
    retryable: reasons.some(({ retryable }) => retryable),
    ...outcomeOf(errors),
    ...(waits.length > 0 && { retryAfterMs: Math.min(...waits) }),
  });
}
