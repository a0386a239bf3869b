import type { AdmittedDoc } from './admission.ts';
import type { Statement } from './database.ts';
import { filterSql } from './filter-sql.ts';
import type { Settings } from './options.ts';
import { createParameters } from './parameters.ts';
import { configOf, vectorText } from './search-sql.ts';

/** Writes a batch in one statement: all of it, or nothing. */
export function upsertSql(
  table: string,
  { language, vectors: settings }: Settings,
  docs: readonly AdmittedDoc[],
  vectors: readonly (Float32Array | undefined)[],
): Statement {
  const parameters = createParameters();
  const texts = (column: readonly (string | undefined)[]) => `${parameters.of(column)}::text[]`;
  const vectorTexts = vectors.map((vector) => vector && vectorText(vector));
  const columns = [
    { name: 'id', from: texts(docs.map(({ id }) => id)), value: 'id' },
    { name: 'text', from: texts(docs.map(({ text }) => text)), value: 'text' },
    { name: 'metadata', from: texts(docs.map(({ metadata }) => metadata)), value: 'metadata::jsonb' },
    ...(settings ? [{ name: 'vector', from: texts(vectorTexts), value: 'vector::vector' }] : []),
  ];
  const names = columns.map(({ name }) => name);
  const written = [...names, 'words'];
  return {
    text: `INSERT INTO ${table} (${written.join(', ')})
SELECT ${columns.map(({ value }) => value).join(', ')}, to_tsvector(${configOf(language)}, text)
FROM unnest(${columns.map(({ from }) => from).join(', ')}) AS doc (${names.join(', ')})
ON CONFLICT (id) DO UPDATE SET ${written
      .slice(1)
      .map((name) => `${name} = excluded.${name}`)
      .join(', ')}`,
    values: parameters.values,
  };
}

export function deleteSql(table: string, ids: readonly string[]): Statement {
  return { text: deleting(table, 'id = ANY ($1::text[])'), values: [ids] };
}

export function forgetSql(table: string, filter: unknown): Statement {
  const parameters = createParameters();
  return { text: deleting(table, filterSql(filter, parameters)), values: parameters.values };
}

/** In the order in which a batch is written, so that the two never wait for each other in a circle. */
const deleting = (table: string, which: string) => `WITH gone AS MATERIALIZED (
  SELECT id FROM ${table} WHERE ${which} ORDER BY id FOR UPDATE
)
DELETE FROM ${table} AS doc USING gone WHERE doc.id = gone.id`;
