import { randomUUID } from 'node:crypto';
import type { AirflowService } from '@aiwork/contract-tests/services';

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

/** A run that is asked for, of the DAG in a file. */
interface AskedRun {
  readonly file: string;
  readonly conf: unknown;
}

interface SeenDag {
  readonly file: string;
  readonly tasks: readonly { readonly id: string; readonly step: string | null }[];
  readonly edges: readonly (readonly [string, string])[];
}

/** What is run beside Airflow, with a folder of DAGs and the runs that are asked for; its last line is a {@link Report}. */
const probe = `
import json, os, sys, time

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
            for ti in of_run(TaskInstance).order_by(TaskInstance.task_id, TaskInstance.map_index)
        ]
    return {"state": str(getattr(run.state, "value", run.state)), "tasks": tasks}

seen = {
    id: {
        "file": os.path.relpath(dag.fileloc, folder),
        "tasks": [{"id": task.task_id, "step": step_of(task)} for task in dag.tasks],
        "edges": [[task.task_id, other] for task in dag.tasks for other in task.downstream_task_ids],
    }
    for id, dag in bag.dags.items()
}
by_file = {os.path.relpath(dag.fileloc, folder): dag for dag in bag.dags.values()}
errors = {os.path.relpath(file, folder): error for file, error in bag.import_errors.items()}
ends = [end_of(by_file[run["file"]], run["conf"]) for run in runs]
print("\\n@@" + json.dumps({"dags": seen, "errors": errors, "importSeconds": seconds, "ends": ends}))
`;

interface Report {
  readonly dags: Readonly<Record<string, SeenDag>>;
  readonly errors: Readonly<Record<string, string>>;
  readonly importSeconds: number;
  readonly ends: readonly RunEnd[];
}

const here = ['--host=127.0.0.1', '--username=airflow'];

/**
 * Reads files as Airflow's importer does, in a folder of their own, and runs DAGs to their ends, as `airflow dags test` does,
 * one after the other. Paths are relative to that folder.
 */
export async function askAirflow(
  { write, run }: AirflowService,
  files: Readonly<Record<string, string>>,
  runs: readonly AskedRun[],
): Promise<Report> {
  if (!write || !run) throw new Error('this Airflow takes no files: leave AIWORK_AIRFLOW_URL out');
  const folder = `/tmp/aiwork-dags/${randomUUID()}`;
  const program = `${folder}.py`;
  const database = `asked-${randomUUID()}`;
  const contents = Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content] as const);
  await write(new Map([...contents, [program, probe]]));
  // The scheduler would take part in runs that stand in its own database.
  await run(['createdb', ...here, '--template=pristine', database]);
  const settings = [
    `AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=postgresql+psycopg2://airflow@127.0.0.1/${database}`,
    `AIRFLOW__CORE__DAGS_FOLDER=${folder}`,
    'AIRFLOW__CORE__LOAD_EXAMPLES=False',
  ];
  const said = await run(['env', ...settings, 'python', program, folder, JSON.stringify(runs)]);
  const line = said.split('\n').find((text) => text.startsWith('@@')) ?? '';
  return JSON.parse(line.slice(2)) as Report;
}
