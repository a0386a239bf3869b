import { type MemoryDoc, type MemoryQuery, UnsupportedCapabilityError } from '@aiwork/core';
import {
  admitVector,
  checkBytes,
  checkWellFormed,
  invalidArgument,
  isPlainObject,
  shown,
  toJsonText,
} from '@aiwork/core/adapter-kit';
import { storedJson, storedKey, storedText } from './stored-text.ts';

const maxIdLength = 512;
const maxTopK = 1000;
/** So few that its words, whatever they are, fit into what PostgreSQL indexes of a text: 1 MiB. */
export const maxTextBytes = 131_072;

/** A query of a memory in PostgreSQL. @since 0.1.0 */
export interface PostgresMemoryQuery extends MemoryQuery {
  /**
   * What documents are found by: the words of `text`, or the vector (`vector`, or what the embedder makes of `text`).
   * Default: both, where both can be had; what they find becomes one list.
   */
  readonly by?: 'text' | 'vector';
}

/** A document that holds to the contract, as it is kept. */
export interface AdmittedDoc {
  readonly id: string;
  /** As it was given, for an embedder. */
  readonly said: string;
  readonly text: string;
  readonly metadata: string | undefined;
  readonly vector: Float32Array | undefined;
}

function checkId(id: unknown, where: string): asserts id is string {
  checkWellFormed(id, where);
  if (id.length > maxIdLength)
    throw invalidArgument(
      `${where} has ${id.length} characters (UTF-16 code units), more than ${maxIdLength}: use a shorter id, such as a hash`,
    );
}

/** Says nothing of the text itself, which may be private. */
function checkText(text: unknown, where: string): asserts text is string {
  if (typeof text !== 'string') throw invalidArgument(`${where} is a ${typeof text}: use a string`);
  if (!text.isWellFormed())
    throw invalidArgument(`${where} has an unpaired surrogate: use a well-formed string`);
  checkBytes(text, where, 'maxTextBytes', maxTextBytes);
}

const vectorRules = (dimensions: number | undefined) => ({
  dimensions,
  howToHaveVectors: 'open a namespace with `vectors`',
});

function admitMetadata(metadata: unknown, where: string): string | undefined {
  if (metadata === undefined) return undefined;
  if (!isPlainObject(metadata)) throw invalidArgument(`${where} is ${shown(metadata)}: use a plain object`);
  const json = toJsonText(metadata, where);
  // JSON has no other escapes of surrogates: those in pairs stand for themselves.
  if (/(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(json))
    throw invalidArgument(`${where} has an unpaired surrogate: use well-formed strings`);
  return storedJson(json);
}

function admitDoc(doc: unknown, where: string, dimensions: number | undefined): AdmittedDoc {
  if (typeof doc !== 'object' || doc === null)
    throw invalidArgument(`${where} is ${shown(doc)}: use an object with \`id\` and \`text\``);
  const { id, text, metadata, vector } = doc as { readonly [K in keyof MemoryDoc]?: unknown };
  checkId(id, `${where}.id`);
  checkText(text, `${where}.text`);
  return {
    id: storedKey(id),
    said: text,
    text: storedText(text),
    metadata: admitMetadata(metadata, `${where}.metadata`),
    vector: admitVector(vector, `${where}.vector`, vectorRules(dimensions)),
  };
}

/**
 * The documents of a batch, of several with one id the last. They come in the order of their ids, so that those who write the
 * same ones at once wait for each other in one order, and never in a circle.
 */
export function admitDocs(docs: unknown, dimensions: number | undefined): readonly AdmittedDoc[] {
  if (!Array.isArray(docs)) throw invalidArgument(`docs is ${shown(docs)}: use an array of documents`);
  const admitted = docs.map((doc: unknown, i) => admitDoc(doc, `docs[${i}]`, dimensions));
  const byId = new Map(admitted.map((doc) => [doc.id, doc]));
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

export function admitIds(ids: unknown): readonly string[] {
  if (!Array.isArray(ids)) throw invalidArgument(`ids is ${shown(ids)}: use an array of ids`);
  return ids.map((id: unknown, i) => {
    checkId(id, `ids[${i}]`);
    return storedKey(id);
  });
}

/** A query that holds to the contract, but for its filter. */
export interface AdmittedQuery {
  readonly text: string | undefined;
  readonly vector: Float32Array | undefined;
  readonly by: 'text' | 'vector' | undefined;
  readonly topK: number;
  readonly minScore: number | undefined;
  readonly filter: unknown;
}

export function admitQuery(query: unknown, dimensions: number | undefined): AdmittedQuery {
  if (!isPlainObject(query))
    throw invalidArgument(`the query is ${shown(query)}: use an object with \`text\` and \`topK\``);
  const { text, vector, topK, filter, minScore, by } = query as {
    readonly [K in keyof PostgresMemoryQuery]?: unknown;
  };
  const checked = admitVector(vector, 'query.vector', vectorRules(dimensions));
  // A vector may stand alone; whoever gives none is told of the text.
  if (text !== undefined || checked === undefined) checkText(text, 'query.text');
  if (by !== undefined && by !== 'text' && by !== 'vector')
    throw invalidArgument(`query.by is ${shown(by)}: use 'text' or 'vector'`);
  if (by === 'text' && text === undefined)
    throw invalidArgument("query.by is 'text', and query.text is missing");
  if (by === 'vector' && dimensions === undefined)
    throw new UnsupportedCapabilityError(
      "query.by is 'vector', but this memory has no vectors: open a namespace with `vectors`",
    );
  if (typeof topK !== 'number' || !Number.isInteger(topK) || topK < 1 || topK > maxTopK)
    throw invalidArgument(`query.topK is ${shown(topK)}: use a whole number from 1 to ${maxTopK}`);
  if (minScore !== undefined && (typeof minScore !== 'number' || Number.isNaN(minScore)))
    throw invalidArgument(`query.minScore is ${shown(minScore)}: use a number`);
  return { text, vector: checked, by, topK, minScore, filter };
}
