import { AiworkError, type Durability } from '@aiwork/core';
import { invalidArgument } from '@aiwork/core/adapter-kit';
import type { Database } from './database.ts';
import { stateOf } from './postgres-errors.ts';

interface Facts {
  readonly version: number;
  readonly encoding: string;
  readonly fsync: string;
  readonly commit: string;
}

const text = `SELECT current_setting('server_version_num')::int AS version,
  current_setting('server_encoding') AS encoding,
  current_setting('fsync') AS fsync,
  current_setting('synchronous_commit') AS commit,
  $1::text::regconfig::text AS language`;

/**
 * Sees that the server can be used, and says what acknowledged writes survive.
 *
 * @throws `AIWORK_STORE_FAILED` for one that is too old or not in UTF-8, `AIWORK_INVALID_ARGUMENT` for a language that it
 * does not know.
 */
export async function readServerFacts(
  database: Database,
  language: string,
  signal: AbortSignal | undefined,
): Promise<Durability> {
  const request = { what: 'tell its settings', effect: 'reads', signal } as const;
  const { rows } = await database.ask<Facts>({ text, values: [language] }, request).catch((error) => {
    throw unknownName.test(stateOf(error) ?? '') ? unknownLanguage(language, database.where) : error;
  });
  const [facts] = rows;
  if (!facts || facts.version < 130_000)
    throw unusable(`${database.where} is too old: use PostgreSQL 13 or newer`);
  if (facts.encoding !== 'UTF8')
    throw unusable(
      `the database at ${database.where} is in ${facts.encoding}: make one with ENCODING 'UTF8'`,
    );
  // What was not waited for to be on the disk may be gone after a kill.
  return facts.fsync === 'on' && facts.commit !== 'off' ? 'service-kill' : 'service-restart';
}

/** No such configuration, no such schema, or nothing that could be the name of one. */
const unknownName = /^(42704|3F000|42602|42601|22)/;

const unknownLanguage = (language: string, where: string) =>
  invalidArgument(
    `language is ${JSON.stringify(language)}, which ${where} does not know: use 'simple', 'english' … (\\dF in psql lists them)`,
  );

const unusable = (message: string) =>
  new AiworkError('AIWORK_STORE_FAILED', message, { outcome: 'not-applied' });
