import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { answerOf } from '../src/services/airflow/airflow-api.ts';
import { type AirflowService, airflowService, type HeldService } from '../src/services/index.ts';
import { describeWithEngine } from './with-engine.fixture.ts';

// The first run on a machine may have to install an engine and build images.
const coldStartMs = 10 * 60_000;
const waitMs = 240_000;
const source = fileURLToPath(new URL('./with-engine.fixture.ts', import.meta.url));

const dag = (decorators: string) => `
from datetime import datetime
from ${decorators} import dag, task

@dag(schedule=None, start_date=datetime(2024, 1, 1), catchup=False)
def doubling():
    @task
    def given(dag_run=None):
        return dag_run.conf["number"]

    @task
    def doubled(number):
        return number * 2

    doubled(given())

doubling()
`;

/** What holds of both versions, each in a file of its own, so that they need not run at once. */
export function airflowServiceTests(version: 2 | 3, decorators: string): void {
  vi.setConfig({ testTimeout: 2 * waitMs });
  let held: HeldService<AirflowService>;

  beforeAll(async () => {
    held = await airflowService({ version, mounts: [{ source, target: '/lent' }] }).hold();
  }, coldStartMs);
  afterAll(() => held.release());

  async function get<T>(path: string): Promise<T> {
    return answerOf<T>(await held.service.api(path));
  }

  /** Asks until the answer is as wanted. */
  async function until<T>(path: string, wanted: (answer: T) => boolean): Promise<T> {
    const end = performance.now() + waitMs;
    for (;;) {
      const answer = await get<T>(path).catch(String);
      if (typeof answer !== 'string' && wanted(answer)) return answer;
      if (performance.now() > end) throw new Error(`${path} is still ${JSON.stringify(answer)}`);
      await sleep(500);
    }
  }

  async function runDoubling(number: number): Promise<string> {
    const response = await held.service.api('/dags/doubling/dagRuns', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ conf: { number }, ...(version === 3 ? { logical_date: null } : {}) }),
    });
    const { dag_run_id: id } = await answerOf<{ dag_run_id: string }>(response);
    const run = `/dags/doubling/dagRuns/${encodeURIComponent(id)}`;
    await until<{ state: string }>(run, ({ state }) => state === 'success');
    return run;
  }

  async function resultOf(run: string): Promise<unknown> {
    const { value } = await get<{ value: unknown }>(`${run}/taskInstances/doubled/xcomEntries/return_value`);
    return Number(value);
  }

  describeWithEngine(`airflowService, version ${version}`, () => {
    it('says what the server says of itself', async () => {
      const { facts } = held.service;
      expect(facts.version).toMatch(new RegExp(`^${version}\\.\\d+\\.\\d+`));
      expect(await held.service.run?.(['airflow', 'version'])).toContain(facts.version);
      expect(facts.image).toMatch(/airflow/);
      expect(facts.settings).toEqual({ executor: 'LocalExecutor', database: 'postgresql' });
    });

    it('has a Node of an age that the packages run on, and reads what of this machine it is lent', async () => {
      const [major = 0, minor = 0] = (
        (await held.service.run?.(['node', '-p', 'process.versions.node'])) ?? ''
      )
        .split('.')
        .map(Number);
      expect(major > 22 || (major === 22 && minor >= 13)).toBe(true);
      expect(await held.service.run?.(['cat', '/lent'])).toBe(readFileSync(source, 'utf8'));
      await expect(held.service.run?.(['sh', '-c', 'echo more >> /lent'])).rejects.toThrow(/read-only/i);
    });

    it('is given files of any path', async () => {
      await held.service.write?.(
        new Map([
          ['/tmp/given/a b.txt', 'one\n'],
          ['/tmp/given/deep/c.txt', 'two\u{1f600}'],
        ]),
      );
      const given = await held.service.run?.(['sh', '-c', 'cat "/tmp/given/a b.txt" /tmp/given/deep/c.txt']);
      expect(given).toBe('one\ntwo\u{1f600}');
    });

    it('runs a DAG, and keeps what it ran over a restart', async () => {
      await held.service.addDag?.('doubling.py', dag(decorators));
      await until('/dags/doubling', () => true);
      const run = await runDoubling(21);
      expect(await resultOf(run)).toBe(42);
      await held.service.restart?.();
      expect(await resultOf(run)).toBe(42);
    });

    it('is used as it is when AIWORK_AIRFLOW_URL names it, and only as the version that it is', async () => {
      const url = new URL(held.service.url);
      Object.assign(url, { username: 'aiwork', password: 'aiwork' });
      vi.stubEnv('AIWORK_AIRFLOW_URL', url.href);
      try {
        const other = version === 2 ? 3 : 2;
        await using external = await airflowService({ version }).hold();
        const { restart, kill, addDag, write, run, ...service } = external.service;
        expect([restart, kill, addDag, write, run].every((one) => one === undefined)).toBe(true);
        expect(service.facts.version).toBe(held.service.facts.version);
        expect((await service.api('/dags')).status).toBe(200);
        await expect(airflowService({ version: other }).hold()).rejects.toThrow();
      } finally {
        vi.unstubAllEnvs();
      }
    });
  });
}
