import { escapeLiteral } from 'pg';
import type { AdmittedQuery } from './admission.ts';
import type { Statement } from './database.ts';
import { filterSql } from './filter-sql.ts';
import type { VectorSettings } from './options.ts';
import { createParameters, type Parameters } from './parameters.ts';
import { distanceOf } from './schema.ts';
import { storedText } from './stored-text.ts';

/** What a search is made of. */
export interface Search {
  readonly table: string;
  readonly language: string;
  readonly vectors: VectorSettings | undefined;
  readonly query: AdmittedQuery;
  /** Of the query, or what was made of its text. */
  readonly vector: Float32Array | undefined;
}

/** A common table expression that gives `id` and `score`. */
interface List {
  readonly name: string;
  readonly sql: string;
}

/** How many of each list are put together; of 1000 at most. */
const depthOf = (topK: number) => Math.min(1000, Math.max(100, 4 * topK));
/** Of reciprocal rank fusion: how little the first ranks stand out. */
const rankConstant = 60;

/** How pgvector looks through an index: until enough fit the filter, the nearest first. */
export const approximateSession: readonly string[] = [
  'SET hnsw.iterative_scan = strict_order',
  'SET hnsw.ef_search = 100',
  // It reckons with disks that turn, for which all rows in a line would cost less than an index.
  'SET random_page_cost = 1.1',
];

/** A language is one of the options, and has been seen to be one. */
export const configOf = (language: string): string => `${escapeLiteral(language)}::regconfig`;

export const vectorText = (vector: Float32Array): string => `[${vector.join(',')}]`;

/** One statement, so that what it finds was there at one moment. */
export function searchSql(search: Search): Statement {
  const { table, query, vector } = search;
  const { text, topK, minScore } = query;
  const parameters = createParameters();
  const fits = query.filter === undefined ? 'true' : filterSql(query.filter, parameters);
  const isAlone = text === undefined || query.by === 'vector' || !vector;
  const depth = isAlone ? topK : depthOf(topK);
  const lists = [
    ...(text !== undefined && query.by !== 'vector' ? [byText(search, text, fits, depth, parameters)] : []),
    ...(vector ? [byVector(search, vector, fits, depth, parameters)] : []),
  ];
  const ctes = lists.map(({ name, sql }) => `${name} AS MATERIALIZED (${sql})`);
  const least = minScore === undefined ? '' : `WHERE score >= ${parameters.of(minScore)}::float8`;
  return {
    text: `WITH ${ctes.join(',\n')}
SELECT id, text, metadata::text AS metadata, score
FROM (${fused(lists)}) AS found JOIN ${table} USING (id)
${least} ORDER BY score DESC, id LIMIT ${topK}`,
    values: parameters.values,
  };
}

/**
 * Words of the query are joined by "or", of which PostgreSQL makes no query by itself: the words of a text, as they are
 * written (each between quotes), are those of a query once there is a `|` between them. All of it is constant to the
 * planner, which so knows how rare the words are.
 */
function byText(
  { table, language }: Search,
  text: string,
  fits: string,
  depth: number,
  parameters: Parameters,
): List {
  const said = `strip(to_tsvector(${configOf(language)}, ${parameters.of(storedText(text))}::text))::text`;
  const query = `replace(${said}, ''' ''', ''' | ''')::tsquery`;
  return {
    name: 'by_text',
    sql: `SELECT id, ts_rank(words, ${query}, 1)::float8 AS score
FROM ${table} WHERE words @@ ${query} AND ${fits}
ORDER BY score DESC, id LIMIT ${depth}`,
  };
}

/** A vector of no length is near to nothing: pgvector says NaN, which would be above every number. */
const scoresOf = {
  cosine: (distance: string) => `coalesce(nullif(1 - (${distance}), 'NaN'), 0)`,
  dot: (distance: string) => `-(${distance})`,
} as const;

function byVector(
  { table, vectors }: Search,
  vector: Float32Array,
  fits: string,
  depth: number,
  parameters: Parameters,
): List {
  const { similarity, search } = vectors ?? { similarity: 'cosine', search: 'exact' };
  const distance = `vector ${distanceOf[similarity]} ${parameters.of(vectorText(vector))}::vector`;
  const score = scoresOf[similarity](distance);
  const rows = `SELECT id, vector FROM ${table} WHERE vector IS NOT NULL AND ${fits}`;
  const best = (from: string) =>
    `SELECT id, ${score} AS score FROM (${from}) AS candidates ORDER BY score DESC, id LIMIT ${depth}`;
  if (search === 'exact') return { name: 'by_vector', sql: best(rows) };
  // More than are asked for, so that of equally near ones the right are there. An index that gives fewer may have given up
  // (or lack vectors of no length): then all are looked at.
  const enough = Math.max(50, 2 * depth);
  return {
    name: 'by_vector',
    sql: best(`WITH near AS MATERIALIZED (${rows} ORDER BY ${distance} LIMIT ${enough})
SELECT id, vector FROM near WHERE (SELECT count(*) FROM near) = ${enough}
UNION ALL ${rows} AND (SELECT count(*) FROM near) < ${enough}`),
  };
}

/** Reciprocal rank fusion (Cormack, Clarke, Büttcher 2009) of several lists; one keeps its scores. */
function fused(lists: readonly List[]): string {
  const [only, ...others] = lists;
  if (only && others.length === 0) return `SELECT id, score FROM ${only.name}`;
  const ranked = lists.map(
    ({ name }) => `SELECT id, row_number() OVER (ORDER BY score DESC, id) AS rank FROM ${name}`,
  );
  return `SELECT id, sum(1::float8 / (${rankConstant} + rank)) AS score FROM (${ranked.join(' UNION ALL ')}) AS ranked GROUP BY id`;
}
