import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AirflowService, airflowService } from '@aiwork/contract-tests/services';
import type { AnyFlow } from '@aiwork/core';
import { exportFlow } from './export-flow.ts';
import type { AirflowExportOptions } from './options.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** What a task starts: the command line from its sources. */
export const command = ['node', '--conditions=@aiwork/source', join(repository, 'packages/cli/src/main.ts')];

export const fileOf = (module: string): string => fileURLToPath(new URL(module, import.meta.url));

/** A task of a run, as Airflow's database has it; one for each item of a list. */
export interface TaskEnd {
  readonly taskId: string;
  readonly mapIndex: number;
  readonly state: string;
  readonly attempts: number;
  readonly answer?: { readonly status: string; readonly output?: unknown };
}

export interface RunEnd {
  readonly state: string;
  readonly tasks: readonly TaskEnd[];
}

export interface SeenDag {
  readonly file: string;
  readonly tasks: readonly { readonly id: string; readonly step: string | null }[];
  readonly edges: readonly (readonly [string, string])[];
}

export interface RealAirflow extends AsyncDisposable {
  readonly service: AirflowService;
  /** Reads files as Airflow's importer does. */
  inspect(files: Readonly<Record<string, string>>): Promise<{
    readonly dags: Readonly<Record<string, SeenDag>>;
    readonly errors: Readonly<Record<string, string>>;
    readonly importSeconds: number;
  }>;
  /** Runs DAGs to their ends, as `airflow dags test` does, one after the other. */
  runAll(
    runs: readonly {
      readonly flow: AnyFlow;
      readonly input: unknown;
      readonly options: AirflowExportOptions;
    }[],
  ): Promise<readonly RunEnd[]>;
}

/** What is run beside Airflow, with a folder of DAGs and the runs that are asked for; its last line is a {@link Report}. */
export const probe = `
import json, sys, time

try:
    from airflow.dag_processing.dagbag import DagBag
except ImportError:
    from airflow.models.dagbag import DagBag
try:
    from airflow.models.xcom import XComModel as XCom
except ImportError:
    from airflow.models.xcom import XCom
from airflow.models.taskinstance import TaskInstance
from airflow.utils.session import create_session

folder, runs = sys.argv[1], json.loads(sys.argv[2])
start = time.monotonic()
bag = DagBag(folder)
seconds = time.monotonic() - start

def step_of(task):
    return getattr(task, "partial_kwargs", {}).get("step") or getattr(task, "step", None)

def answer_in(value):
    # Airflow 3 keeps the text as JSON.
    while isinstance(value, str):
        value = json.loads(value)
    return value

def end_of(dag, conf):
    run = dag.test(run_conf=conf)
    with create_session() as session:
        of_run = lambda model: session.query(model).filter(model.dag_id == run.dag_id, model.run_id == run.run_id)
        answers = {
            (row.task_id, row.map_index): answer_in(row.value)
            for row in of_run(XCom).filter(XCom.key == "answer")
        }
        tasks = [
            {"taskId": ti.task_id, "mapIndex": ti.map_index, "state": str(ti.state), "attempts": ti.try_number,
             "answer": answers.get((ti.task_id, ti.map_index))}
            for ti in of_run(TaskInstance)
        ]
    return {"state": str(getattr(run.state, "value", run.state)), "tasks": tasks}

seen = {
    id: {
        "file": dag.fileloc,
        "tasks": [{"id": task.task_id, "step": step_of(task)} for task in dag.tasks],
        "edges": [[task.task_id, other] for task in dag.tasks for other in task.downstream_task_ids],
    }
    for id, dag in bag.dags.items()
}
by_file = {dag.fileloc: dag for dag in bag.dags.values()}
ends = [end_of(by_file.get(run.get("file")) or bag.dags[run["dagId"]], run["conf"]) for run in runs]
print("\\n@@" + json.dumps({"dags": seen, "errors": bag.import_errors, "importSeconds": seconds, "ends": ends}))
`;

export interface Report {
  readonly dags: Readonly<Record<string, SeenDag>>;
  readonly errors: Readonly<Record<string, string>>;
  readonly importSeconds: number;
  readonly ends: readonly RunEnd[];
}

const copyDatabase = `
import os, sqlite3, sys
there = os.path.join(os.environ["AIRFLOW_HOME"], "airflow.db")
sqlite3.connect(there).backup(sqlite3.connect(sys.argv[1]))
`;

export async function openRealAirflow(version: 2 | 3): Promise<RealAirflow> {
  const mounts = [{ source: repository, target: repository }];
  const held = await airflowService({ version, node: true, mounts }).hold();

  async function ask(files: Readonly<Record<string, string>>, runs: readonly object[]): Promise<Report> {
    const { write, run } = held.service;
    if (!write || !run) throw new Error('this Airflow takes no files: leave AIWORK_AIRFLOW_URL out');
    const folder = `/tmp/aiwork-dags/${randomUUID()}`;
    const [program, database] = [`${folder}.py`, `${folder}.db`];
    const contents = Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content] as const);
    await write(new Map([...contents, [program, probe]]));
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

  return {
    service: held.service,
    inspect: (files) => ask(files, []),
    async runAll(runs) {
      const exported = runs.map(({ flow, options }) => exportFlow(flow, { command, ...options }));
      const files = Object.fromEntries(exported.flat().map(({ path, content }) => [path, content]));
      const asked = exported.map(([file], i) => ({
        dagId: /dag_id="([^"]+)"/.exec(file?.content ?? '')?.[1],
        conf: runs[i]?.input,
      }));
      return (await ask(files, asked)).ends;
    },
    [Symbol.asyncDispose]: () => held.release(),
  };
}
