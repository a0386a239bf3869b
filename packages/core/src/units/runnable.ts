import { checkQueueName } from '../embedded/job-arguments.ts';
import { AiworkError } from '../errors.ts';
import { type Policy, pickPolicy } from '../policy.ts';

/** @since 0.1.0 */
export type UnitKind = 'task' | 'tool' | 'agent' | 'flow';

/**
 * Anything that takes an input, gives an output, and can be started, or called from a flow: a task, tool, agent or flow.
 *
 * @since 0.1.0
 */
export interface Runnable<Input, Output> {
  /** Marks units across copies of core; the number is the API version. */
  readonly '~aiwork': 'unit/1';
  readonly kind: UnitKind;
  readonly id: string;
  readonly version: string;
  readonly tags: readonly string[];
  readonly policy: Policy;
  /** Where workers take it from, in an orchestrator that has a queue. */
  readonly queue?: string;
  /** Only for type inference; never present. */
  readonly '~io'?: { readonly input: Input; readonly output: Output };
}

/** Any unit, whatever its types. @since 0.1.0 */
// biome-ignore lint/suspicious/noExplicitAny: that is its meaning
export type AnyUnit = Runnable<any, any>;

/** Whether `value` is a unit made by some copy of core with this API version. */
export function isUnit(value: unknown): value is AnyUnit {
  return typeof value === 'object' && value !== null && (value as AnyUnit)['~aiwork'] === 'unit/1';
}

const maxIdLength = 250;

/** Ids travel into journals, URLs, file names of exporters and terminals: anything printable, but nothing that breaks lines. */
export function checkId(id: unknown, what: string, maxLength = maxIdLength): string {
  const problem =
    typeof id !== 'string'
      ? 'is not a string'
      : id.length === 0 || id.length > maxLength
        ? `has ${id.length} characters: it needs 1 to ${maxLength}`
        : !id.isWellFormed()
          ? 'holds an unpaired surrogate'
          : // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
            /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(id)
            ? 'holds a control character or line break'
            : undefined;
  if (problem === undefined) return id as string;
  throw new AiworkError('AIWORK_INVALID_ARGUMENT', `the id of ${what}, ${JSON.stringify(id)}, ${problem}`);
}

/** `flow` names the flow whose step it is. */
export function checkStepId(id: string, flow: string): string {
  checkId(id, `a step of ${flow}`);
  if (/[[\]/]/.test(id) || id.startsWith('$')) {
    throw new AiworkError(
      'AIWORK_INVALID_ARGUMENT',
      `the id of step "${id}" of ${flow} holds "/", "[" or "]", or starts with "$": those are kept for parts of steps`,
    );
  }
  return id;
}

/** What every `define…` function takes besides its own options. @since 0.1.0 */
export interface UnitOptions extends Policy {
  /** Changes when the unit's meaning changes. Default `'1'`. */
  readonly version?: string;
  /** For finding runs and their measurements again. */
  readonly tags?: readonly string[];
  /**
   * Where it runs: on a worker that serves this queue, as a run of its own. The step's policy stays with the flow: each
   * attempt is another run, and its timeout includes the time in the queue. Without a queue plugin it runs where the flow
   * does. Letters, digits, `.`, `_` and `-`, at most 200.
   */
  readonly queue?: string;
}

/** The fields all units share, checked. */
export function unitBase<K extends UnitKind>(kind: K, id: unknown, options: UnitOptions) {
  const { queue } = options;
  if (queue !== undefined) checkQueueName(queue, `the queue of ${kind} "${String(id)}"`);
  return {
    '~aiwork': 'unit/1',
    kind,
    id: checkId(id, `the ${kind}`),
    version: options.version ?? '1',
    tags: Object.freeze([...(options.tags ?? [])]),
    policy: pickPolicy(options, `${kind} "${String(id)}"`),
    ...(queue !== undefined && { queue }),
  } as const;
}
