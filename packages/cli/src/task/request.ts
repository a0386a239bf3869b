import type { PayloadRef, RunError } from '@aiwork/core';
import { idList } from '../suggest.ts';
import { booleanAt, countAt, isObject, listAt, objectAt, refuse, textAt, within } from './fields.ts';

/** A value in a request: there itself, in a file, or as the answers of a map's items in their order. */
export type Carried =
  | { readonly output?: unknown }
  | { readonly ref: PayloadRef }
  | { readonly outputs: readonly Carried[] };

/** How a step ended, as an answer says it. */
export type Need =
  | { readonly status: 'succeeded'; readonly carried: Carried }
  | { readonly status: 'failed'; readonly error: RunError }
  | { readonly status: 'skipped' | 'cancelled' };

/** What one attempt of a step is given on standard input. */
export interface TaskRequest {
  readonly runId: string;
  readonly attempt: number;
  readonly input?: unknown;
  /** The file that the input is in, instead. */
  readonly inputRef?: PayloadRef;
  readonly needs: Readonly<Record<string, Need>>;
  /** Of a map; `ref` is a file with all its items. */
  readonly item?: { readonly index: number; readonly value: unknown } | ItemInFile;
  /** What the flow's own task is told of. */
  readonly error?: RunError;
}

interface ItemInFile {
  readonly index: number;
  readonly ref: PayloadRef;
}

/** @throws `AIWORK_USAGE` naming the field that is not as it has to be. */
export function toRequest(json: unknown): TaskRequest {
  const fields = objectAt(json, '', ['runId', 'attempt', 'input', 'inputRef', 'needs', 'item', 'error']);
  const { attempt = 1, input, inputRef, needs = {}, item, error } = fields;
  if (input !== undefined && inputRef !== undefined) refuse('', 'has both "input" and "inputRef"');
  if (!isObject(needs))
    refuse('needs', 'has to be an object: how each step that this one needs ended, by its id');
  return {
    runId: textAt(fields.runId, 'runId'),
    attempt: countAt(attempt, 'attempt', 1),
    ...(input !== undefined && { input }),
    ...(inputRef !== undefined && { inputRef: toRef(inputRef, 'inputRef') }),
    needs: Object.fromEntries(
      Object.entries(needs).map(([id, need]) => [id, toNeed(need, within('needs', id))] as const),
    ),
    ...(item !== undefined && { item: toItem(item) }),
    ...(error !== undefined && { error: toError(error, 'error') }),
  };
}

const statuses = ['succeeded', 'failed', 'skipped', 'cancelled'];

function toNeed(json: unknown, place: string): Need {
  const { status } = objectAt(json, place, ['status', 'error', ...answerFields]);
  switch (status) {
    case 'succeeded':
      return { status, carried: toCarried(json, place) };
    case 'failed':
      return {
        status,
        error: toError(objectAt(json, place, ['status', 'error']).error, within(place, 'error')),
      };
    case 'skipped':
    case 'cancelled':
      objectAt(json, place, ['status']);
      return { status };
    default:
      return refuse(within(place, 'status'), `has to be one of ${idList(statuses)}`);
  }
}

const answerFields = ['output', 'ref', 'outputs', 'items'] as const;

function toCarried(json: unknown, place: string): Carried {
  const fields = objectAt(json, place, ['status', ...answerFields]);
  const { ref, outputs } = fields;
  const given = (['output', 'ref', 'outputs'] as const).filter((field) => field in fields);
  if (given.length > 1)
    refuse(place, `has both "${given[0]}" and "${given[1]}": the value can only be in one`);
  if (ref !== undefined) return { ref: toRef(ref, within(place, 'ref')) };
  if (outputs === undefined) return 'output' in fields ? { output: fields.output } : {};
  const at = within(place, 'outputs');
  return { outputs: listAt(outputs, at).map((answer, i) => toCarried(answer, within(at, i))) };
}

function toRef(json: unknown, place: string): PayloadRef {
  const { hash, bytes } = objectAt(json, place, ['hash', 'bytes']);
  const text = textAt(hash, within(place, 'hash'));
  if (!/^[0-9a-f]{64}$/.test(text)) {
    refuse(within(place, 'hash'), 'is no SHA-256: it has to be 64 hexadecimal digits in lower case');
  }
  return { hash: text, bytes: countAt(bytes, within(place, 'bytes'), 1) };
}

function toItem(json: unknown): NonNullable<TaskRequest['item']> {
  const fields = objectAt(json, 'item', ['index', 'value', 'ref']);
  const index = countAt(fields.index, 'item.index', 0);
  if ('value' in fields === 'ref' in fields) refuse('item', 'needs either "value" or "ref"');
  return 'ref' in fields ? { index, ref: toRef(fields.ref, 'item.ref') } : { index, value: fields.value };
}

const errorFields = [
  'name',
  'message',
  'code',
  'stepId',
  'retryable',
  'retryAfterMs',
  'stack',
  'cause',
] as const;

function toError(json: unknown, place: string): RunError {
  const { name, message, retryable, retryAfterMs, cause, ...rest } = objectAt(json, place, errorFields);
  const texts = Object.entries(rest).map(([key, value]) => [key, textAt(value, within(place, key))] as const);
  return {
    name: textAt(name, within(place, 'name')),
    message: textAt(message, within(place, 'message')),
    retryable: booleanAt(retryable, within(place, 'retryable')),
    ...(retryAfterMs !== undefined && {
      retryAfterMs: countAt(retryAfterMs, within(place, 'retryAfterMs'), 0),
    }),
    ...Object.fromEntries(texts),
    ...(cause !== undefined && { cause: toError(cause, within(place, 'cause')) }),
  };
}
