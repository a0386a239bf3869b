import { fromJsonData, type Outcome, type StepRunOptions } from '@aiwork/core';
import { UsageError } from '../usage-error.ts';
import type { PayloadFolder } from './payload-folder.ts';
import type { Carried, TaskRequest } from './request.ts';

/** What of a step is asked for. */
export type TaskPart = 'run' | 'when' | 'over' | 'item';

/** What the engine takes for a request: values read from where they are, and turned back into what they were. */
export async function toStepOptions(
  { runId, attempt, input, needs, item }: TaskRequest,
  part: TaskPart,
  folder: PayloadFolder | undefined,
): Promise<StepRunOptions> {
  if ((part === 'item') !== (item !== undefined)) {
    throw new UsageError(
      item ? `the request has an "item": ask for it with --part item` : 'item of the request is missing',
    );
  }
  const outcomes: [string, Outcome<unknown>][] = [];
  for (const [id, need] of Object.entries(needs)) {
    const outcome =
      need.status === 'succeeded'
        ? { status: need.status, value: await carriedValue(need.carried, folder, `needs.${id}`) }
        : need;
    outcomes.push([id, outcome]);
  }
  const common = { runId, attempt, input, needs: Object.fromEntries(outcomes) };
  if (!item) return { ...common, part: part as Exclude<typeof part, 'item'> };
  return { ...common, part: { item: item.index, value: await itemOf(item, folder) } };
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
      values.push(await carriedValue(each, folder, `${place}.outputs[${i}]`));
    }
    return values;
  }
  if (!('ref' in carried)) return untagged(carried.output, `${place}.output`);
  if (folder) return untagged(await folder.get(carried.ref), `${place}.ref`);
  throw new UsageError(`${place} of the request is by reference`, {
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
