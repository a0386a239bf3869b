import type { Job, TaskQueue } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { hostileKeys, malformedKeys } from '../hostile-keys.ts';
import { jobOf } from './jobs.ts';
import { recorder, untilHanded } from './recorder.ts';

/** Each a name of its own, and several of them one where a service folds them. */
const names = [
  'a',
  'A',
  'a.b',
  'a_b',
  'a-b',
  'a..b',
  '-',
  '_',
  '--all',
  '__proto__',
  'constructor',
  '0',
  '00',
];

const malformedNames: readonly (readonly [name: string, malformed: unknown])[] = [
  ['the empty string', ''],
  ['a name with a space', 'a b'],
  ['a name with a colon', 'a:b'],
  ['a name with a slash', '../a'],
  ['a pattern', '*'],
  ['a name with a line end', 'a\n'],
  ['a name with an accent', 'é'],
  ['.', '.'],
  ['..', '..'],
  ['201 letters', 'a'.repeat(201)],
  ['a number', 7],
  ['undefined', undefined],
];

const notWhole = [0.5, Number.NaN, Number.POSITIVE_INFINITY, '1', null, undefined];
const invalid = { code: 'AIWORK_INVALID_ARGUMENT' } as const;

export const hostile: CheckGroup<TaskQueue> = {
  id: 'hostile',
  title: 'Hostile names and ids',
  checks: [
    {
      id: 'task-queue.hostile.texts',
      rule: 'Ids, runs, steps and keys are any well-formed text, and come as they were',
      anchor: 'Job',
      why: 'they are made of user input, and travel as headers, keys and fields of a service',
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        const jobs = hostileKeys.map((text) => jobOf(text, { runId: text, stepId: text, key: text }));
        const consumer = run.consume(queue, { concurrency: 4 });
        await run.enqueue(queue, jobs);
        await untilHanded(t, jobs.length, [consumer]);
        for (const job of jobs) {
          const seen = consumer.handed.find(({ id }) => id === job.id);
          t.same(seen, job, `the job with the texts ${JSON.stringify(job.id)}`);
        }
        await run.nothingWrong();
      },
    },
    {
      id: 'task-queue.hostile.names-stay-apart',
      rule: 'Each name is a queue of its own, and a group of its own',
      anchor: 'TaskQueue',
      why: 'two queues that are folded into one give work to those who cannot do it',
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        await run.enqueue(
          queue,
          names.map((name) => jobOf(`of ${name}`, { queue: name })),
        );
        for (const name of [...names, 'a'.repeat(200)]) {
          if (name.length === 200) await run.enqueue(queue, [jobOf(`of ${name}`, { queue: name })]);
          const consumer = run.consume(queue, { queues: [name], group: name });
          await untilHanded(t, 1, [consumer]);
          await consumer.stop();
          t.same(
            consumer.handed.map(({ queue: from }) => from),
            [name],
            `the queues of the jobs that queue ${JSON.stringify(name)} hands out`,
          );
        }
        await run.nothingWrong();
      },
    },
    {
      id: 'task-queue.hostile.refuses-names',
      rule: 'What is not 1 to 200 letters, digits, ".", "_" or "-" is refused as a queue or group',
      anchor: 'Job.queue',
      why: 'a name that one service cuts off or reads as a pattern is another queue there',
      async run(t) {
        const queue = await t.open();
        for (const [about, malformed] of malformedNames) {
          const name = malformed as string;
          const consume = (options: object) =>
            queue.consume(
              { queues: ['q'], group: 'g', concurrency: 1, signal: t.signal, ...options },
              async () => {},
            );
          const what = `${about} as`;
          await t.refuses(
            () => queue.enqueue([jobOf('a', { queue: name })]),
            `${what} the queue of a job`,
            invalid,
          );
          await t.refuses(() => consume({ queues: [name] }), `${what} a queue to consume`, invalid);
          await t.refuses(() => consume({ group: name }), `${what} a group`, invalid);
          await t.refuses(() => queue.depth(name, 'g'), `${what} the queue of depth()`, invalid);
          await t.refuses(() => queue.depth('q', name), `${what} the group of depth()`, invalid);
        }
      },
    },
    {
      id: 'task-queue.hostile.refuses-jobs',
      rule: 'A job with a malformed text or number is refused',
      anchor: 'Job',
      why: 'unpaired surrogates have no form in UTF-8: two ids would become one',
      async run(t) {
        const queue = await t.open();
        const refuses = (changes: object, what: string) =>
          t.refuses(
            () => queue.enqueue([{ ...jobOf('a'), ...changes } as Job]),
            `a job with ${what}`,
            invalid,
          );
        for (const [about, malformed] of malformedKeys) {
          for (const member of ['id', 'runId', 'stepId'] as const) {
            await refuses({ [member]: malformed }, `${about} as ${member}`);
          }
          if (malformed !== undefined) await refuses({ key: malformed }, `${about} as key`);
        }
        for (const number of notWhole) {
          await refuses({ attempt: number }, `attempt ${String(number)}`);
          await refuses({ priority: number }, `priority ${String(number)}`);
        }
        await refuses({ attempt: 0 }, 'attempt 0');
        await refuses({ notBefore: Number.NaN }, 'notBefore NaN');
        t.same((await queue.depth('q', 'g')).waiting, 0, 'the number of waiting jobs after refused ones');
      },
    },
    {
      id: 'task-queue.hostile.refuses-consuming-nothing',
      rule: 'Consuming no queue, or with no room for a job, is refused',
      anchor: 'ConsumeOptions.concurrency',
      why: 'a worker that waits for ever looks as if it had nothing to do',
      async run(t) {
        const queue = await t.open();
        const consume = (options: object) =>
          queue.consume(
            { queues: ['q'], group: 'g', concurrency: 1, signal: t.signal, ...options },
            async () => {},
          );
        await t.refuses(() => consume({ queues: [] }), 'consume() of no queue', invalid);
        for (const concurrency of [0, -1, ...notWhole]) {
          await t.refuses(
            () => consume({ concurrency }),
            `consume() with concurrency ${String(concurrency)}`,
            invalid,
          );
        }
      },
    },
  ],
};
