import process from 'node:process';
import { stripVTControlCharacters } from 'node:util';
import { AiworkError, hasCode } from '@aiwork/core';
import type { DeadTask } from '../dead-tasks.ts';
import { type KafkaTasks, kafkaTasks } from '../kafka-tasks.ts';
import { type CommandLine, readCommandLine, usage } from './command-line.ts';

const pageItems = 200;
const longestPayload = 200;

/** Runs a command line and gives its exit code. Never rejects. */
export async function runCommand(args: readonly string[]): Promise<number> {
  try {
    const line = readCommandLine(args, process.env);
    await (line ? run(line) : say(usage));
    return 0;
  } catch (error) {
    const [text, code] = AiworkError.isInstance(error)
      ? [error.message, ` (${error.code})`]
      : [String(error), ''];
    process.stderr.write(`aiwork-kafka: ${text}${code}\n`);
    return hasCode(error, 'AIWORK_USAGE') || hasCode(error, 'AIWORK_INVALID_ARGUMENT') ? 2 : 1;
  }
}

async function run(line: CommandLine): Promise<void> {
  await using tasks = await kafkaTasks(line.connection);
  if (line.command === 'show') await show(tasks, line);
  else if (line.command === 'dead-letters') await list(tasks, line);
  else await redrive(tasks, line);
}

async function show(tasks: KafkaTasks, { about, json }: CommandLine): Promise<void> {
  const { waiting, inFlight, deadLettered } = await tasks.queue.depth(about.queue, about.group);
  // What is in flight elsewhere is not known here: Kafka knows what is not committed.
  if (json) say(JSON.stringify({ ...about, unsettled: waiting + inFlight, deadLettered }));
  else say(`not settled  ${waiting + inFlight}\ngiven up     ${deadLettered}`);
}

async function list(tasks: KafkaTasks, { about, limit, from, json }: CommandLine): Promise<void> {
  const { items, cursor } = await tasks.deadTasks({
    ...about,
    limit,
    serializer: asIs,
    ...(from !== undefined && { cursor: from }),
  });
  for (const task of items) say(json ? jsonOf(task) : linesOf(task));
  if (items.length === 0) process.stderr.write('No dead letters.\n');
  if (cursor !== undefined) process.stderr.write(`There are more: --from ${cursor}\n`);
}

/** As many as there are now: one that is given up again meanwhile comes after them, and would come for ever. */
async function redrive(tasks: KafkaTasks, { about, ids, all, json }: CommandLine): Promise<void> {
  let redriven = all ? 0 : await tasks.redriveTasks({ ...about, ids });
  if (all) {
    let left = (await tasks.queue.depth(about.queue, about.group)).deadLettered;
    for (let cursor: string | undefined; left > 0; ) {
      const page = await tasks.deadTasks({
        ...about,
        serializer: asIs,
        limit: Math.min(left, pageItems),
        ...(cursor && { cursor }),
      });
      redriven += await tasks.redriveTasks({ ...about, ids: page.items.map(({ id }) => id) });
      left -= page.items.length;
      cursor = page.cursor;
      if (cursor === undefined) break;
    }
  }
  // Whoever names letters means some that are there.
  const others = new Set(ids).size - redriven;
  if (!all && others > 0)
    process.stderr.write(
      `${others} of these ids ${others === 1 ? 'names' : 'name'} no dead letter, or one that was put back before.\n`,
    );
  say(
    json
      ? JSON.stringify({ ...about, redriven })
      : `Put back ${redriven} ${redriven === 1 ? 'task' : 'tasks'}.`,
  );
}

/** Nobody tells this command what payloads are: it shows them, and puts them back as they are. */
const asIs = { contentType: '', encode: () => Buffer.of(), decode: () => undefined };

function jsonOf({ bytes, payload: _, unreadable: __, ...task }: DeadTask): string {
  return JSON.stringify({ ...task, payload: Buffer.from(bytes).toString('base64') });
}

function linesOf({ id, key, bytes, error, deliveries, deadAt }: DeadTask): string {
  const text = Buffer.from(bytes).toString();
  const shown = text.length > longestPayload ? `${text.slice(0, longestPayload)}…` : text;
  const code = error.code === undefined ? '' : ` (${error.code})`;
  return [
    `${id}  ${new Date(deadAt).toISOString()}  ${deliveries} ${deliveries === 1 ? 'delivery' : 'deliveries'}${key === undefined ? '' : `  key ${oneLine(key)}`}`,
    `    error:   ${oneLine(error.message)}${code}`,
    `    payload: ${oneLine(shown)}`,
  ].join('\n');
}

/** Without what would move the cursor: anyone may have produced it. */
const oneLine = (text: string) =>
  stripVTControlCharacters(text)
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
