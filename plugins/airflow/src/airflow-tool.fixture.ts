import type { FlowExport, FlowTool, Inspection, RunEnding, StepEnding } from '@aiwork/contract-tests';
import type { AirflowService } from '@aiwork/contract-tests/services';
import { type AnyFlow, fromJsonData } from '@aiwork/core';
import { askAirflow, type RunEnd, type TaskEnd } from './ask-airflow.fixture.ts';
import { type AirflowTask, airflowTasks } from './export-flow.ts';
import type { AirflowExportOptions } from './options.ts';

/** Airflow's own importer and `dag.test()`, as the contract asks a tool. */
export function airflowTool(service: AirflowService, options: AirflowExportOptions): FlowTool {
  const tasksOf = (flow: AnyFlow) => airflowTasks(flow, { ...options, approximate: true });

  return {
    async inspectAll(exports) {
      const { dags, errors } = await askAirflow(service, filesOf(exports), []);
      const byFile = new Map(Object.values(dags).map((dag) => [dag.file, dag]));
      return exports.map(({ flow, files }): Inspection => {
        const [{ path: file = '' } = {}] = files;
        const dag = byFile.get(file);
        if (!dag) return { refusal: errors[file] ?? 'Airflow found no DAG in the file' };
        const steps = new Map(tasksOf(flow).map(({ taskId, stepId }) => [taskId, stepId?.split('/')]));
        const tasks = dag.tasks.map(({ id }) => {
          const step = steps.get(id);
          return { id, ...(step && { step }) };
        });
        return { tasks, edges: dag.edges };
      });
    },

    async runAll(runs) {
      const asked = runs.map(({ files, input }) => ({ file: files[0]?.path ?? '', conf: { input } }));
      const { ends } = await askAirflow(service, filesOf(runs), asked);
      return runs.map(({ flow }, index) => runEnding(flow, tasksOf(flow), ends[index] as RunEnd));
    },
  };
}

const filesOf = (exports: readonly FlowExport[]) =>
  Object.fromEntries(exports.flatMap(({ files }) => files.map(({ path, content }) => [path, content])));

function runEnding(flow: AnyFlow, tasks: readonly AirflowTask[], { state, tasks: ends }: RunEnd): RunEnding {
  const steps = new Map<string, StepEnding>();
  for (const { id } of flow.toGraph().nodes) {
    const ending = stepEnding(flow, [id], tasks, ends);
    if (ending) steps.set(id, ending);
  }
  return { status: state === 'success' ? 'succeeded' : 'failed', steps };
}

/** How a step ended, at the end of `path`; a sub-flow that became tasks as the step of its output did. */
function stepEnding(
  flow: AnyFlow,
  path: readonly string[],
  tasks: readonly AirflowTask[],
  ends: readonly TaskEnd[],
): StepEnding | undefined {
  const own = tasks.filter(({ stepId }) => stepId === path.join('/'));
  const endsOf = (part: AirflowTask['part']) =>
    ends.filter(({ taskId }) => own.some((task) => task.taskId === taskId && (task.part ?? 'run') === part));
  const [before] = [...endsOf('over'), ...endsOf('input'), ...endsOf('when')].flatMap(
    (end) => endingOf(end) ?? [],
  );
  if (before && before.status !== 'succeeded') return before;
  if (own.some(({ part }) => part === 'item')) return before && itemsEnding(before, endsOf('item'));
  if (!own.some(({ part }) => part === 'input')) {
    const [end] = endsOf('run');
    return end && endingOf(end);
  }
  const called = calledBy(flow, path.at(-1));
  return called && stepEnding(called, [...path, called.toGraph().output], tasks, ends);
}

function itemsEnding(listed: StepEnding, ends: readonly TaskEnd[]): StepEnding {
  const items = ends.filter(({ mapIndex }) => mapIndex >= 0).sort((a, b) => a.mapIndex - b.mapIndex);
  const failed = items.map(endingOf).find((ending) => ending?.status !== 'succeeded');
  if (failed) return failed;
  if (items.length !== listed.output) return { status: 'failed' };
  return { status: 'succeeded', output: items.map((item) => endingOf(item)?.output) };
}

/** What the task's own answer says counts: Airflow has no words for all of it. */
function endingOf({ state, answer, attempts }: TaskEnd): StepEnding | undefined {
  if (answer?.status === 'succeeded')
    return { status: 'succeeded', output: fromJsonData(answer.output), attempts };
  if (answer?.status === 'skipped' || answer?.status === 'failed' || answer?.status === 'cancelled')
    return { status: answer.status };
  if (state === 'success') return { status: 'succeeded', output: undefined };
  if (state === 'skipped') return { status: 'skipped' };
  return state === 'failed' ? { status: 'failed' } : undefined;
}

function calledBy(flow: AnyFlow, id: string | undefined): AnyFlow | undefined {
  const node = flow.toGraph().nodes.find((one) => one.id === id);
  return node && 'unit' in node ? (flow.parts().units[`flow:${node.unit.id}`] as AnyFlow) : undefined;
}
