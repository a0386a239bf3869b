import { setTimeout as sleep } from 'node:timers/promises';
import { type AnyFlow, type AnyStep, defineFlow, fromJsonData } from '@aiwork/core';
import { testRun } from '@aiwork/core/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { RunEnd } from './ask-airflow.fixture.ts';
import { asked, examples, large, persistent, race, slow, told } from './example-flows.fixture.ts';
import { airflowTasks, exportFlow } from './export-flow.ts';
import { command, fileOf, openRealAirflow, type RealAirflow } from './real-airflow.fixture.ts';

// The first run on a machine may have to install an engine and build images.
const coldStartMs = 10 * 60_000;
const file = fileOf('./example-flows.fixture.ts');

/** What holds of both versions, each in a file of its own, so that they need not run at once. */
export function exportFlowTests(version: 2 | 3): void {
  vi.setConfig({ testTimeout: 10 * 60_000 });
  let airflow: RealAirflow;
  beforeAll(async () => {
    airflow = await openRealAirflow(version);
  }, coldStartMs);
  afterAll(() => airflow[Symbol.asyncDispose]());

  describe(`flows in Airflow ${version}`, () => {
    it('end as they do here, step by step', async () => {
      const runs = examples.map(([flow, input]) => ({ flow, input, options: { file } }));
      const ends = await airflow.runAll(runs);
      for (const [i, { flow, input }] of runs.entries()) {
        const [there, here] = [inAirflow(flow, ends[i] as RunEnd), await onThisMachine(flow, input)];
        const compared = Object.fromEntries(Object.keys(here.steps).map((id) => [id, there.steps[id]]));
        expect({ flow: flow.id, status: there.status, steps: compared }).toEqual({ flow: flow.id, ...here });
      }
      const attempts = taskOf(
        ends[examples.findIndex(([flow]) => flow === persistent)],
        'third_u20_time',
      )?.attempts;
      expect(attempts).toBe(3);
      const [failed, passed] = ends.filter((_, i) => examples[i]?.[0] === told);
      expect(taskOf(failed, 'flow-ending')?.answer).toEqual({ status: 'succeeded', output: 'four is wrong' });
      expect(taskOf(passed, 'flow-ending')?.state).toBe('skipped');
    });

    it('hand large outputs on by reference', async () => {
      const payloads = { folder: '/tmp/payloads', inlineBytes: 1000 };
      const [end] = await airflow.runAll([{ flow: large, input: { n: 1 }, options: { file, payloads } }]);
      expect(taskOf(end, 'text')?.answer).toMatchObject({ status: 'succeeded', ref: { bytes: 200_002 } });
      expect(taskOf(end, 'sizes')?.answer).toEqual({
        status: 'succeeded',
        output: [200_000, 99_999, 99_999],
      });
    });

    it('race to the first success where the nearest will do', async () => {
      const [end] = await airflow.runAll([
        { flow: race, input: { n: 7 }, options: { file, approximate: true } },
      ]);
      expect(end?.state).toBe('success');
      expect(taskOf(end, 'first')?.answer).toEqual({ status: 'succeeded', output: 7 });
    });

    it('are read within the time that Airflow gives a file, 1,000 steps long', async () => {
      const flow = thousandSteps();
      const [exported] = exportFlow(flow, { file, command });
      const { dags, errors, importSeconds } = await airflow.inspect({ 'long.py': exported?.content ?? '' });
      expect(errors).toEqual({});
      expect(dags['long']?.tasks).toHaveLength(1000);
      // The default of `dagbag_import_timeout`.
      expect(importSeconds).toBeLessThan(30);
    });
  });

  describe(`a run of the scheduler of Airflow ${version}`, () => {
    it('waits for the variable that stands for what is delivered', async () => {
      const run = await start(asked, { n: 1 }, 'asking');
      await until('the step waits', async () => {
        const { state } = await get<{ state: string }>(`${run}/taskInstances/answer`);
        return state === 'up_for_reschedule';
      });
      const name = 'aiwork/asked/asking/answer';
      await airflow.service.run?.(['airflow', 'variables', 'set', name, '{"yes":true}']);
      await ended(run, 'success');
      const { value } = await get<{ value: string }>(`${run}/taskInstances/said/xcomEntries/answer`);
      expect(JSON.parse(value)).toEqual({ status: 'succeeded', output: [1, true] });
    });

    it('takes the process of a task with it when it is cancelled', async () => {
      const run = await start(slow, { n: 1 }, 'to-be-cancelled');
      await until('the step is at work', async () => (await processes()) > 0);
      await answerOf(
        await airflow.service.api(run, {
          method: 'PATCH',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ state: 'failed' }),
        }),
      );
      await until('its process is gone', async () => (await processes()) === 0);
    });
  });

  /** Starts a DAG, and gives where the API has its run. */
  async function start(flow: AnyFlow, input: unknown, runId: string): Promise<string> {
    for (const { path, content } of exportFlow(flow, { file, command, approximate: true })) {
      await airflow.service.addDag?.(path, content);
    }
    const dag = `/dags/${flow.id}`;
    await until('Airflow has read the DAG', async () => (await airflow.service.api(dag)).ok);
    const logical = version === 3 ? { logical_date: null } : {};
    await answerOf(
      await airflow.service.api(`${dag}/dagRuns`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ conf: input, dag_run_id: runId, ...logical }),
      }),
    );
    return `${dag}/dagRuns/${runId}`;
  }

  const get = async <T>(path: string): Promise<T> => answerOf<T>(await airflow.service.api(path));

  const ended = (run: string, wanted: string) =>
    until(`the run ends as ${wanted}`, async () => {
      const { state } = await get<{ state: string }>(run);
      if (state === 'failed' && wanted !== state) throw new Error(`the run failed`);
      return state === wanted;
    });

  /** How many processes of the slow flow there are. */
  async function processes(): Promise<number> {
    const count =
      'import psutil; print(sum("--flow=slow" in (p.info["cmdline"] or []) for p in psutil.process_iter(["cmdline"])))';
    return Number(await airflow.service.run?.(['python', '-c', count]));
  }
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 4 * 60_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`it never came to that: ${what}`);
    await sleep(500);
  }
}

