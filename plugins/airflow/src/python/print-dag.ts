import type { AirflowExportOptions, AirflowRunner } from '../options.ts';
import {
  type DagPlan,
  type OperatorName,
  type PlannedInput,
  type PlannedItem,
  type PlannedTask,
  tasksOf,
} from '../plan/dag-plan.ts';
import { constants } from './constants.ts';
import { containerOperators } from './container-runners.ts';
import { importsFor } from './imports.ts';
import { bracketed, type Code, call, keyword, layOut } from './layout.ts';
import { dictionary, escapeInvisible, quote } from './literal.ts';
import {
  endingOperator,
  outputOperator,
  raceOperator,
  sleepOperator,
  waitOperator,
} from './other-operators.ts';
import { functions, stepOperator } from './step-operator.ts';
import { namedEnvironment, subprocessRunner, wholeEnvironment } from './subprocess-runner.ts';

const operators: Readonly<Record<AirflowRunner['kind'], string>> = {
  subprocess: stepOperator('BaseOperator', subprocessRunner),
  ...containerOperators,
};

const otherOperators: Readonly<Partial<Record<OperatorName, string>>> = {
  Sleep: sleepOperator,
  Wait: waitOperator,
  Race: raceOperator,
  Output: outputOperator,
  Ending: endingOperator,
};

/** The file of a DAG, as a formatter would leave it. */
export function printDag(plan: DagPlan, options: AirflowExportOptions): string {
  const used = new Set(tasksOf(plan.items).map(({ operator }) => operator));
  const { kind } = options.runner ?? { kind: 'subprocess' };
  const code = [
    constants(plan.flowId, options),
    flowInput(plan.input),
    functions,
    ...(kind === 'subprocess' ? [options.env ? namedEnvironment : wholeEnvironment] : []),
    operators[kind],
    ...Object.entries(otherOperators).flatMap(([name, text]) =>
      used.has(name as OperatorName) ? [text] : [],
    ),
    printBody(plan),
  ]
    .map((text) => text.trim())
    .join('\n\n\n');
  const says = 'A flow of aiwork as an Airflow DAG, by @aiwork/airflow: export it again to change it.';
  return `"""${says}"""\n\n${importsFor(code)}\n\n${code}\n`;
}

/** The function that reads the flow's input from the parameters of a run. */
function flowInput({ form, optional }: PlannedInput): string {
  const entries = Object.entries(optional).map(([name, meant]) => [name, meant ? 'True' : 'False'] as const);
  const what = '# What may be left out and is then None, and whether None can be meant, too.';
  return `${what}\n${layOut(['OPTIONAL = ', dictionary(entries)])}\n\n${isGiven}\n${inputOf[form]}`;
}

const isGiven = `
def is_given(conf, name, value):
    """Whether a parameter has a value. Forms give None for those that have none."""
    meant = name not in OPTIONAL or (OPTIONAL[name] and name in conf)
    return value is not None or meant
`;

const inputOf = {
  fields: `
def flow_input(context):
    """What the run was started with: the fields of its parameters that were given."""
    conf = context["dag_run"].conf or {}
    params = context["params"].items()
    return {"input": {name: v for name, v in params if is_given(conf, name, v)}}
`,
  whole: `
def flow_input(context):
    """What the run was started with."""
    conf = context["dag_run"].conf or {}
    value = context["params"].get("input")
    return {"input": value} if is_given(conf, "input", value) else {}
`,
} as const;

function printBody(plan: DagPlan): string {
  const { flowId, version, comments } = plan;
  const lines = [
    ...comment(`Flow ${quote(flowId)}, version ${quote(version)}.`, 0),
    ...comments.flatMap((text) => comment(text, 0)),
    layOut(
      call(
        'DAG',
        plan.arguments.map(([name, value]) => keyword(name, value)),
        ' as dag:',
      ),
      0,
      '',
      'with ',
    ),
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
    ' '.repeat(indent) + layOut(head, indent, '', 'with '),
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
