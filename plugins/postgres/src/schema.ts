import { AiworkError, UnsupportedCapabilityError } from '@aiwork/core';
import { invalidArgument } from '@aiwork/core/adapter-kit';
import type { Ask, Database } from './database.ts';
import type { Settings, VectorSettings } from './options.ts';
import { stateOf } from './postgres-errors.ts';
import { storedKey } from './stored-text.ts';

/** All namespaces of a database, each with the version of its table and what cannot change about it. */
const registry = 'aiwork_memory';
/** A number that nobody else locks, for the moment in which tables are made. */
const lockKey = 4_711_202_600_315;
/** An index of what is there already takes its time. */
const migrationTimeoutMs = 30 * 60_000;

interface Entry {
  readonly id: number;
  readonly version: number;
  readonly language: string;
  readonly dimensions: number | null;
}

/** What brings a table from each version to the next; never changed once released. */
const migrations: readonly ((table: string, settings: Settings) => readonly string[])[] = [
  (table, { vectors }) => [
    `CREATE TABLE ${table} (
       id text COLLATE "C" PRIMARY KEY,
       text text NOT NULL,
       metadata jsonb,
       words tsvector NOT NULL
       ${vectors ? `, vector vector(${vectors.dimensions})` : ''}
     )`,
    `CREATE INDEX ${table}_words ON ${table} USING gin (words)`,
    `CREATE INDEX ${table}_metadata ON ${table} USING gin (metadata jsonb_path_ops)`,
  ],
];

/** Operators of pgvector, by what is similar. */
export const distanceOf = { cosine: '<=>', dot: '<#>' } as const;
const operatorsOf = { cosine: 'vector_cosine_ops', dot: 'vector_ip_ops' } as const;

const indexOf = (table: string, { similarity }: VectorSettings) => `${table}_${similarity}`;

/**
 * The table of a namespace, made or brought up to date first. Several processes may do so at once: one does it, the others
 * wait for it.
 *
 * @returns its name.
 */
export async function openTable(
  database: Database,
  settings: Settings,
  signal: AbortSignal | undefined,
): Promise<string> {
  const reading = { what: 'look for the memory', effect: 'reads', signal } as const;
  const known = await entryOf((statement) => database.ask(statement, reading), settings).catch((error) => {
    if (stateOf(error) === undefinedTable) return undefined;
    throw error;
  });
  if (known && (await isReady(database, known, settings, signal))) return checked(known, settings);
  return database.transaction((ask) => migrate(ask, settings), {
    what: 'make the tables of the memory',
    effect: 'writes',
    signal,
    timeoutMs: migrationTimeoutMs,
  });
}

const undefinedTable = '42P01';
const tableOf = ({ id }: Entry) => `${registry}_${id}`;

async function entryOf(ask: Ask, { namespace }: Settings): Promise<Entry | undefined> {
  const text = `SELECT id, version, language, dimensions FROM ${registry} WHERE namespace = $1`;
  return (await ask<Entry>({ text, values: [storedKey(namespace)] })).rows[0];
}

async function isReady(
  database: Database,
  entry: Entry,
  { vectors }: Settings,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (entry.version < migrations.length) return false;
  if (vectors?.search !== 'approximate') return true;
  const { rows } = await database.ask<{ readonly there: boolean }>(
    { text: 'SELECT to_regclass($1) IS NOT NULL AS there', values: [indexOf(tableOf(entry), vectors)] },
    { what: 'look for its index of vectors', effect: 'reads', signal },
  );
  return rows[0]?.there === true;
}

async function migrate(ask: Ask, settings: Settings): Promise<string> {
  const run = (text: string, values: readonly unknown[] = []) => ask<Entry>({ text, values });
  await run('SET LOCAL statement_timeout = 0');
  await run('SELECT pg_advisory_xact_lock($1)', [lockKey]);
  await run(`CREATE TABLE IF NOT EXISTS ${registry} (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    namespace text COLLATE "C" NOT NULL UNIQUE,
    version integer NOT NULL,
    language text NOT NULL,
    dimensions integer
  )`);
  const { namespace, language, vectors } = settings;
  if (vectors) await requireVectors(ask, vectors);
  const entry =
    (await entryOf(ask, settings)) ??
    (
      await run(
        `INSERT INTO ${registry} (namespace, version, language, dimensions) VALUES ($1, 0, $2, $3)
         RETURNING id, version, language, dimensions`,
        [storedKey(namespace), language, vectors?.dimensions ?? null],
      )
    ).rows[0];
  if (!entry) throw new Error('a row that was inserted is not returned');
  const table = checked(entry, settings);
  for (const migration of migrations.slice(entry.version))
    for (const statement of migration(table, settings)) await run(statement);
  await run(`UPDATE ${registry} SET version = $1 WHERE id = $2`, [migrations.length, entry.id]);
  if (vectors?.search === 'approximate')
    await run(
      `CREATE INDEX IF NOT EXISTS ${indexOf(table, vectors)} ON ${table} USING hnsw (vector ${operatorsOf[vectors.similarity]})`,
    );
  return table;
}

/** What cannot be found with these options is refused, rather than found badly. */
function checked(entry: Entry, { namespace, language, vectors }: Settings): string {
  const name = JSON.stringify(namespace);
  if (entry.version > migrations.length)
    throw new AiworkError(
      'AIWORK_STORE_FAILED',
      `the namespace ${name} was made by a newer version of @aiwork/postgres: update it here, too`,
      { outcome: 'not-applied' },
    );
  if (entry.language !== language)
    throw invalidArgument(
      `the words of the namespace ${name} were cut by language ${JSON.stringify(entry.language)}, and not ${JSON.stringify(language)}: give that, or use another namespace`,
    );
  if (entry.dimensions !== (vectors?.dimensions ?? null)) {
    const has = entry.dimensions === null ? 'no vectors' : `vectors of ${entry.dimensions} numbers`;
    throw invalidArgument(
      `the namespace ${name} was made with ${has}, and is opened with ${vectors ? vectors.dimensions : 'none'}: use another namespace for another model`,
    );
  }
  return tableOf(entry);
}

async function requireVectors(ask: Ask, { search }: VectorSettings): Promise<void> {
  const text = `SELECT default_version AS offered, installed_version AS installed
    FROM pg_available_extensions WHERE name = 'vector'`;
  const { rows } = await ask<{ readonly offered: string; readonly installed: string | null }>({ text });
  const [found] = rows;
  if (!found)
    throw new UnsupportedCapabilityError(
      'this PostgreSQL has no pgvector: install it, or leave `vectors` out to search by words',
    );
  if (found.installed === null) await ask({ text: 'CREATE EXTENSION vector' });
  const version = found.installed ?? found.offered;
  if (search === 'approximate' && /^0\.[0-7](\.|$)/.test(version))
    throw new UnsupportedCapabilityError(
      `pgvector is ${version} here, and 'approximate' needs 0.8 or newer: update it, or use 'exact'`,
    );
}
