import process from 'node:process';
import type { StoredThought } from '@aiwork/thinking/store';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { oneLine } from '../terminal/one-line.ts';
import { writeOut } from '../terminal/standard-output.ts';
import { paintFor } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import { openSessions } from '../think/open-sessions.ts';
import type { KeptSessions, SessionPlace } from '../think/session-place.ts';
import { usageLine } from '../think/tree-lines.ts';
import { toJson } from '../to-json.ts';
import { UsageError } from '../usage-error.ts';

interface SessionOptions extends SessionPlace {
  readonly json?: boolean;
}

/** `aiwork sessions list`: those that were thought in last come first. */
export async function list(options: SessionOptions & { readonly limit: number }): Promise<ExitCode> {
  await using sessions = await openSessions(options);
  const { items, cursor } = await sessions.sessions({ limit: options.limit });
  if (options.json) for (const session of items) writeOut(`${toJson(session)}\n`);
  else if (items.length === 0) process.stderr.write('No sessions.\n');
  else {
    const rows = items.map(({ id, updatedAt, title }) => [oneLine(id), timeOf(updatedAt), oneLine(title)]);
    writeOut(`${table(['SESSION', 'LAST', 'TITLE'], rows)}\n`);
  }
  if (cursor !== undefined) process.stderr.write(`More sessions than ${options.limit}: raise --limit.\n`);
  return exitCode.ok;
}

/** `aiwork sessions show`: what was asked in a session, and what thinking came to. */
export async function show(id: string, options: SessionOptions): Promise<ExitCode> {
  await using sessions = await openSessions(options);
  if (!(await sessions.session(id))) throw noSession(id);
  const paint = paintFor(process.stdout);
  for await (const thought of thoughtsOf(sessions, id)) {
    if (options.json) {
      writeOut(`${toJson(thought)}\n`);
      continue;
    }
    const { createdAt, question, answer, strategy, model, stopped, usage } = thought;
    const how = `${strategy} with ${oneLine(model)} · ${usageLine({ stopped, usage })}`;
    writeOut(`${paint('dim', timeOf(createdAt))} ${paint('bold', oneLine(question))}\n`);
    writeOut(`  ${oneLine(answer)}\n  ${paint('dim', how)}\n`);
  }
  return exitCode.ok;
}

/** `aiwork sessions delete`: forgets a session, with what was thought in it. */
export async function forget(id: string, options: SessionPlace): Promise<ExitCode> {
  await using sessions = await openSessions(options);
  if (!(await sessions.deleteSession(id))) throw noSession(id);
  process.stderr.write(`Session ${id} is forgotten.\n`);
  return exitCode.ok;
}

async function* thoughtsOf(sessions: KeptSessions, id: string): AsyncGenerator<StoredThought> {
  let cursor: string | undefined;
  do {
    const page = await sessions.thoughts(id, cursor === undefined ? {} : { cursor });
    yield* page.items;
    cursor = page.cursor;
  } while (cursor !== undefined);
}

const noSession = (id: string) =>
  new UsageError(`there is no session "${id}"`, { hint: 'aiwork sessions list says which there are' });

const timeOf = (at: number) => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
