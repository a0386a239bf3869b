import { inspect } from 'node:util';
import { AiworkError, type ExportOptions } from '@aiwork/core';
import { toJsonText } from '@aiwork/core/adapter-kit';

/** How an exported flow is run by Airflow. @since 0.1.0 */
export interface AirflowExportOptions extends ExportOptions {
  /** The module that exports the flow, as the process of a task finds it: a path, from `cwd` on. */
  readonly file: string;
  /** The program of a task, before `task run`. Default `['npx', '--no', '--', 'aiwork']`, which fetches no package. */
  readonly command?: readonly string[];
  /** Folder that tasks run in. Default: the folder of the worker. */
  readonly cwd?: string;
  /** Names of the environment variables that tasks see. Default: all but those of Airflow, which hold its secrets. */
  readonly env?: readonly string[];
  /** File in which tasks keep what later attempts must not do again, as `aiwork task run --state` takes it. Default: none. */
  readonly state?: string;
  /** Where tasks run. Default: a process beside the one of the task. */
  readonly runner?: AirflowRunner;
  /** Owner of the tasks. Default `airflow`. */
  readonly owner?: string;
  /** Pool of tasks that have none of their own. Default: that of Airflow. */
  readonly pool?: string;
  /**
   * Pools for concurrency limits that several steps share: from the limit's key, or the unit's as in `task:fetch`, to the
   * name of a pool with as many slots as the limit.
   */
  readonly pools?: Readonly<Record<string, string>>;
  /** How many tasks of the flow may be at work at once, over all its runs. Default: as Airflow is configured. */
  readonly maxActiveTasks?: number;
  /** Where outputs go that are too large for XCom: a folder that all workers share. Without it they fail their task. */
  readonly payloads?: { readonly folder: string; readonly inlineBytes?: number };
  /** Largest answer that goes into XCom, in bytes. Default 1 MiB. */
  readonly maxAnswerBytes?: number;
}

/**
 * - `subprocess`: beside the task's own process.
 * - `docker`: in a container, by the Docker provider's operator.
 * - `kubernetes`: in a pod, by the Kubernetes provider's operator.
 *
 * `arguments` are further arguments of that operator, as JSON.
 *
 * @since 0.1.0
 */
export type AirflowRunner =
  | { readonly kind: 'subprocess' }
  | {
      readonly kind: 'docker' | 'kubernetes';
      readonly image: string;
      readonly arguments?: Readonly<Record<string, unknown>>;
    };

/** Larger outputs go to the folder, where there is one. */
export const defaultInlineBytes = 65_536;
export const defaultAnswerBytes = 1_048_576;

/** No program can be given a NUL. */
const isWord = (value: unknown) => typeof value === 'string' && !value.includes('\0');
const strings = (value: unknown) => Array.isArray(value) && value.every(isWord);
const isText = (value: unknown) => isWord(value) && value !== '';
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const hasOnly = (value: object, names: readonly string[]) =>
  Object.keys(value).every((name) => names.includes(name));
/** Airflow keeps them in 32 bits. */
const isCount = (value: unknown) => Number.isInteger(value) && Number(value) >= 1 && Number(value) < 2 ** 31;

const checks: Readonly<
  Record<keyof AirflowExportOptions & string, readonly [(value: unknown) => boolean, string]>
> = {
  file: [isText, 'the path of the module that exports the flow'],
  command: [
    (value) => strings(value) && (value as readonly string[]).length > 0,
    "a program and its arguments, as in ['npx', 'aiwork']",
  ],
  cwd: [isText, 'a folder'],
  env: [strings, 'a list of names'],
  state: [isText, 'a path'],
  runner: [isRunner, "{ kind: 'subprocess' }, or { kind: 'docker' | 'kubernetes', image }"],
  owner: [isText, 'a name'],
  pool: [isText, 'the name of a pool'],
  pools: [(value) => isRecord(value) && Object.values(value).every(isText), 'names of pools by key'],
  maxActiveTasks: [isCount, 'a whole number from 1 to 2147483647'],
  payloads: [
    (value) =>
      isRecord(value) &&
      hasOnly(value, ['folder', 'inlineBytes']) &&
      isText(value['folder']) &&
      (value['inlineBytes'] === undefined || isCount(value['inlineBytes'])),
    '{ folder, inlineBytes? }',
  ],
  maxAnswerBytes: [isCount, 'a whole number from 1 to 2147483647'],
  approximate: [(value) => typeof value === 'boolean', 'true or false'],
  signal: [(value) => value instanceof AbortSignal, 'an AbortSignal'],
};

function isRunner(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { kind, image, arguments: others } = value;
  if (kind === 'subprocess') return hasOnly(value, ['kind']);
  return (
    (kind === 'docker' || kind === 'kubernetes') &&
    hasOnly(value, ['kind', 'image', 'arguments']) &&
    isText(image) &&
    (others === undefined || isRecord(others))
  );
}

/** What the operators are given by the file itself. */
const taken = new Set(
  (
    'image command cmds environment env_vars do_xcom_push xcom_all retrieve_output task_id task_display_name trigger_rule ' +
    'step part needs maps within item lenient watched watched_maps has_failure has_cancel ' +
    'retries retry_delay retry_exponential_backoff max_retry_delay execution_timeout deferrable pool priority_weight ' +
    'max_active_tis_per_dag max_active_tis_per_dagrun'
  ).split(' '),
);

/** Whether Python takes it as the name of an argument that is not given yet. */
const isFree = (name: string) => /^[A-Za-z_]\w*$/.test(name) && !taken.has(name);

/** @throws `AIWORK_INVALID_ARGUMENT` naming the option, `AIWORK_NOT_SERIALIZABLE` for arguments that are not JSON. */
export function checkOptions(
  options: Readonly<Record<string, unknown>>,
): asserts options is AirflowExportOptions {
  const refuse = (message: string): never => {
    throw new AiworkError('AIWORK_INVALID_ARGUMENT', message, { outcome: 'not-applied' });
  };
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(checks, name)) {
      refuse(`the Airflow exporter has no option "${name}": it has ${Object.keys(checks).join(', ')}`);
    }
    const [accepts, wanted] = checks[name as keyof typeof checks] as (typeof checks)['file'];
    if (value !== undefined && !accepts(value)) {
      refuse(`option "${name}" of the Airflow exporter is ${inspect(value)}: give ${wanted}`);
    }
  }
  const { runner, cwd, payloads, maxAnswerBytes = defaultAnswerBytes } = options as AirflowExportOptions;
  if (runner && runner.kind !== 'subprocess' && runner.arguments) {
    toJsonText(runner.arguments, 'runner.arguments of the Airflow exporter');
    const name = Object.keys(runner.arguments).find((one) => !isFree(one));
    if (name !== undefined) {
      refuse(
        `runner.arguments of the Airflow exporter has ${JSON.stringify(name)}, which the file itself gives or no operator takes`,
      );
    }
  }
  const { inlineBytes = defaultInlineBytes } = payloads ?? {};
  if (payloads && inlineBytes > maxAnswerBytes) {
    refuse(
      `option "payloads" of the Airflow exporter keeps outputs of up to ${inlineBytes} bytes in XCom, and "maxAnswerBytes" ` +
        `allows ${maxAnswerBytes}: make inlineBytes smaller`,
    );
  }
  if (cwd !== undefined && runner !== undefined && runner.kind !== 'subprocess') {
    refuse('option "cwd" is for processes beside the task: a container starts in the folder of its image');
  }
  if (options['file'] === undefined) {
    refuse('the Airflow exporter needs the option "file": give the path of the module that exports the flow');
  }
}
