import type { AirflowExportOptions } from '../options.ts';
import {
  type DagPlan,
  type OperatorName,
  type PlannedItem,
  type PlannedTask,
  tasksOf,
} from '../plan/dag-plan.ts';
import { containerOperators, runnerImports } from './container-runners.ts';
import { bracketed, type Code, call, keyword, layOut } from './layout.ts';
import { escapeInvisible, literal, quote } from './literal.ts';
import {
  endingOperator,
  outputOperator,
  raceOperator,
  sleepOperator,
  waitOperator,
} from './other-operators.ts';
import { functions, stepOperator } from './step-operator.ts';
import { namedEnvironment, subprocessRunner, wholeEnvironment } from './subprocess-runner.ts';

const otherOperators: Readonly<Partial<Record<OperatorName, string>>> = {
  Sleep: sleepOperator,
  Wait: waitOperator,
  Race: raceOperator,
  Output: outputOperator,
  Ending: endingOperator,
};

/** Larger outputs go to the folder, where there is one. */
const defaultInlineBytes = 65_536;

/** The file of a DAG, as a formatter would leave it. */
export function printDag(plan: DagPlan, options: AirflowExportOptions): string {
  const tasks = tasksOf(plan.items);
  const used = new Set(tasks.map(({ operator }) => operator));
  const runner = options.runner ?? { kind: 'subprocess' };
  const isSubprocess = runner.kind === 'subprocess';
  const step = isSubprocess
    ? stepOperator('BaseOperator', subprocessRunner)
    : containerOperators[runner.kind];
  const sections = [
    `"""A flow of aiwork as an Airflow DAG, by @aiwork/airflow: export it again to change it."""`,
    imports(plan, used, isSubprocess),
    isSubprocess ? '' : runnerImports[runner.kind],
    constants(plan, options),
  ];
  const definitions = [
    flowInput[plan.input],
    functions,
    ...(isSubprocess ? [options.env ? namedEnvironment : wholeEnvironment] : []),
    step,
    ...Object.entries(otherOperators).flatMap(([name, code]) =>
      used.has(name as OperatorName) ? [code] : [],
    ),
    printBody(plan),
  ];
  const head = sections.filter((section) => section !== '').join('\n\n');
  return `${head}\n\n\n${definitions.map((code) => code.trim()).join('\n\n\n')}\n`;
}

function imports(plan: DagPlan, used: ReadonlySet<OperatorName>, isSubprocess: boolean): string {
  const hasGroups = plan.items.some(({ kind }) => kind === 'group');
  const sdk = ['DAG', 'BaseOperator', 'Param', ...(hasGroups ? ['TaskGroup'] : [])];
  if (used.has('Wait')) sdk.push('BaseSensorOperator', 'Variable');
  const older = [
    'from airflow.models import BaseOperator',
    ...(used.has('Wait') ? ['from airflow.models import Variable'] : []),
    'from airflow.models.dag import DAG',
    'from airflow.models.param import Param',
    ...(used.has('Wait') ? ['from airflow.sensors.base import BaseSensorOperator'] : []),
    ...(hasGroups ? ['from airflow.utils.task_group import TaskGroup'] : []),
  ];
  const standard = ['hashlib', 'json', ...(isSubprocess ? ['os', 'signal', 'subprocess', 'tempfile'] : [])];
  const isScheduled = plan.arguments.some(([name, value]) => name === 'schedule' && value !== 'None');
  return [
    ...standard.map((module) => `import ${module}`),
    'from datetime import datetime, timedelta, timezone',
    '',
    either(`from airflow.sdk import ${sdk.sort().join(', ')}`, older),
    '',
    either('from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException', [
      'from airflow.exceptions import AirflowFailException, AirflowSkipException',
    ]),
    ...(used.has('Sleep')
      ? [
          '',
          either('from airflow.providers.standard.triggers.temporal import DateTimeTrigger', [
            'from airflow.triggers.temporal import DateTimeTrigger',
          ]),
        ]
      : []),
    ...(isScheduled ? ['', 'from airflow.timetables.trigger import CronTriggerTimetable'] : []),
  ].join('\n');
}

/** Airflow 3 first, or else Airflow 2. */
const either = (newer: string, older: readonly string[]): string =>
  `try:\n    ${newer}\nexcept ImportError:\n${older.map((line) => `    ${line}`).join('\n')}`;

