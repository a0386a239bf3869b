import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionEvent, ExecutionHandle } from '@aiwork/client';
import { describe, expect, it } from 'vitest';
import { eventsUntilNow } from './events-until-now.ts';

const event = (seq: number, at: number): ExecutionEvent => ({
  type: 'log',
  stepId: 's',
  level: 'info',
  message: '',
  seq,
  at,
  runId: 'r',
});

/** An execution with these events, after which `later` come. */
function execution(
  status: Awaited<ReturnType<ExecutionHandle<unknown>['status']>>['status'],
  times: readonly number[],
  later: (signal: AbortSignal) => AsyncIterable<ExecutionEvent>,
) {
  const given = { stopped: false };
  const handle: Pick<ExecutionHandle<unknown>, 'status' | 'events'> = {
    status: async () => ({
      executionId: 'r',
      unit: 'u',
      version: '1',
      status,
      tags: [],
      createdAt: new Date(0).toISOString(),
      updatedAt: new Date(times.at(-1) ?? 0).toISOString(),
    }),
    async *events({ signal = new AbortController().signal } = {}) {
      signal.addEventListener('abort', () => {
        given.stopped = true;
      });
      for (const [i, at] of times.entries()) yield event(i + 1, at);
      yield* later(signal);
    },
  };
  return { handle, given };
}

async function* nothing(): AsyncGenerator<ExecutionEvent> {}

async function* silence(signal: AbortSignal): AsyncGenerator<ExecutionEvent> {
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
}

async function* news(signal: AbortSignal): AsyncGenerator<ExecutionEvent> {
  for (let seq = 4; !signal.aborted; seq += 1) {
    yield event(seq, 100 + seq);
    await delay(20);
  }
}

const numbers = async (handle: Parameters<typeof eventsUntilNow>[0]) =>
  (await Array.fromAsync(eventsUntilNow(handle))).map(({ seq }) => seq);

describe('the events of an execution until now', () => {
  it('are all of one that is over', async () => {
    expect(await numbers(execution('succeeded', [1, 2, 3], nothing).handle)).toEqual([1, 2, 3]);
  });

  it('are those that one has which waits, those of its last moment included', async () => {
    const { handle, given } = execution('waiting', [1, 5, 5, 5], silence);
    expect(await numbers(handle)).toEqual([1, 2, 3, 4]);
    expect(given.stopped).toBe(true);
  });

  it('are none of one that nobody has begun', async () => {
    expect(await numbers(execution('queued', [], silence).handle)).toEqual([]);
  });

  it('come to an end, though there is always something new', async () => {
    const { handle, given } = execution('running', [1, 2, 3], news);
    expect((await numbers(handle)).slice(0, 3)).toEqual([1, 2, 3]);
    expect(given.stopped).toBe(true);
  });
});