async function answerOf<T>(response: Response): Promise<T> {
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

const taskOf = (end: RunEnd | undefined, taskId: string) => end?.tasks.find((task) => task.taskId === taskId);

/** 1,000 steps in rows of ten, each behind two of the row before. */
function thousandSteps(): AnyFlow {
  return defineFlow({ id: 'long', input: z.object({}) }, (f) => {
    const steps = Array.from({ length: 10 }, (_, i) => f.step(`step ${i}`, { run: () => i }));
    for (let i = 10; i < 1000; i++) {
      const needs = { above: steps[i - 10] as AnyStep, aside: steps[i - (i % 10) - 1] as AnyStep };
      steps.push(f.step(`step ${i}`, { needs, run: () => i }));
    }
    return steps.at(-1) as (typeof steps)[number];
  });
}

interface Ending {
  readonly status: string;
  /** What each step gave, or how else it ended. */
  readonly steps: Readonly<Record<string, unknown>>;
}

/** Steps that are tasks of their own; a sub-flow that became tasks is seen in what needs it. */
function inAirflow(flow: AnyFlow, { state, tasks }: RunEnd): Ending {
  const steps: Record<string, unknown> = {};
  for (const { taskId, stepId, part } of airflowTasks(flow, { file })) {
    if (stepId === undefined || stepId.includes('/') || part === 'input' || part === 'when') continue;
    const ends = tasks.filter((task) => task.taskId === taskId);
    const failed = ends.find(({ state }) => state === 'failed' || state === 'upstream_failed');
    const answers = ends.map(({ answer }) => answer);
    const refusal = answers.find((answer) => answer && answer.status !== 'succeeded');
    if (part === 'over') {
      if (answers[0]?.output === 0) steps[stepId] = { output: [] };
      else if (answers[0]?.status !== 'succeeded') steps[stepId] = { status: answers[0]?.status ?? 'failed' };
      continue;
    }
    if (stepId in steps) continue;
    const outputs = answers.map((answer) => fromJsonData(answer?.output));
    if (failed || refusal) steps[stepId] = { status: refusal?.status ?? 'failed' };
    else steps[stepId] = { output: part === 'item' ? outputs : outputs[0] };
  }
  return { status: state === 'success' ? 'succeeded' : state, steps };
}

async function onThisMachine(flow: AnyFlow, input: unknown): Promise<Ending> {
  const { status, events } = await testRun(flow, input);
  const tasks = airflowTasks(flow, { file });
  const whole = new Set(tasks.flatMap(({ stepId, part }) => (stepId && part !== 'input' ? [stepId] : [])));
  const steps: Record<string, unknown> = {};
  for (const event of events) {
    if (!('stepId' in event) || event.stepId === undefined || !whole.has(event.stepId)) continue;
    if (event.type === 'step.succeeded') steps[event.stepId] = { output: event.output };
    if (event.type === 'step.skipped') steps[event.stepId] = { status: 'skipped' };
    if (event.type === 'step.failed') steps[event.stepId] = { status: 'failed' };
  }
  return { status, steps };
}
