import { AiworkError, defineTask, type FlowGraph, type FlowParts, type Schema } from '@aiwork/core';

const anything: Schema = {
  '~standard': { version: 1, vendor: 'aiwork', validate: (value) => ({ value }) },
};

/** What stands for the code of a DAG, which is Airflow's. */
export function airflowParts({ id: dagId, nodes }: Omit<FlowGraph, 'hash'>): FlowParts {
  const refuse = (taskId: string) => () => {
    throw new AiworkError(
      'AIWORK_AIRFLOW_ELSEWHERE',
      `task "${taskId}" of DAG "${dagId}" runs in Airflow: trigger the DAG there, or replace the step`,
    );
  };
  const mapped = nodes.filter(({ kind }) => kind === 'map').map(({ id }) => id);
  return {
    code: Object.fromEntries(
      nodes.map(({ id, kind }) => [kind === 'map' ? `${id}.over` : `${id}.run`, refuse(id)]),
    ),
    units: Object.fromEntries(
      mapped.map((id) => [`task:${id}`, defineTask({ id, input: anything, run: refuse(id) })]),
    ),
    schemas: { input: anything },
  };
}
