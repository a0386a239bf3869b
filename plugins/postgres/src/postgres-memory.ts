import type { CallOptions, Durability, Memory, MemoryFilter, MemoryHit } from '@aiwork/core';
import { checkSignal, createCallGate } from '@aiwork/core/adapter-kit';
import { admitDocs, admitIds, admitQuery, maxTextBytes, type PostgresMemoryQuery } from './admission.ts';
import { type Database, openDatabase, type Statement } from './database.ts';
import { vectorOf, vectorsOf } from './made-vectors.ts';
import { type PostgresMemoryOptions, type Settings, settingsFrom } from './options.ts';
import { openTable } from './schema.ts';
import { approximateSession, searchSql } from './search-sql.ts';
import { readServerFacts } from './server-facts.ts';
import { readJson, readKey, readText } from './stored-text.ts';
import { deleteSql, forgetSql, upsertSql } from './write-sql.ts';

/** A `Memory` of core in PostgreSQL. @since 0.1.0 */
export interface PostgresMemory extends Memory {
  search(query: PostgresMemoryQuery, options?: CallOptions): Promise<readonly MemoryHit[]>;
  /**
   * Deletes every document whose metadata fits, with its words and its vector. What was deleted is found no more by
   * anybody; the server writes over the place it had on the disk after its next `VACUUM`, and its backups keep it.
   *
   * @returns how many there were.
   */
  forget(filter: MemoryFilter, options?: CallOptions): Promise<number>;
}

interface Row {
  readonly id: string;
  readonly text: string;
  readonly metadata: string | null;
  readonly score: number;
}

interface Parts {
  readonly database: Database;
  readonly settings: Settings;
  readonly table: string;
  readonly durability: Durability;
}

/**
 * Opens a memory in PostgreSQL 13 or newer. Its tables are made and brought up to date first, by one process at a time; any
 * number of processes may share it.
 *
 * Words are found and ranked by PostgreSQL's full-text search: a document scores by how often it has words of the query and
 * how long it is, and not by how rare the words are, as BM25 has it. Vectors are found by the extension pgvector. A
 * search that goes by both puts the two lists together by reciprocal rank fusion.
 *
 * A call that cannot reach the server rejects as `retryable`. A write whose answer was lost is not sent again: it rejects with
 * `outcome: 'unknown'`.
 *
 * @throws `AIWORK_STORE_FAILED` when the server cannot be reached, refuses, is too old or not in UTF-8;
 * `AIWORK_UNSUPPORTED_CAPABILITY` when `vectors` are wanted and pgvector is not there; `AIWORK_INVALID_ARGUMENT` when an option
 * cannot be used, or the namespace was made with another `language` or other vectors.
 * @example
 * ```ts no-run: needs PostgreSQL
 * import { createPostgresMemory } from '@aiwork/postgres';
 *
 * await using memory = await createPostgresMemory({ url: 'postgres://localhost/app', language: 'english' });
 * await memory.upsert([{ id: 'tea', text: 'Green tea is steeped at 80 °C', metadata: { kind: 'drink' } }]);
 * const [best] = await memory.search({ text: 'steeping tea', topK: 3, filter: { kind: 'drink' } });
 * console.log(best?.id); // tea
 * ```
 * @since 0.1.0
 */
export async function createPostgresMemory(
  options: PostgresMemoryOptions = {},
  signal?: AbortSignal,
): Promise<PostgresMemory> {
  const settings = settingsFrom(options);
  const isApproximate = settings.vectors?.search === 'approximate';
  const database = openDatabase(options, isApproximate ? approximateSession : []);
  try {
    const durability = await readServerFacts(database, settings.language, signal);
    const table = await openTable(database, settings, signal);
    return memoryOf({ database, settings, table, durability });
  } catch (error) {
    await database.close();
    throw error;
  }
}

function memoryOf({ database, settings, table, durability }: Parts): PostgresMemory {
  const { vectors, language } = settings;
  const gate = createCallGate(`the memory in ${database.where}`, () => database.close());
  const dimensions = vectors?.dimensions;

  async function write(what: string, statement: Statement, signal: AbortSignal | undefined): Promise<number> {
    return (await database.ask(statement, { what, effect: 'writes', signal })).count;
  }

  return {
    capabilities: Object.freeze({
      search: Object.freeze(vectors ? (['text', 'vector'] as const) : (['text'] as const)),
      filters: true,
      maxTextBytes,
      ...(dimensions !== undefined && { dimensions }),
      durability,
    }),
    upsert: (docs, { signal } = {}) =>
      gate.pass(async () => {
        checkSignal(signal);
        const admitted = admitDocs(docs, dimensions);
        if (admitted.length === 0) return;
        const made = await vectorsOf(admitted, vectors, signal);
        await write('write documents', upsertSql(table, settings, admitted, made), signal);
      }),
    search: (query, { signal } = {}) =>
      gate.pass(async () => {
        checkSignal(signal);
        const admitted = admitQuery(query, dimensions);
        const search = { table, language, vectors, query: admitted };
        // A filter that cannot be used is refused before an embedder is asked.
        const vector = await vectorOf(admitted, vectors, signal);
        const statement = searchSql({ ...search, vector });
        const request = { what: 'search', effect: 'reads', signal } as const;
        return (await database.ask<Row>(statement, request)).rows.map(hitOf);
      }),
    delete: (ids, { signal } = {}) =>
      gate.pass(async () => {
        checkSignal(signal);
        const admitted = admitIds(ids);
        return admitted.length === 0 ? 0 : write('delete documents', deleteSql(table, admitted), signal);
      }),
    forget: (filter, { signal } = {}) =>
      gate.pass(async () => {
        checkSignal(signal);
        return write('forget documents', forgetSql(table, filter), signal);
      }),
    count: ({ signal } = {}) =>
      gate.pass(async () => {
        checkSignal(signal);
        const text = `SELECT count(*)::float8 AS count FROM ${table}`;
        const request = { what: 'count documents', effect: 'reads', signal } as const;
        const { rows } = await database.ask<{ readonly count: number }>({ text }, request);
        return rows[0]?.count ?? 0;
      }),
    close: () => gate.close(),
    [Symbol.asyncDispose]: () => gate.close(),
  };
}

const hitOf = ({ id, text, metadata, score }: Row): MemoryHit => ({
  id: readKey(id),
  text: readText(text),
  ...(metadata !== null && { metadata: JSON.parse(readJson(metadata)) }),
  score,
});
