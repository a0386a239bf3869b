import process from 'node:process';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { openQueue, type QueueOptions } from '../open-queue.ts';
import { factLines } from '../terminal/fact-lines.ts';
import { writeOut } from '../terminal/standard-output.ts';
import { paintFor } from '../terminal/style.ts';
import { toJson } from '../to-json.ts';

/** `aiwork queue show`: how much there is to do. */
export async function show(file: string, { queue, group, json }: QueueOptions): Promise<ExitCode> {
  await using opened = await openQueue(file);
  const depth = await opened.queue.depth(queue, group);
  if (json) {
    writeOut(`${toJson({ queue, group, ...depth })}\n`);
    return exitCode.ok;
  }
  const { waiting, inFlight, deadLettered } = depth;
  const facts = [
    ['queue', queue],
    ['group', group],
    ['waiting', String(waiting)],
    ['in flight', String(inFlight)],
    ['given up', String(deadLettered)],
  ] as const;
  writeOut(`${factLines(facts, paintFor(process.stdout)).join('\n')}\n`);
  return exitCode.ok;
}
