import { inspect } from 'node:util';
import { type AirflowService, airflowService, type HeldService } from '@aiwork/contract-tests/services';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AirflowClient, airflowClient } from './airflow-client.ts';
import type { DagRunChange } from './dag-run.ts';

// The first run on a machine may have to install an engine and build images.
const coldStartMs = 10 * 60_000;
const quickly = { minDelayMs: 200, maxDelayMs: 1000 };

const dags = `
import time
from datetime import datetime, timedelta
try:
    from airflow.sdk import dag, task
except ImportError:
    from airflow.decorators import dag, task

@dag(schedule="0 6 * * *", start_date=datetime(2024, 1, 1), catchup=False, tags=["of the client"],
     dagrun_timeout=timedelta(hours=2), is_paused_upon_creation=False, max_active_runs=4)
def client_numbers():
    @task(retries=2, retry_delay=timedelta(seconds=1), execution_timeout=timedelta(minutes=5))
    def given(dag_run=None, ti=None):
        if ti.try_number < 2:
            raise ValueError("the first attempt fails")
        return dag_run.conf["numbers"]

    @task(priority_weight=3)
    def doubled(number):
        return number * 2

    @task(trigger_rule="all_done")
    def total(numbers):
        return {"total": sum(numbers), "text": "caf\\u00e9 {{ 1 }}"}

    @task(trigger_rule="one_failed")
    def alarm():
        pass

    numbers = doubled.expand(number=given())
    total(numbers)
    numbers >> alarm()

client_numbers()

@dag(schedule=None, start_date=datetime(2024, 1, 1), catchup=False, is_paused_upon_creation=False)
def client_waits():
    @task
    def waits():
        time.sleep(600)

    @task
    def after():
        pass

    waits() >> after()

client_waits()
`;

