import { AiworkError, type ExportOptions } from '@aiwork/core';

/** How an exported flow is run by Airflow. @since 0.1.0 */
export interface AirflowExportOptions extends ExportOptions {
  /** The module that exports the flow, as the process of a task finds it: a path, from `cwd` on. */
  readonly file: string;
  /** The program of a task, before `task run`. Default `['npx', 'aiwork']`. */
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

const strings = (value: unknown) => Array.isArray(value) && value.every((item) => typeof item === 'string');
const isText = (value: unknown) => typeof value === 'string' && value !== '';
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 1;

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
  maxActiveTasks: [isCount, 'a whole number of 1 or more'],
  payloads: [
    (value) =>
      isRecord(value) &&
      isText(value['folder']) &&
      (value['inlineBytes'] === undefined || isCount(value['inlineBytes'])),
    '{ folder, inlineBytes? }',
  ],
  maxAnswerBytes: [isCount, 'a whole number of 1 or more'],
  approximate: [(value) => typeof value === 'boolean', 'true or false'],
  signal: [(value) => value instanceof AbortSignal, 'an AbortSignal'],
};

function isRunner(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { kind, image, arguments: others } = value;
  if (kind === 'subprocess') return true;
  return (
    (kind === 'docker' || kind === 'kubernetes') &&
    isText(image) &&
    (others === undefined || isRecord(others))
  );
}

/** @throws `AIWORK_INVALID_ARGUMENT` naming the option. */
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
      refuse(`option "${name}" of the Airflow exporter is ${JSON.stringify(value)}: give ${wanted}`);
    }
  }
  const { runner, cwd } = options as AirflowExportOptions;
  if (cwd !== undefined && runner !== undefined && runner.kind !== 'subprocess') {
    refuse('option "cwd" is for processes beside the task: a container starts in the folder of its image');
  }
  if (options['file'] === undefined) {
    refuse('the Airflow exporter needs the option "file": give the path of the module that exports the flow');
  }
}