function constants({ flowId }: DagPlan, options: AirflowExportOptions): string {
  const { command = ['npx', 'aiwork'], file, state, payloads, runner, maxAnswerBytes = 1_048_576 } = options;
  const words = [
    ...command,
    'task',
    'run',
    file,
    `--flow=${flowId}`,
    ...(state === undefined ? [] : [`--state=${state}`]),
  ];
  const folder = payloads
    ? [`--out-dir=${payloads.folder}`, `--inline-bytes=${payloads.inlineBytes ?? defaultInlineBytes}`]
    : [];
  const values: readonly (readonly [string, Code, string])[] = [
    ['COMMAND', literal(words), 'What a task starts.'],
    ['PAYLOADS', literal(folder), 'Where it puts outputs that are too large for XCom.'],
    ['ANSWER_BYTES', String(maxAnswerBytes), 'The largest answer that goes into XCom.'],
    ['SLACK', 'timedelta(seconds=30)', 'What a process may take to start and to stop.'],
    ...(runner && runner.kind !== 'subprocess'
      ? ([
          ['IMAGE', quote(runner.image), ''],
          ['ARGUMENTS', literal(runner.arguments ?? {}), ''],
          ['ENVIRONMENT', literal(options.env ?? []), ''],
        ] as const)
      : ([
          ['FOLDER', literal(options.cwd), ''],
          ['GRACE_SECONDS', '12', 'How long a process that is told to stop may take.'],
          ...(options.env ? ([['ENVIRONMENT', literal(options.env), '']] as const) : []),
        ] as const)),
  ];
  return values
    .map(
      ([name, value, comment]) => `${comment === '' ? '' : `# ${comment}\n`}${layOut([`${name} = `, value])}`,
    )
    .join('\n');
}

const flowInput = {
  fields: `
def flow_input(context):
    """What the run was started with: the fields of its parameters that were given."""
    conf = context["dag_run"].conf or {}
    params = context["params"].items()
    return {"input": {name: v for name, v in params if name in conf or v is not None}}
`,
  whole: `
def flow_input(context):
    """What the run was started with."""
    conf = context["dag_run"].conf or {}
    value = context["params"].get("input")
    return {"input": value} if "input" in conf or value is not None else {}
`,
} as const;

function printBody(plan: DagPlan): string {
  const { flowId, version, comments } = plan;
  const lines = [
    ...comment(`Flow ${quote(flowId)}, version ${quote(version)}.`, 0),
    ...comments.flatMap((text) => comment(text, 0)),
    `with ${layOut(
      call(
        'DAG',
        plan.arguments.map(([name, value]) => keyword(name, value)),
        ' as dag:',
      ),
    )}`,
    ...plan.items.flatMap((item) => printItem(item, 4)),
  ];
  const edges = tasksOf(plan.items).flatMap(printEdges);
  if (plan.items.length === 0) lines.push('    pass');
  return [...lines, ...(edges.length > 0 ? ['', ...edges] : [])].join('\n');
}

function printItem(item: PlannedItem, indent: number): readonly string[] {
  if (item.kind === 'task') return printTask(item, indent);
  const head = call('TaskGroup', [quote(item.localId)], ` as ${item.variable}:`);
  return [
    `${' '.repeat(indent)}with ${layOut(head, indent)}`,
    ...item.items.flatMap((inner) => printItem(inner, indent + 4)),
  ];
}

function printTask(task: PlannedTask, indent: number): readonly string[] {
  const args = [['task_id', quote(task.localId)] as const, ...task.arguments].map(([name, value]) =>
    keyword(name, value),
  );
  const code: Code = task.over
    ? bracketed(`${task.operator}.partial(`, args, `).expand(item=${task.over.variable}.output)`)
    : call(task.operator, args, task.teardown ? '.as_teardown()' : '');
  return [
    ...task.comments.flatMap((text) => comment(text, indent)),
    `${' '.repeat(indent)}${layOut([`${task.variable} = `, code], indent)}`,
  ];
}

function printEdges({ upstream, variable }: PlannedTask): readonly string[] {
  const [first, ...others] = upstream;
  if (!first) return [];
  if (others.length === 0) return [`    ${first.variable} >> ${variable}`];
  return [
    `    ${layOut(
      bracketed(
        `${variable} << [`,
        upstream.map((task) => task.variable),
        ']',
      ),
      4,
    )}`,
  ];
}

/** Lines of a comment, as wide as the code. */
function comment(text: string, indent: number): readonly string[] {
  const lines: string[] = [];
  for (const word of escapeInvisible(text).split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && indent + last.length + 1 + word.length <= 88)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`${' '.repeat(indent)}# ${word}`);
  }
  return lines;
}