/** What holds of both versions, each in a file of its own, so that they need not run at once. */
export function airflowClientTests(version: 2 | 3): void {
  vi.setConfig({ testTimeout: 5 * 60_000 });
  let held: HeldService<AirflowService>;
  let client: AirflowClient;
  const password = 'aiwork';

  beforeAll(async () => {
    held = await airflowService({ version }).hold();
    client = airflowClient({ url: held.service.url, username: 'aiwork', password });
    await held.service.addDag?.('client.py', dags);
    // Airflow sees a file when it looks for one.
    const known = () => Promise.all([client.importDag('client_numbers'), client.importDag('client_waits')]);
    await vi.waitFor(known, { timeout: 4 * 60_000, interval: 1000 });
  }, coldStartMs);
  afterAll(() => held.release());

  async function followed(dagId: string, runId: string): Promise<readonly DagRunChange[]> {
    const changes: DagRunChange[] = [];
    for await (const change of client.follow(dagId, runId, quickly)) changes.push(change);
    return changes;
  }

  describe(`airflowClient with Airflow ${version}`, () => {
    it('finds out which Airflow it is', async () => {
      expect(await client.version()).toBe(held.service.facts.version);
    });

    it('triggers a run once, follows it to its end, and reads what its tasks gave', async () => {
      const conf = { numbers: [1, 20] };
      const triggered = await client.trigger('client_numbers', { runId: 'once:1+2', conf });
      expect(triggered).toMatchObject({ dagId: 'client_numbers', runId: 'once:1+2', conf });
      expect((await client.trigger('client_numbers', { runId: 'once:1+2', conf })).runId).toBe('once:1+2');
      await expect(
        client.trigger('client_numbers', { runId: 'once:1+2', conf: { numbers: [] } }),
      ).rejects.toMatchObject({ code: 'AIWORK_RUN_EXISTS', outcome: 'not-applied' });

      const changes = await followed('client_numbers', 'once:1+2');
      expect(changes.at(-1)).toEqual({ type: 'run', state: 'success' });
      const ends = changes.flatMap((change) =>
        change.type === 'task' && ['success', 'skipped'].includes(change.state) ? [change] : [],
      );
      const named = ends.map(({ taskId, mapIndex = '-', state }) => `${taskId} ${mapIndex} ${state}`);
      expect(named.sort()).toEqual([
        'alarm - skipped',
        'doubled 0 success',
        'doubled 1 success',
        'given - success',
        'total - success',
      ]);
      // At least: a busy scheduler may queue a task anew that never began, and counts that as a try.
      expect(ends.find(({ taskId }) => taskId === 'given')?.attempt).toBeGreaterThanOrEqual(2);

      const of = (task: string, mapIndex?: number) =>
        client.result('client_numbers', 'once:1+2', task, { ...(mapIndex !== undefined && { mapIndex }) });
      expect(await of('doubled', 1)).toEqual(40);
      expect(await of('total')).toEqual({ total: 42, text: 'caf\u00e9 {{ 1 }}' });
      expect(await of('alarm')).toBeUndefined();
      const run = await client.run('client_numbers', 'once:1+2');
      expect(run.endedAt?.getTime()).toBeGreaterThanOrEqual(run.startedAt?.getTime() ?? Number.NaN);
      expect(await client.cancel('client_numbers', 'once:1+2')).toMatchObject({ state: 'success' });
    });

    it('cancels a run: its task is stopped, and what stands behind does not begin', async () => {
      await client.trigger('client_waits', { runId: 'cancelled' });
      const changes: DagRunChange[] = [];
      for await (const change of client.follow('client_waits', 'cancelled', quickly)) {
        changes.push(change);
        if (change.type === 'task' && change.state === 'running')
          await client.cancel('client_waits', 'cancelled');
      }
      expect(changes.at(-1)).toEqual({ type: 'run', state: 'failed' });
      expect(
        changes.some(
          (change) => change.type === 'task' && change.taskId === 'after' && change.state === 'running',
        ),
      ).toBe(false);
      expect((await client.run('client_waits', 'cancelled')).state).toBe('failed');
    });

    it('stops following when it is told to, and leaves the run alone', async () => {
      await client.trigger('client_waits', { runId: 'left' });
      const controller = new AbortController();
      const reason = new Error('enough');
      const following = (async () => {
        for await (const change of client.follow('client_waits', 'left', {
          ...quickly,
          signal: controller.signal,
        })) {
          if (change.type === 'task' && change.state === 'running') controller.abort(reason);
        }
      })();
      await expect(following).rejects.toMatchObject({ code: 'AIWORK_CANCELLED', cause: reason });
      expect((await client.run('client_waits', 'left')).state).toBe('running');
      await client.cancel('client_waits', 'left');
    });

    it('shows the structure of a DAG as a flow, and says what it does not show', async () => {
      const { flow, unread } = await client.importDag('client_numbers');
      const graph = flow.toGraph();
      const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
      const needs = [...nodes].map(([id, node]) => [id, Object.values(node.needs)]);
      expect(Object.fromEntries(needs)).toEqual({
        given: [],
        doubled: ['given'],
        total: ['doubled'],
        alarm: ['doubled'],
      });
      expect(nodes.get('given')).toMatchObject({
        kind: 'step',
        policy: { retry: { maxAttempts: 3, backoff: 'fixed', minDelay: 1000 }, timeout: 300_000 },
      });
      expect(nodes.get('doubled')).toMatchObject({ kind: 'map', policy: { priority: 2 } });
      expect(nodes.get('total')).toMatchObject({ kind: 'settle' });
      expect(graph).toMatchObject({
        id: 'client_numbers',
        tags: ['of the client'],
        policy: { timeout: 7_200_000 },
        schedules: [{ cron: '0 6 * * *', timezone: 'UTC', catchUp: false }],
      });
      expect(unread).toEqual([
        'the trigger rule one_failed of task alarm: it is shown as a plain step',
        expect.stringMatching(/^the DAG ends with several tasks/),
      ]);
    });

    it('says what there is not, and who may not, without a secret', async () => {
      const missing = { code: 'AIWORK_AIRFLOW_NOT_FOUND' };
      await expect(client.trigger('no_such_dag', { runId: 'a' })).rejects.toMatchObject(missing);
      await expect(client.run('client_waits', 'no such run')).rejects.toMatchObject(missing);
      await expect(client.importDag('no_such_dag')).rejects.toMatchObject(missing);
      await expect(client.result('client_numbers', 'once:1+2', 'no_such_task')).rejects.toMatchObject(
        missing,
      );
      // The Airflow 3 of the kit takes every name for an administrator; a token it knows.
      const secret = 'hunter2-wrong';
      const stranger = airflowClient({
        url: held.service.url,
        ...(version === 2 ? { username: 'aiwork', password: secret } : { token: secret }),
      });
      const refused = await stranger.run('client_waits', 'cancelled').catch((error: unknown) => error);
      expect(refused).toMatchObject({
        code: 'AIWORK_AIRFLOW_REFUSED',
        message: expect.stringMatching(/ with 40[13]/),
      });
      expect(inspect([refused, stranger, client], { depth: 9, showHidden: true })).not.toContain(secret);
    });
  });
}
