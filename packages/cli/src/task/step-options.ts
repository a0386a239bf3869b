import { fromJsonData, type Outcome, type PayloadRef, type StepRunOptions } from '@aiwork/core';
import { UsageError } from '../usage-error.ts';
import { within } from './fields.ts';
import type { PayloadFolder } from './payload-folder.ts';
import type { Carried, TaskRequest } from './request.ts';

/** What of a step is asked for, or which of the flow's own tasks is told of an error. */
export type TaskPart = 'run' | 'when' | 'input' | 'over' | 'item' | 'failure' | 'cancel';

/** What the engine takes for a request: values read from where they are, and turned back into what they were. */
export async function toStepOptions(
  request: TaskRequest,
  part: TaskPart,
  folder: PayloadFolder | undefined,
): Promise<StepRunOptions> {
  const { runId, attempt, input, inputRef } = request;
  return {
    runId,
    attempt,
    input: inputRef ? await fileOf(inputRef, folder, 'inputRef') : untagged(input, 'input'),
    needs: await outcomesOf(request, folder),
    part: await partOf(request, part, folder),
  };
}

async function partOf(
  { item, error }: TaskRequest,
  part: TaskPart,
  folder: PayloadFolder | undefined,
): Promise<NonNullable<StepRunOptions['part']>> {
  const tells = part === 'failure' || part === 'cancel';
  if (item && part !== 'item') throw new UsageError('the request has an item, which only --part item takes');
  if (error && !tells) {
    throw new UsageError('the request has an error, which only --part failure and --part cancel take');
  }
  if (part === 'item') {
    if (!item) throw new UsageError('item of the request is missing');
    return { item: item.index, value: await itemOf(item, folder) };
  }
  if (!tells) return part;
  if (error) return { error };
  throw new UsageError('error of the request is missing: what the run ended with');
}

async function outcomesOf(
  { needs }: TaskRequest,
  folder: PayloadFolder | undefined,
): Promise<Readonly<Record<string, Outcome<unknown>>>> {
  const outcomes: [string, Outcome<unknown>][] = [];
  for (const [id, need] of Object.entries(needs)) {
    const outcome =
      need.status === 'succeeded'
        ? { status: need.status, value: await carriedValue(need.carried, folder, within('needs', id)) }
        : need;
    outcomes.push([id, outcome]);
  }
  return Object.fromEntries(outcomes);
}

async function itemOf(item: NonNullable<TaskRequest['item']>, folder: PayloadFolder | undefined) {
  if ('value' in item) return untagged(item.value, 'item.value');
  const items = await carriedValue(item, folder, 'item');
  if (Array.isArray(items) && item.index < items.length) return items[item.index];
  throw new UsageError(`item.ref of the request is no list with an item ${item.index}`);
}

async function carriedValue(
  carried: Carried,
  folder: PayloadFolder | undefined,
  place: string,
): Promise<unknown> {
  if ('outputs' in carried) {
    const values: unknown[] = [];
    for (const [i, each] of carried.outputs.entries()) {
      values.push(await carriedValue(each, folder, within(`${place}.outputs`, i)));
    }
    return values;
  }
  if (!('ref' in carried)) return untagged(carried.output, `${place}.output`);
  return fileOf(carried.ref, folder, `${place}.ref`);
}

async function fileOf(ref: PayloadRef, folder: PayloadFolder | undefined, place: string): Promise<unknown> {
  if (folder) return untagged(await folder.get(ref), place);
  throw new UsageError(`${place} of the request is a file`, {
    hint: 'name the folder it is in with --out-dir DIR',
  });
}

function untagged(data: unknown, place: string): unknown {
  try {
    return fromJsonData(data);
  } catch (error) {
    throw new UsageError(`${place} of the request cannot be read: ${(error as Error).message}`);
  }
}
