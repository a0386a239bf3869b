import type { CallOptions, TaskQueue } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { closing } from '../closing.ts';
import { hang, jobOf } from './jobs.ts';
import { recorder, untilHanded } from './recorder.ts';

/** Every call there is, by name; `consume()` is stopped by its signal, not aborted. */
const callsOf = (queue: TaskQueue, options: CallOptions) => ({
  'enqueue()': () => queue.enqueue([jobOf('aborted')], options),
  'depth()': () => queue.depth('q', 'g', options),
  ...(queue.capabilities.deadLetters && {
    'deadLetters()': () => queue.deadLetters('q', 'g', options),
    'redrive()': () => queue.redrive('q', 'g', ['1'], options),
  }),
});

export const ending: CheckGroup<TaskQueue> = {
  id: 'ending',
  title: 'Abort and close',
  checks: [
    {
      id: 'task-queue.ending.aborted-before',
      rule: 'A call whose signal was aborted before is refused without effect, with the reason as its cause',
      anchor: 'CallOptions.signal',
      why: 'a cancelled step must not send its work',
      async run(t) {
        const queue = await t.open();
        const reason = new Error('the user left');
        for (const [name, call] of Object.entries(callsOf(queue, { signal: AbortSignal.abort(reason) }))) {
          const error = await t.refuses(call, `${name} with an aborted signal`, { code: 'AIWORK_CANCELLED' });
          t.that(error.cause === reason, `the reason of the signal as the cause of ${name}`, error.cause);
        }
        t.same((await queue.depth('q', 'g')).waiting, 0, 'the number of waiting jobs after aborted calls');
      },
    },
    {
      id: 'task-queue.ending.aborted-meanwhile',
      rule: 'An `enqueue` that is aborted while it runs says truly whether it happened',
      anchor: 'TaskQueue.enqueue',
      why: 'who is told that nothing was sent sends it again, or gives up on work that is done all the same',
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        const outcomes: unknown[] = [];
        for (let round = 1; round <= 10; round += 1) {
          const controller = new AbortController();
          const job = jobOf(`${round}`);
          const sending = run.enqueue(
            { ...queue, enqueue: (jobs) => queue.enqueue(jobs, { signal: controller.signal }) },
            [job],
          );
          await Promise.resolve();
          controller.abort();
          outcomes.push(
            await sending.then(
              () => 'applied',
              (error) => error.outcome,
            ),
          );
        }
        t.that(
          outcomes.every((outcome) => ['applied', 'not-applied', 'unknown'].includes(`${outcome}`)),
          "an enqueue() that is aborted to resolve, or to say 'not-applied' or 'unknown'",
          outcomes,
        );
        await run.enqueue(queue, [jobOf('last')]);
        const consumer = run.consume(queue, {});
        const applied = outcomes.filter((outcome) => outcome === 'applied').length;
        await untilHanded(t, applied + 1, [consumer]);
        await run.nothingWrong();
      },
    },
    ...closing<TaskQueue>({
      contract: 'task-queue',
      noun: 'queue',
      calls: (queue) => ({
        ...callsOf(queue, {}),
        'consume()': () =>
          queue.consume(
            { queues: ['q'], group: 'g', concurrency: 1, signal: new AbortController().signal },
            async () => {},
          ),
      }),
      write: (queue, n) => queue.enqueue([jobOf(`job ${n}`)]),
      async use(queue, n) {
        const group = `g${n}`;
        await queue.enqueue([jobOf('now'), jobOf('later', { ...laterIn(queue) })]);
        const stop = new AbortController();
        const signal = AbortSignal.any([stop.signal]);
        const consuming = queue.consume(
          { queues: ['q'], group, concurrency: 1, signal },
          async (_job, control) => {
            await control.heartbeat();
            stop.abort();
          },
        );
        await Promise.race([consuming, hang(AbortSignal.timeout(200))]);
      },
    }),
  ],
};

const laterIn = ({ capabilities: { delayed } }: TaskQueue) =>
  delayed ? { notBefore: Date.now() + 3_600_000 } : {};
