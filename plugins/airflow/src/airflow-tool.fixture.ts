import { randomUUID } from 'node:crypto';
import type { FlowExport, FlowTool, Inspection, RunEnding, StepEnding } from '@aiwork/contract-tests';
import type { AirflowService } from '@aiwork/contract-tests/services';
import { type AnyFlow, fromJsonData } from '@aiwork/core';
import { type AirflowTask, airflowTasks } from './export-flow.ts';
import type { AirflowExportOptions } from './options.ts';
import { probe, type Report, type RunEnd, type TaskEnd } from './real-airflow.fixture.ts';

/** Airflow's own importer and `dag.test()`, as the contract asks a tool. */
export function airflowTool(service: AirflowService, options: AirflowExportOptions): FlowTool {
  const tasksOf = (flow: AnyFlow) => airflowTasks(flow, { ...options, approximate: true });

  return {
    async inspectAll(exports) {
      const folder = folderOfItsOwn();
      const { dags, errors } = await ask(service, folder, exports, []);
      const byFile = new Map(Object.values(dags).map((dag) => [dag.file, dag]));
      return exports.map(({ flow, files }): Inspection => {
        const [file = ''] = files.map(({ path }) => `${folder}/${path}`);
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
      const folder = folderOfItsOwn();
      const asked = runs.map(({ files, input }) => ({
        file: `${folder}/${files[0]?.path}`,
        conf: { input },
      }));
      const { ends } = await ask(service, folder, runs, asked);
      return runs.map(({ flow }, index) => runEnding(flow, tasksOf(flow), ends[index] as RunEnd));
    },
  };
}

const folderOfItsOwn = () => `/tmp/aiwork-exports/${randomUUID()}`;

const copyDatabase = `
import os, sqlite3, sys
there = os.path.join(os.environ["AIRFLOW_HOME"], "airflow.db")
sqlite3.connect(there).backup(sqlite3.connect(sys.argv[1]))
`;

async function ask(
  service: AirflowService,
  folder: string,
  exports: readonly FlowExport[],
  runs: readonly object[],
): Promise<Report> {
  const { write, run } = service;
  if (!write || !run) throw new Error('this Airflow takes no files: leave AIWORK_AIRFLOW_URL out');
  const files = exports.flatMap((one) =>
    one.files.map(({ path, content }) => [`${folder}/${path}`, content] as const),
  );
  const [program, database] = [`${folder}.py`, `${folder}.db`];
  await write(new Map([...files, [program, probe]]));
  // The scheduler would take part in runs that stand in its own database.
  await run(['python', '-c', copyDatabase, database]);
  const settings = [
    `AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=sqlite:///${database}`,
    `AIRFLOW__CORE__DAGS_FOLDER=${folder}`,
    'AIRFLOW__CORE__LOAD_EXAMPLES=False',
  ];
  const said = await run(['env', ...settings, 'python', program, folder, JSON.stringify(runs)]);
  const line = said.split('\n').find((text) => text.startsWith('@@')) ?? '';
  return JSON.parse(line.slice(2)) as Report;
}

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
