import { createOrchestrator, printFlow } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { importDag } from './import-dag.ts';
import type { Fields } from './json-fields.ts';

const task = (id: string, behind: readonly string[], more: Fields = {}): Fields => ({
  task_id: id,
  downstream_task_ids: behind,
  trigger_rule: 'all_success',
  pool: 'default_pool',
  priority_weight: 1,
  retries: 0,
  ...more,
});

const imported = (tasks: readonly Fields[], details: Fields = {}) =>
  importDag({ dagId: 'dag', tasks, details });
const policyOf = (more: Fields) => imported([task('a', [], more)]).flow.toGraph().nodes[0]?.policy;

describe('importDag', () => {
  it('makes a step of each task, behind those it needs', () => {
    const { flow, unread } = imported([task('c', []), task('a', ['b', 'c']), task('b', ['c'])]);
    const { nodes, output } = flow.toGraph();
    expect(nodes.map(({ id, needs }) => [id, Object.keys(needs)])).toEqual([
      ['a', []],
      ['b', ['a']],
      ['c', ['a', 'b']],
    ]);
    expect(output).toBe('c');
    expect(unread).toEqual([]);
  });

  it('makes a flow that is drawn and printed, and whose steps say where they run', async () => {
    const { flow } = imported([
      task('a', ['b'], { is_mapped: true }),
      task('b', [], { trigger_rule: 'all_done' }),
    ]);
    expect(printFlow(flow.toGraph())).toContain("f.map('a'");
    await using ai = createOrchestrator();
    const run = await ai.start(imported([task('a', [])]).flow, {});
    await expect(run.result()).rejects.toMatchObject({
      code: 'AIWORK_AIRFLOW_ELSEWHERE',
      message: expect.stringContaining('task "a" of DAG "dag" runs in Airflow'),
    });
  });

  it('refuses a DAG without tasks', () => {
    const refusal = { code: 'AIWORK_INVALID_FLOW', message: expect.stringContaining('"dag" has no tasks') };
    expect(() => imported([])).toThrow(expect.objectContaining(refusal));
  });

  it.each([
    ['seconds in parts', { days: 1, seconds: 2, microseconds: 500_000 }, 86_402_500],
    ['an ISO duration', 'P1DT2H3M4.5S', 93_784_500],
    ['seconds', 1.5, 1500],
  ])('reads %s', (_, execution_timeout, timeout) => {
    expect(policyOf({ execution_timeout })).toEqual({ timeout });
  });

  it('reads retries, with backoff as a switch and as a factor', () => {
    const delay = { retries: 2, retry_delay: { days: 0, seconds: 30, microseconds: 0 } };
    const retry = { maxAttempts: 3, minDelay: 30_000, jitter: false };
    expect(policyOf(delay)).toEqual({ retry: { ...retry, backoff: 'fixed', maxDelay: 86_400_000 } });
    for (const exponential of [true, 2]) {
      const given = { ...delay, retry_exponential_backoff: exponential, max_retry_delay: 'PT1M' };
      expect(policyOf(given)).toEqual({ retry: { ...retry, backoff: 'exponential', maxDelay: 60_000 } });
    }
  });

  it.each([
    ['an interval', { __type: 'TimeDelta', days: 1 }, 'no cron expression'],
    ['an asset', 'Asset', 'no cron expression'],
    ['a sentence of five words', 'every day at five o\u2019clock', 'no cron expression'],
    ['several times', 'at 5, and at 6 o\u2019clock on working days', 'no cron expression'],
  ])('says that %s is no schedule of a flow', (_, schedule_interval, message) => {
    const { flow, unread } = imported([task('a', [])], { schedule_interval });
    expect(flow.toGraph().schedules).toBeUndefined();
    expect(unread).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    [
      {
        schedule_interval: { __type: 'CronExpression', value: '5 4 * * *' },
        timezone: "Timezone('Europe/Zurich')",
      },
      '5 4 * * *',
      'Europe/Zurich',
    ],
    [{ timetable_summary: '@daily', timezone: 'UTC', catchup: true }, '0 0 * * *', 'UTC'],
  ])('reads a schedule', (details, cron, timezone) => {
    const { flow, unread } = imported([task('a', [])], details);
    expect(flow.toGraph().schedules).toEqual([{ cron, timezone, catchUp: 'catchup' in details }]);
    expect(unread).toEqual([]);
  });

  it('says that it does not know a time zone', () => {
    const details = { timetable_summary: '5 4 * * *', timezone: '+02:00:00' };
    const { flow, unread } = imported([task('a', [])], details);
    expect(flow.toGraph().schedules).toMatchObject([{ timezone: 'UTC' }]);
    expect(unread).toEqual(['the time zone +02:00:00: the schedule is shown in UTC']);
  });

  it('says what a flow does not show', () => {
    const { unread } = imported([task('a', [], { trigger_rule: 'one_success', pool: 'few' }), task('b', [])]);
    expect(unread).toEqual([
      'the pool few of task a: concurrency is no part of it',
      'the trigger rule one_success of task a: it is shown as a plain step',
      "the DAG ends with several tasks (a, b): the flow's output is that of b",
    ]);
  });
});
