import { appendFile } from 'node:fs/promises';
import { AiworkError, defineFlow, defineTask, type OrchestratorOptions } from '@aiwork/core';
import { z } from 'zod';

export const aiwork: OrchestratorOptions = { grace: '200ms', leaseTtl: '1s' };

const square = defineTask({
  id: 'square',
  input: z.number(),
  run: (n, { stepId }) => ({ stepId, square: n * n }),
});

/** What travels between its steps is more than JSON can say. */
export const days = defineFlow({ id: 'days', input: z.object({ from: z.iso.date() }) }, (f) => {
  const dates = f.step('dates', {
    needs: { input: f.input },
    run: ({ input }) => {
      process.stdout.write('written by the step\n');
      console.log('and logged');
      return new Map([['first', new Date(input.from)]]);
    },
  });
  const numbers = f.step('numbers', {
    needs: { dates },
    when: ({ dates }) => dates.size > 0,
    run: ({ dates }) => [...dates.values()].map((date) => date.getUTCDate()),
  });
  const squares = f.map('squares', square, { needs: { numbers }, over: ({ numbers }) => numbers ?? [] });
  return f.step('sum', {
    needs: { squares },
    run: ({ squares }) => squares.reduce((sum, { square }) => sum + square, 0),
  });
});

const tell = defineTask({
  id: 'tell',
  input: z.object({ message: z.string() }),
  run: ({ message }, { runId }) => `${runId}: ${message}`,
});

const month = defineFlow({ id: 'month', input: z.object({ date: z.date() }), onCancel: tell }, (f) =>
  f.step('name', {
    needs: { input: f.input },
    run: ({ input }, { runId }) => [runId, input.date.toISOString().slice(0, 7)],
  }),
);

/** A flow in a flow, and a task that is told of a failure. */
export const around = defineFlow({ id: 'around', input: z.object({}), onFailure: tell }, (f) => {
  const day = f.step('day', { run: () => new Date('2027-03-04') });
  return f.call('month', month, { date: day.$ });
});

/** Steps that do not do well. */
export const troubled = defineFlow(
  { id: 'troubled', input: z.object({ log: z.string().default('') }) },
  (f) => {
    const fails = f.step('fails', {
      retry: { maxAttempts: 3, minDelay: 1 },
      run: () => {
        throw new TypeError('the other side said no');
      },
    });
    const invalid = f.step('invalid', {
      run: () => {
        throw new AiworkError('AIWORK_INVALID_INPUT', 'never');
      },
    });
    const charge = f.step('charge', {
      needs: { input: f.input },
      run: async ({ input }, { once, attempt, idempotencyKey }) => {
        await once('charge', () => appendFile(input.log, `charged ${idempotencyKey}\n`));
        if (attempt < 3) throw new Error('no receipt');
        return attempt;
      },
    });
    const hangs = f.step('hangs', {
      needs: { input: f.input },
      run: async ({ input }, { once, signal, attempt, log }) => {
        if (input.log) await once('begun', () => appendFile(input.log, 'begun\n'));
        if (attempt > 1) return attempt;
        log.info('hanging');
        const stopped = Promise.withResolvers<never>();
        signal.addEventListener('abort', () => {
          console.error('the step was told to stop');
          stopped.reject(signal.reason);
        });
        return stopped.promise;
      },
    });
    const deaf = f.step('deaf', {
      run: (_, { log }) => {
        log.info('hanging');
        return new Promise<never>(() => {});
      },
    });
    const exits = f.step('exits', { run: () => process.exit(0) });
    return f.settle('report', {
      needs: { fails, invalid, charge, hangs, deaf, exits },
      run: (outcomes) => outcomes,
    });
  },
);
