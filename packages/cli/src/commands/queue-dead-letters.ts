import process from 'node:process';
import type { DeadLetter, RunError, TaskQueue } from '@aiwork/core';
import { deadLetterPages } from '../dead-letter-pages.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { openQueue, type QueueOptions } from '../open-queue.ts';
import { type Fact, factLines } from '../terminal/fact-lines.ts';
import { oneLine } from '../terminal/one-line.ts';
import { writeOut } from '../terminal/standard-output.ts';
import { paintFor } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import { toJson } from '../to-json.ts';
import { UsageError } from '../usage-error.ts';

export interface DeadLettersOptions extends QueueOptions {
  readonly limit: number;
  readonly letter?: string;
}

/** `aiwork queue dead-letters`: what a group gave up, one a line, or one of them in full. */
export async function deadLetters(file: string, options: DeadLettersOptions): Promise<ExitCode> {
  await using opened = await openQueue(file);
  if (options.letter === undefined) await list(opened.queue, options);
  else await show(opened.queue, options, options.letter);
  return exitCode.ok;
}

async function list(queue: TaskQueue, options: DeadLettersOptions): Promise<void> {
  const { limit, json } = options;
  const { items, cursor } = await queue.deadLetters(options.queue, options.group, { limit });
  if (json) for (const letter of items) writeOut(`${toJson(letter)}\n`);
  else if (items.length === 0) process.stderr.write(await nothingListed(queue, options));
  else writeOut(`${table(['LETTER', 'GIVEN UP', 'DELIVERIES', 'RUN', 'ERROR'], items.map(rowOf))}\n`);
  if (cursor !== undefined) process.stderr.write(`More dead letters than ${limit}: raise --limit.\n`);
}

/** A queue may hold what is no job, such as what a program without an orchestrator sent. */
async function nothingListed(queue: TaskQueue, options: DeadLettersOptions): Promise<string> {
  const { deadLettered } = await queue.depth(options.queue, options.group);
  return deadLettered === 0
    ? 'No dead letters.\n'
    : `No jobs among the dead letters, of which there are ${deadLettered}: see what else is sent to the queue.\n`;
}

function rowOf({ id, deadAt, deliveries, job, error }: DeadLetter): string[] {
  const seconds = new Date(deadAt).toISOString().replace(/\.\d+Z$/, 'Z');
  return [id, seconds, String(deliveries), oneLine(job.runId), textOf(error)];
}

async function show(queue: TaskQueue, options: DeadLettersOptions, id: string): Promise<void> {
  const letter = await find(queue, options, id);
  if (options.json) writeOut(`${toJson(letter)}\n`);
  else writeOut(`${describe(letter).join('\n')}\n`);
}

async function find(queue: TaskQueue, options: DeadLettersOptions, id: string): Promise<DeadLetter> {
  for await (const letters of deadLetterPages(queue, options)) {
    const found = letters.find((letter) => letter.id === id);
    if (found) return found;
  }
  throw new UsageError(`group ${options.group} of queue ${options.queue} has no dead letter "${id}"`, {
    hint: 'it may have been put back; aiwork queue dead-letters lists what there is',
  });
}

function describe({ id, job, error, deliveries, deadAt }: DeadLetter): string[] {
  const paint = paintFor(process.stdout);
  const facts: readonly Fact[] = [
    ['letter', id],
    ['given up', new Date(deadAt).toISOString()],
    ['deliveries', String(deliveries)],
    ['run', oneLine(job.runId)],
    ['step', oneLine(job.stepId)],
    ['attempt', String(job.attempt)],
    ['job', oneLine(job.id)],
    ...(job.key === undefined ? [] : [['key', oneLine(job.key)] as const]),
  ];
  return [...factLines(facts, paint), `${paint('red', 'error:')} ${textOf(error)}`, ...framesOf(error)];
}

function textOf({ message, code }: RunError): string {
  return `${oneLine(message)}${code === undefined ? '' : ` (${code})`}`;
}

/** Where it was thrown, and what caused it. */
function framesOf({ stack = '', cause }: RunError): string[] {
  const { paint, lines } = { paint: paintFor(process.stdout), lines: stack.split('\n') };
  const frames = lines.filter((line) => /^\s+at /.test(line)).map((line) => `    ${oneLine(line)}`);
  const shown = frames.map((frame) => paint('dim', frame));
  if (!cause) return shown;
  return [...shown, `  ${paint('dim', 'caused by:')} ${textOf(cause)}`, ...framesOf(cause)];
}
