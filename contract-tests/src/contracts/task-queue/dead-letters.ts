import type { DeadLetter, TaskQueue, TaskQueueCapabilities } from '@aiwork/core';
import { AiworkError } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { Violation } from '../../engine/violation.ts';
import { fail, idsOf, jobOf, jobsOf } from './jobs.ts';
import {
  patienceMs,
  type QueueChecks,
  type Recorder,
  recorder,
  timeOf,
  until,
  untilBegun,
  untilHanded,
} from './recorder.ts';

const declared = ({ deadLetters }: TaskQueueCapabilities) =>
  deadLetters !== false || 'no dead letters are declared; task-queue.dead-letters.refused checks that';

const maxDeliveriesOf = ({ capabilities: { deadLetters } }: QueueChecks) =>
  deadLetters ? deadLetters.maxDeliveries : Number.POSITIVE_INFINITY;

/** All dead letters, page by page. */
async function lettersOf(
  queue: TaskQueue,
  limit = 100,
  name = 'q',
  group = 'g',
): Promise<readonly DeadLetter[]> {
  const letters: DeadLetter[] = [];
  const cursors = new Set<string | undefined>();
  for (let cursor: string | undefined; !cursors.has(cursor); ) {
    cursors.add(cursor);
    const page = await queue.deadLetters(name, group, { limit, ...(cursor !== undefined && { cursor }) });
    letters.push(...page.items);
    if (page.cursor === undefined) return letters;
    cursor = page.cursor;
  }
  throw new Violation(
    'each page of deadLetters() to go on where the last one ended',
    'the same cursor again',
  );
}

/** Has all handlers of some jobs throw until each is a dead letter. */
async function buryAll(t: QueueChecks, run: Recorder, queue: TaskQueue, ids: readonly string[], group = 'g') {
  const max = maxDeliveriesOf(t);
  await run.enqueue(
    queue,
    ids.map((id) => jobOf(id)),
  );
  const consumer = run.consume(queue, { concurrency: 8, group }, ({ id }) => {
    if (ids.includes(id)) throw new AiworkError('AIWORK_STEP_FAILED', `the handler of ${id} failed`);
  });
  await untilHanded(t, ids.length * max, [consumer], patienceMs(t) + max * t.capabilities.maxRedeliveryMs);
  await until(
    t,
    () => consumer.running === 0,
    'the handlers to be over',
    () => consumer.running,
  );
  await untilDead(t, queue, ids.length, group);
  return consumer;
}

async function untilDead(t: QueueChecks, queue: TaskQueue, count: number, group = 'g'): Promise<void> {
  const deadline = timeOf(t) + patienceMs(t);
  for (;;) {
    const { deadLettered } = await queue.depth('q', group);
    if (deadLettered === count) return;
    t.that(timeOf(t) < deadline, `${count} dead letters to be counted`, deadLettered);
    await t.wait(5);
  }
}

