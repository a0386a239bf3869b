import { isDeepStrictEqual } from 'node:util';
import { AiworkError, type CallOptions, hasCode } from '@aiwork/core';
import { orCancelled } from '@aiwork/core/adapter-kit';
import { cancelDagRun } from './cancel-dag-run.ts';
import { type AirflowClientOptions, clientSettings } from './client-options.ts';
import type { DagRun, DagRunChange, FollowOptions, ResultOptions, TriggerOptions } from './dag-run.ts';
import { type DagRunView, followDagRun } from './follow-dag-run.ts';
import { type ImportedDag, importDag } from './import-dag.ts';
import { type Fields, fieldsOf, isFields, textOf, unexpected } from './json-fields.ts';
import { openRestApi, type RestApi, refusal } from './rest-api.ts';
import { taskInstance } from './task-instances.ts';

/**
 * Airflow over its REST API. Every call ends in bounded time; an `AIWORK_AIRFLOW_UNAVAILABLE` may be tried again.
 *
 * @since 0.1.0
 */
export interface AirflowClient {
  /** Of the server: `3.3.2`. */
  version(options?: CallOptions): Promise<string>;
  /**
   * Starts a run of a DAG. A run of that id that there is already is given as it is: after an
   * `AIWORK_AIRFLOW_UNAVAILABLE`, trigger again with the same id. A run of a paused DAG waits until it is unpaused.
   *
   * @throws `AIWORK_RUN_EXISTS` when the run that there is was triggered with another conf, `AIWORK_AIRFLOW_NOT_FOUND`
   * when there is no such DAG.
   */
  trigger(dagId: string, options: TriggerOptions): Promise<DagRun>;
  /** @throws `AIWORK_AIRFLOW_NOT_FOUND` when there is no such run. */
  run(dagId: string, runId: string, options?: CallOptions): Promise<DagRun>;
  /**
   * What happens in a run, from how it is now until it is over. It looks often while much happens and seldom while nothing
   * does; of states that last less than that, some are not seen.
   */
  follow(dagId: string, runId: string, options?: FollowOptions): AsyncIterable<DagRunChange>;
  /**
   * Ends a run as failed: tasks that run are stopped, those that wait do not begin. Resolves when they have stopped, after
   * 15 seconds in any case. A run that is over stays as it is.
   */
  cancel(dagId: string, runId: string, options?: CallOptions): Promise<DagRun>;
  /** What a task has given (its XCom); nothing where it gave nothing. */
  result(dagId: string, runId: string, taskId: string, options?: ResultOptions): Promise<unknown>;
  /** The structure of a DAG as a flow, to be drawn or compared. */
  importDag(dagId: string, options?: CallOptions): Promise<ImportedDag>;
}

/**
 * A client for Airflow 2.10 to 3, which finds out which of them it is. It keeps no connection of its own open.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when an option is none or cannot be.
 * @example
 * ```ts no-run: needs an Airflow
 * import { airflowClient } from '@aiwork/airflow';
 *
 * const client = airflowClient({ url: 'https://airflow.example.org', username: 'me', password: process.env['AIRFLOW_PASSWORD'] ?? '' });
 * await client.trigger('report', { runId: 'order-17', conf: { city: 'Oslo' } });
 * for await (const change of client.follow('report', 'order-17')) console.log(change);
 * ```
 * @since 0.1.0
 */
