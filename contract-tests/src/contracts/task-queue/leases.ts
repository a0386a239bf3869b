import type { TaskQueue, TaskQueueCapabilities } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { gate, hang, jobOf } from './jobs.ts';
import { patienceMs, type QueueChecks, quiet, recorder, timeOf, until, untilHanded } from './recorder.ts';

const declared = ({ leases }: TaskQueueCapabilities) => leases !== false || 'no leases are declared';

const leaseOf = ({ capabilities: { leases } }: QueueChecks) => (leases ? leases : { ms: 0, maxLateMs: 0 });

/** A busy machine notices late. */
const slackMs = 250;

export const leases: CheckGroup<TaskQueue> = {
  id: 'leases',
  title: 'Consumers that hang',
  checks: [
    {
      id: 'task-queue.leases.hanging-handler',
      rule: 'A job whose handler says nothing is handed to another when its lease is over, and not before',
      anchor: 'TaskQueueCapabilities.leases',
      why: 'a worker that hangs would keep its job for ever',
      when: declared,
      async run(t) {
        const [a, b] = (await t.openSeveral(2)) as [TaskQueue, TaskQueue];
        const run = recorder(t);
        const { ms, maxLateMs } = leaseOf(t);
        const times: number[] = [];
        const work = (_job: unknown, control: { readonly signal: AbortSignal }) => {
          times.push(timeOf(t));
          return times.length === 1 ? hang(t.signal) : void control;
        };
        const both = [run.consume(a, {}, work), run.consume(b, {}, work)];
        await run.enqueue(a, [jobOf('job')]);
        await untilHanded(t, 2, both, patienceMs(t) + ms + maxLateMs);
        const [first = 0, second = 0] = times;
        t.that(
          second - first <= ms + maxLateMs + slackMs,
          `another consumer to be handed the job within ${ms + maxLateMs} ms`,
          `${second - first} ms`,
        );
        await run.nothingWrong();
      },
    },
    {
      id: 'task-queue.leases.heartbeats-keep',
      rule: 'A handler that says in time that it is at work keeps its job, however long it takes',
      anchor: 'JobControl.heartbeat',
      why: 'every step that takes longer than a lease would be done twice at once',
      when: declared,
      async run(t) {
        const [a, b] = (await t.openSeveral(2)) as [TaskQueue, TaskQueue];
        const run = recorder(t);
        const { ms } = leaseOf(t);
        let lost = false;
        let done = false;
        const work = async (
          _job: unknown,
          control: { heartbeat(): Promise<void>; readonly signal: AbortSignal },
        ) => {
          for (let beat = 0; beat < 6; beat += 1) {
            await t.wait(ms / 2);
            await control.heartbeat();
          }
          lost = control.signal.aborted;
          done = true;
        };
        const both = [run.consume(a, {}, work), run.consume(b, {}, work)];
        await run.enqueue(a, [jobOf('job')]);
        await until(
          t,
          () => done,
          'the handler to be done',
          () => 'it is at work',
          patienceMs(t) + 4 * ms,
        );
        t.same(lost, false, 'whether the handler was told that it lost the job');
        await t.wait(ms);
        await run.nothingWrong();
        t.same(
          both.map(({ handed }) => handed.length).toSorted(),
          [0, 1],
          'how often each was handed the job',
        );
      },
    },
    {
      id: 'task-queue.leases.told',
      rule: 'Who lost a job is told: its signal is aborted, and its heartbeats are rejected',
      anchor: 'JobControl.signal',
      why: 'two handlers would go on with one step until both are done',
      when: declared,
      async run(t) {
        const [a, b] = (await t.openSeveral(2)) as [TaskQueue, TaskQueue];
        const run = recorder(t);
        const { ms, maxLateMs } = leaseOf(t);
        const seen: string[] = [];
        const over = gate(t);
        let controls = 0;
        const work = async (
          _job: unknown,
          control: { heartbeat(): Promise<void>; readonly signal: AbortSignal },
        ) => {
          controls += 1;
          if (controls > 1) return;
          await hang(control.signal, t.signal);
          if (control.signal.aborted) seen.push('aborted');
          await control.heartbeat().catch(({ code }) => seen.push(code));
          over.open();
        };
        const both = [run.consume(a, {}, work), run.consume(b, {}, work)];
        await run.enqueue(a, [jobOf('job')]);
        await untilHanded(t, 2, both, patienceMs(t) + ms + maxLateMs);
        await until(
          t,
          () => seen.length === 2,
          'its handler to be told that it lost the job',
          () => seen,
        );
        await over.opened;
        t.same(seen, ['aborted', 'AIWORK_LEASE_LOST'], 'what the handler that lost its job is told');
        await run.nothingWrong();
      },
    },
    {
      id: 'task-queue.leases.late-end',
      rule: 'How a handler ends that has lost its job changes nothing for the one that has it',
      anchor: 'JobControl.signal',
      why: 'a worker that wakes up late settles the work of another, which then fails and is never repeated',
      when: declared,
      async run(t) {
        const [a, b] = (await t.openSeveral(2)) as [TaskQueue, TaskQueue];
        const { ms, maxLateMs } = leaseOf(t);
        const { maxRedeliveryMs } = t.capabilities;
        for (const end of ['return', 'throw'] as const) {
          const run = recorder(t);
          const [late, rest] = [gate(t), gate(t)];
          const queues = [`q-${end}`];
          let begun = 0;
          let ended = 0;
          const work = async (_job: unknown, control: { heartbeat(): Promise<void> }) => {
            begun += 1;
            if (begun === 1) {
              await late.opened;
              ended += 1;
              if (end === 'throw') throw new Error('it woke up late');
              return;
            }
            if (begun > 2) return;
            while (!t.signal.aborted && ended === 0) {
              await control.heartbeat();
              await t.wait(ms / 4);
            }
            await rest.opened;
            if (end === 'return') throw new Error('the one that has it fails');
          };
          const both = [run.consume(a, { queues }, work), run.consume(b, { queues }, work)];
          await run.enqueue(a, [jobOf('job', { queue: `q-${end}` })]);
          await untilHanded(t, 2, both, patienceMs(t) + ms + maxLateMs);
          late.open();
          await until(
            t,
            () => ended === 1,
            'the late handler to end',
            () => ended,
          );
          await quiet(t);
          rest.open();
          const expected = end === 'return' ? 3 : 2;
          await untilHanded(t, expected, both, patienceMs(t) + maxRedeliveryMs);
          await run.nothingWrong();
          await Promise.all(both.map((consumer) => consumer.stop()));
          const handed = both.reduce((sum, consumer) => sum + consumer.handed.length, 0);
          t.same(handed, expected, `how often the job is handed out when a late handler ends by ${end}`);
        }
      },
    },
    {
      id: 'task-queue.leases.heartbeats-resolve',
      rule: 'A handler that has its job may say so as often as it likes, and its signal stays as it is',
      anchor: 'JobControl.heartbeat',
      why: 'a step fails because its worker said that it works on it',
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        const seen: unknown[] = [];
        const consumer = run.consume(queue, {}, async (_job, control) => {
          for (let beat = 0; beat < 5; beat += 1) seen.push(await control.heartbeat());
          seen.push(control.signal.aborted);
        });
        await run.enqueue(queue, [jobOf('job')]);
        await untilHanded(t, 1, [consumer]);
        await until(
          t,
          () => seen.length === 6,
          'heartbeats to resolve',
          () => seen,
        );
        t.same(seen.at(-1), false, 'whether the signal of a job that was never lost is aborted');
        await run.nothingWrong();
      },
    },
  ],
};