export const deadLetters: CheckGroup<TaskQueue> = {
  id: 'dead-letters',
  title: 'Dead letters',
  checks: [
    {
      id: 'task-queue.dead-letters.after-the-last',
      rule: 'A job that `maxDeliveries` handlers gave back is handed out no more, and is a dead letter',
      anchor: 'TaskQueueCapabilities.deadLetters',
      why: 'a job that can only fail would be tried for ever, or vanish',
      when: declared,
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        const before = timeOf(t);
        await buryAll(t, run, queue, ['poison']);
        await t.wait(Math.min(t.capabilities.maxRedeliveryMs, 2000));
        await run.nothingWrong();
        const letters = await lettersOf(queue);
        t.same(letters.length, 1, 'the number of dead letters');
        const [{ job, error, deliveries, deadAt } = {} as Partial<DeadLetter>] = letters;
        t.same(job, jobOf('poison'), 'the job of the dead letter');
        t.same(deliveries, maxDeliveriesOf(t), 'how often the dead letter says it was handed out');
        t.same(
          { name: error?.name, message: error?.message, code: error?.code },
          { name: 'AiworkError', message: 'the handler of poison failed', code: 'AIWORK_STEP_FAILED' },
          'the error of the dead letter',
        );
        const slackMs = 1000;
        t.that(
          typeof deadAt === 'number' && deadAt >= before - slackMs && deadAt <= timeOf(t) + slackMs,
          'deadAt to be the time at which it was given up',
          deadAt,
        );
      },
    },
    {
      id: 'task-queue.dead-letters.next-of-its-key',
      rule: 'When a job is dead-lettered, the next of its key is handed out',
      anchor: 'TaskQueueCapabilities.ordering',
      why: 'one job that can only fail would block its key for ever',
      when: declared,
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        await run.enqueue(queue, [jobOf('poison', { key: 'key' }), jobOf('next', { key: 'key' })]);
        const consumer = run.consume(queue, {}, ({ id }) => {
          if (id === 'poison') fail();
        });
        const max = maxDeliveriesOf(t);
        await untilHanded(t, max + 1, [consumer], patienceMs(t) + max * t.capabilities.maxRedeliveryMs);
        await run.nothingWrong();
      },
    },
    {
      id: 'task-queue.dead-letters.of-one-group',
      rule: 'What one group gave up, another still is handed',
      anchor: 'TaskQueue.deadLetters',
      why: 'a consumer that is broken would take the work from those that are not',
      when: declared,
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        const groups = [run.consume(queue, {}), run.consume(queue, { group: 'other' })] as const;
        await untilBegun(t, run, queue, groups);
        const [first, other] = groups;
        await first.stop();
        await buryAll(t, run, queue, ['poison']);
        const isHanded = () => idsOf(other.handed).includes('poison');
        await until(t, isHanded, 'the other group to be handed the job', () => idsOf(other.handed));
        t.same((await lettersOf(queue, 100, 'q', 'other')).length, 0, 'the dead letters of the other group');
        t.same((await lettersOf(queue, 100, 'other', 'g')).length, 0, 'the dead letters of another queue');
        await run.nothingWrong();
      },
    },
    {
      id: 'task-queue.dead-letters.page-by-page',
      rule: 'Dead letters are listed each once, in the order in which they were given up, whatever the pages hold',
      anchor: 'DeadLetterQuery',
      why: 'whoever looks through them page by page misses some',
      when: declared,
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        const consumer = await buryAll(t, run, queue, idsOf(jobsOf(7)));
        await consumer.stop();
        const all = await lettersOf(queue);
        t.same(idsOf(all.map(({ job }) => job)).toSorted(), idsOf(jobsOf(7)), 'the jobs of all dead letters');
        const times = all.map(({ deadAt }) => deadAt);
        t.same(
          times,
          times.toSorted((a, b) => a - b),
          'the times of dead letters, in their order,',
        );
        for (const limit of [1, 3, 7]) {
          t.same(await lettersOf(queue, limit), all, `dead letters by pages of ${limit}`);
        }
        for (const limit of [0, -1, 1.5, 1001]) {
          await t.refuses(() => queue.deadLetters('q', 'g', { limit }), `deadLetters() with limit ${limit}`, {
            code: 'AIWORK_INVALID_ARGUMENT',
          });
        }
      },
    },
    {
      id: 'task-queue.dead-letters.put-back',
      rule: 'A dead letter that is put back is handed out anew, as often as at first, and is no dead letter any more',
      anchor: 'TaskQueue.redrive',
      why: 'work that failed by a mistake which is mended has to be done',
      when: declared,
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        const consumer = await buryAll(t, run, queue, ['mended', 'left']);
        await consumer.stop();
        const letters = await lettersOf(queue);
        const mended = letters.find(({ job }) => job.id === 'mended') as DeadLetter;
        run.redriven(['mended']);
        t.same(await queue.redrive('q', 'g', [mended.id]), 1, 'how many redrive() says it put back');
        const max = maxDeliveriesOf(t);
        const again = run.consume(queue, {}, (_job, _control, nth) => {
          if (nth < max) fail();
        });
        await untilHanded(t, max, [again], patienceMs(t) + max * t.capabilities.maxRedeliveryMs);
        await run.nothingWrong();
        await again.stop();
        t.same(
          (await lettersOf(queue)).map(({ job }) => job.id),
          ['left'],
          'the jobs of the dead letters after one was put back',
        );
      },
    },
    {
      id: 'task-queue.dead-letters.put-back-once',
      rule: 'A dead letter is put back once, also by several at once, and what is none changes nothing',
      anchor: 'TaskQueue.redrive',
      why: 'two people who press the same button have the work done twice',
      when: declared,
      async run(t) {
        const clients = await t.openSeveral(4);
        const [queue] = clients as [TaskQueue];
        const run = recorder(t);
        const consumer = await buryAll(t, run, queue, ['poison']);
        await consumer.stop();
        const [letter] = await lettersOf(queue);
        const id = letter?.id as string;
        run.redriven(['poison']);
        const counts = await Promise.all(clients.map((client) => client.redrive('q', 'g', [id, id])));
        t.same(
          counts.reduce((sum, count) => sum + count, 0),
          1,
          'how many jobs four at once say they put back',
        );
        t.same(await queue.redrive('q', 'g', [id]), 0, 'how many redrive() of what was put back says');
        t.same(await queue.redrive('q', 'g', []), 0, 'how many redrive() of nothing says');
        t.same(await queue.redrive('other', 'g', [id]), 0, 'how many redrive() in another queue says');
        const again = run.consume(queue, {});
        await untilHanded(t, 1, [again]);
        await run.nothingWrong();
        t.same(again.handed.length, 1, 'how often the job is handed out then');
      },
    },
    {
      id: 'task-queue.dead-letters.refused',
      rule: 'A queue that declares no dead letters refuses to list them and to put them back',
      anchor: 'TaskQueue.deadLetters',
      why: 'an empty list reads as if nothing had failed',
      when: ({ deadLetters: has }) => has === false || 'dead letters are declared',
      async run(t) {
        const queue = await t.open();
        const unsupported = { code: 'AIWORK_UNSUPPORTED_CAPABILITY' } as const;
        await t.refuses(() => queue.deadLetters('q', 'g'), 'deadLetters()', unsupported);
        await t.refuses(() => queue.redrive('q', 'g', ['1']), 'redrive()', unsupported);
      },
    },
  ],
};
