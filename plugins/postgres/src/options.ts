import type { ConnectionOptions } from 'node:tls';
import type { Embedder } from '@aiwork/core';
import { checkWellFormed, invalidArgument, shown, vectorDimensions } from '@aiwork/core/adapter-kit';

/** How to reach PostgreSQL. @since 0.1.0 */
export interface PostgresConnectionOptions {
  /**
   * `postgres://user:password@host:port/database`, with parameters such as `sslmode` and `application_name`. Default: what
   * `PGHOST`, `PGPORT`, `PGUSER`, `PGPASSWORD` and `PGDATABASE` say.
   */
  readonly url?: string;
  /** TLS with these options of Node.js, such as `{ ca }`; it comes before `sslmode` of the URL. */
  readonly tls?: Readonly<ConnectionOptions>;
  /** Most connections at once. Default 10. */
  readonly maxConnections?: number;
  /** How long one attempt to connect may take, in milliseconds. Default 5000. */
  readonly connectTimeoutMs?: number;
  /**
   * How long a call may take, waiting for a connection included, in milliseconds; the server gives up a statement a little
   * before. Default 30,000.
   */
  readonly commandTimeoutMs?: number;
}

/** How documents are found by vector, with the extension pgvector. @since 0.1.0 */
export interface PostgresVectorOptions {
  /** Numbers in a vector, 1 to 16,000. Default: as many as the embedder gives. */
  readonly dimensions?: number;
  /** Makes the vectors of documents that come without one, and of queries. Without it, callers give them. */
  readonly embedder?: Embedder;
  /** Default `'cosine'`. */
  readonly similarity?: 'cosine' | 'dot';
  /**
   * `'exact'` (default): the nearest, for certain; every vector is looked at. `'approximate'`: through an HNSW index of
   * pgvector 0.8 or newer, for up to 2000 dimensions.
   */
  readonly search?: 'exact' | 'approximate';
}

/** @since 0.1.0 */
export interface PostgresMemoryOptions extends PostgresConnectionOptions {
  /** Keeps apart those who share a database: each namespace has a table of its own. Default `default`. */
  readonly namespace?: string;
  /**
   * The text search configuration that cuts texts into words: `simple` (default) takes words as they are, `english`,
   * `german` … know stop words and stems, and there may be your own. It is fixed when a namespace is made.
   */
  readonly language?: string;
  /** Searching by vector, too. Left out, vectors are refused, and pgvector is not needed. Fixed as `language` is. */
  readonly vectors?: PostgresVectorOptions;
}

/** Options with every default filled in. */
export interface Settings {
  readonly namespace: string;
  readonly language: string;
  readonly vectors: VectorSettings | undefined;
}

export interface VectorSettings {
  readonly dimensions: number;
  readonly embedder: Embedder | undefined;
  readonly similarity: 'cosine' | 'dot';
  readonly search: 'exact' | 'approximate';
}

const maxDimensions = 16_000;
const maxIndexedDimensions = 2000;

export function settingsFrom(options: PostgresMemoryOptions): Settings {
  const { namespace = 'default', language = 'simple', vectors } = options;
  checkWellFormed(namespace, 'namespace');
  if (namespace.length > 200)
    throw invalidArgument(`namespace has ${namespace.length} characters: use 200 at most`);
  checkWellFormed(language, 'language');
  return { namespace, language, vectors: vectors && vectorSettingsFrom(vectors) };
}

function vectorSettingsFrom(options: PostgresVectorOptions): VectorSettings {
  const { embedder, similarity = 'cosine', search = 'exact' } = options;
  if (similarity !== 'cosine' && similarity !== 'dot')
    throw invalidArgument(`vectors.similarity is ${shown(similarity)}: use 'cosine' or 'dot'`);
  if (search !== 'exact' && search !== 'approximate')
    throw invalidArgument(`vectors.search is ${shown(search)}: use 'exact' or 'approximate'`);
  const dimensions = vectorDimensions(options, maxDimensions);
  if (search === 'approximate' && dimensions > maxIndexedDimensions)
    throw invalidArgument(
      `vectors.search is 'approximate' for ${dimensions} dimensions: an index of pgvector takes ${maxIndexedDimensions} at most, so use 'exact' or a model with fewer`,
    );
  return { dimensions, embedder, similarity, search };
}

/** A whole number from 1 up to what timers can count. */
export function countOption(value: number | undefined, name: string, standard: number): number {
  if (value === undefined) return standard;
  if (Number.isInteger(value) && value > 0 && value <= 0x7fff_ffff) return value;
  throw invalidArgument(`${name} is ${shown(value)}: give a whole number greater than 0`);
}
