import type { TaskQueue } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { errorsTellNothing, showsNothing } from '../telling.ts';
import { hang, jobOf } from './jobs.ts';
import { quiet, recorder, untilHanded } from './recorder.ts';

const secret = 'sk-live-51a7c0ffee';

export const secrets: CheckGroup<TaskQueue> = {
  id: 'secrets',
  title: 'Secrets',
  checks: [
    {
      id: 'task-queue.secrets.not-in-errors',
      rule: 'No error shows what a queue was configured with, nor what a job holds beside its members',
      anchor: 'Adapter',
      why: 'errors go to logs and traces that many may read',
      async run(t) {
        const queue = await t.open();
        const bad = { ...jobOf('job'), attempt: 0, token: secret };
        const calls = [
          () => queue.enqueue([bad]),
          () => queue.depth('a b', 'g'),
          () => queue.enqueue([jobOf('job')], { signal: AbortSignal.abort() }),
        ];
        const errors = await Promise.all(calls.map((call) => t.refuses(call, 'a call with a bad argument')));
        await queue.close();
        errors.push(await t.refuses(() => queue.enqueue([jobOf('job')]), 'enqueue() after close()'));
        errorsTellNothing(t, errors, [secret, ...t.secrets]);
      },
    },
    {
      id: 'task-queue.secrets.not-in-the-queue',
      rule: 'Inspecting a queue shows neither what it was configured with nor what a handler threw',
      anchor: 'Adapter',
      why: 'whole objects are logged when something goes wrong',
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        const consumer = run.consume(queue, {}, (_job, control, nth) => {
          if (nth === 1) throw new Error(`could not log in with ${secret}`);
          return hang(control.signal, t.signal);
        });
        await run.enqueue(queue, [jobOf('job')]);
        await untilHanded(t, 1, [consumer]);
        await quiet(t);
        showsNothing(t, queue, 'the queue', [secret, ...t.secrets]);
      },
    },
  ],
};
