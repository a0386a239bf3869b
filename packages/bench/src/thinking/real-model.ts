import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ChatModel } from '@aiwork/core';
import type { Findings } from '../report.ts';
import { compare } from './compare.ts';
import type { CheckedTask } from './tasks/checked-task.ts';

/** So many tasks of each kind: a real model takes time, and costs. */
const tasksOfAKind = 6;

/** The same comparison with the model that a module exports; skipped where none is named. */
export async function configuredModel(
  file: string | undefined,
  tasks: readonly CheckedTask[],
): Promise<Findings> {
  if (file === undefined) {
    const why =
      'none was named; `bench:thinking --model FILE` takes a module whose default export is a chat model';
    return { rows: [], targets: [], skipped: [{ subject: 'a real model', why }] };
  }
  const { default: model } = (await import(pathToFileURL(resolve(file)).href)) as { default: ChatModel };
  const some = [...Map.groupBy(tasks, ({ kind }) => kind).values()].flatMap((kind) =>
    kind.slice(0, tasksOfAKind),
  );
  return compare(model.id, { tasks: some, trials: 1, modelOf: () => model });
}