export function airflowClient(options: AirflowClientOptions): AirflowClient {
  const settings = clientSettings(options);
  let opening: Promise<RestApi> | undefined;

  /** Asked once for all calls: one that is cancelled stops no other. */
  function api(signal: AbortSignal | undefined): Promise<RestApi> {
    opening ??= openRestApi(settings).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return orCancelled(opening, signal);
  }

  async function getRun(dagId: string, runId: string, signal: AbortSignal | undefined): Promise<DagRun> {
    const rest = await api(signal);
    return dagRun(await rest.get(runPath(dagId, runId), `run "${runId}" of DAG "${dagId}"`, signal));
  }

  const viewOf = (dagId: string, runId: string): DagRunView => ({
    run: (signal) => getRun(dagId, runId, signal),
    async tasks(signal) {
      const rest = await api(signal);
      const what = `the tasks of run "${runId}" of DAG "${dagId}"`;
      const found = await rest.list(`${runPath(dagId, runId)}/taskInstances`, 'task_instances', what, signal);
      return found.map(taskInstance);
    },
  });

  /** Some versions answer a run of a DAG that there is not as if they were out of order. */
  async function knownDag(dagId: string, error: unknown, signal: AbortSignal | undefined): Promise<never> {
    const rest = await api(signal);
    const asked = await rest.get(dagPath(dagId), `DAG "${dagId}"`, signal).catch((reason: unknown) => reason);
    if (hasCode(asked, 'AIWORK_AIRFLOW_NOT_FOUND')) throw asked;
    throw error;
  }

  return {
    async version({ signal } = {}) {
      return (await api(signal)).version;
    },

    async trigger(dagId, { runId, conf = {}, signal }) {
      const rest = await api(signal);
      const request = {
        path: `${dagPath(dagId)}/dagRuns`,
        method: 'POST',
        body: { dag_run_id: runId, conf, ...(rest.major === 2 && { logical_date: null }) },
        ...(signal && { signal }),
      } as const;
      const answer = await rest.ask(request).catch((error: unknown) => knownDag(dagId, error, signal));
      if (answer.status === 200) return dagRun(fieldsOf(answer.body, 'the run'));
      if (answer.status !== 409)
        throw refusal(settings, `run "${runId}" of DAG "${dagId}" to be triggered`, answer);
      const existing = await getRun(dagId, runId, signal);
      if (isDeepStrictEqual(existing.conf, JSON.parse(JSON.stringify(conf)))) return existing;
      throw new AiworkError(
        'AIWORK_RUN_EXISTS',
        `DAG "${dagId}" has a run "${runId}" that was triggered with another conf: give this one another id`,
        { outcome: 'not-applied' },
      );
    },

    run: (dagId, runId, { signal } = {}) => getRun(dagId, runId, signal),

    follow: (dagId, runId, own = {}) => followDagRun(viewOf(dagId, runId), own),

    async cancel(dagId, runId, { signal } = {}) {
      const now = await getRun(dagId, runId, signal);
      if (now.endedAt) return now;
      const rest = await api(signal);
      async function markFailed(): Promise<DagRun> {
        const request = { path: runPath(dagId, runId), method: 'PATCH', body: { state: 'failed' } } as const;
        const answer = await rest.ask({ ...request, ...(signal && { signal }) });
        if (answer.status === 200) return dagRun(fieldsOf(answer.body, 'the run'));
        throw refusal(settings, `run "${runId}" of DAG "${dagId}" to be cancelled`, answer);
      }
      return cancelDagRun(viewOf(dagId, runId), markFailed, signal);
    },

    async result(dagId, runId, taskId, { key = 'return_value', mapIndex, signal } = {}) {
      const rest = await api(signal);
      const task = `${runPath(dagId, runId)}/taskInstances/${encodeURIComponent(taskId)}`;
      // As it is, and not as Python would show it.
      const query = new URLSearchParams({ stringify: 'false' });
      if (mapIndex !== undefined) query.set('map_index', String(mapIndex));
      const path = `${task}/xcomEntries/${encodeURIComponent(key)}?${query}`;
      const answer = await rest.ask({ path, ...(signal && { signal }) });
      if (answer.status === 404) {
        // Either it gave nothing, or there is no such task: who asks for that has to hear it.
        await rest.get(
          task + (mapIndex === undefined ? '' : `/${mapIndex}`),
          `task "${taskId}" of run "${runId}"`,
          signal,
        );
        return undefined;
      }
      if (answer.status !== 200)
        throw refusal(settings, `the result of task "${taskId}" of run "${runId}"`, answer);
      return fieldsOf(answer.body, 'the result')['value'];
    },

    async importDag(dagId, { signal } = {}) {
      const rest = await api(signal);
      const what = `DAG "${dagId}"`;
      const [details, tasks] = await Promise.all([
        rest.get(`${dagPath(dagId)}/details`, what, signal),
        rest.get(`${dagPath(dagId)}/tasks`, what, signal),
      ]);
      const found = tasks['tasks'];
      if (!Array.isArray(found) || !found.every(isFields))
        throw unexpected(`the tasks of ${what} are no list`);
      return importDag({ dagId, details, tasks: found });
    },
  };
}

const dagPath = (dagId: string): string => `/dags/${encodeURIComponent(dagId)}`;
const runPath = (dagId: string, runId: string): string =>
  `${dagPath(dagId)}/dagRuns/${encodeURIComponent(runId)}`;

const states = ['queued', 'running', 'success', 'failed'] as const;

function dagRun(fields: Fields): DagRun {
  const state = states.find((one) => one === fields['state']);
  if (!state) throw unexpected(`a run is in the state ${JSON.stringify(fields['state'])}`);
  const [startedAt, endedAt] = [dateOf(fields['start_date']), dateOf(fields['end_date'])];
  return {
    dagId: textOf(fields['dag_id'], 'dag_id of a run'),
    runId: textOf(fields['dag_run_id'], 'dag_run_id of a run'),
    state,
    conf: isFields(fields['conf']) ? fields['conf'] : {},
    ...(startedAt && { startedAt }),
    ...(endedAt && { endedAt }),
  };
}

const dateOf = (value: unknown): Date | undefined =>
  typeof value === 'string' ? new Date(value) : undefined;
