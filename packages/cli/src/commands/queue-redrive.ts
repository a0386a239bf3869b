import process from 'node:process';
import type { TaskQueue } from '@aiwork/core';
import { deadLetterPages } from '../dead-letter-pages.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { openQueue, type QueueOptions } from '../open-queue.ts';
import { writeOut } from '../terminal/standard-output.ts';
import { toJson } from '../to-json.ts';
import { UsageError } from '../usage-error.ts';

export interface RedriveOptions extends QueueOptions {
  readonly all?: boolean;
}

/** `aiwork queue redrive`: puts back what a group gave up. */
export async function redrive(
  file: string,
  ids: readonly string[],
  options: RedriveOptions,
): Promise<ExitCode> {
  const { queue, group, all = false, json } = options;
  if (all === ids.length > 0) {
    throw new UsageError(all ? 'either name dead letters, or say --all' : 'no dead letter is named', {
      hint: 'name some of those that aiwork queue dead-letters lists, or say --all',
    });
  }
  await using opened = await openQueue(file);
  const redriven = all
    ? await redriveAll(opened.queue, options)
    : await opened.queue.redrive(queue, group, ids);
  if (json) writeOut(`${toJson({ queue, group, redriven })}\n`);
  else writeOut(`Put back ${redriven} ${redriven === 1 ? 'dead letter' : 'dead letters'}.\n`);
  const missing = new Set(ids).size - redriven;
  if (!all && missing > 0)
    process.stderr.write(`${missing} of those named are not there, or were put back before.\n`);
  return exitCode.ok;
}

/** As many as there are now: one that is given up again meanwhile comes after them, and would come for ever. */
async function redriveAll(queue: TaskQueue, options: RedriveOptions): Promise<number> {
  let left = (await queue.depth(options.queue, options.group)).deadLettered;
  let redriven = 0;
  for await (const letters of deadLetterPages(queue, options)) {
    const ids = letters.slice(0, left).map(({ id }) => id);
    if (ids.length === 0) break;
    redriven += await queue.redrive(options.queue, options.group, ids);
    left -= ids.length;
  }
  return redriven;
}
