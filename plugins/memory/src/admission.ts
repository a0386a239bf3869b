import { type MemoryDoc, type MemoryQuery, UnsupportedCapabilityError } from '@aiwork/core';
import { admitVector, invalidArgument, isPlainObject, shown } from '@aiwork/core/adapter-kit';
import type { Weigh } from './fading.ts';
import { compileFilter } from './filter.ts';
import { frozenMetadata, type Metadata } from './metadata.ts';
import { limitExceeded } from './refusals.ts';
import type { Tolerance } from './related-words.ts';

const maxIdLength = 512;
const maxTopK = 1000;

function checkId(id: unknown, where: string): asserts id is string {
  if (typeof id !== 'string' || id === '') {
    throw invalidArgument(`${where} is ${shown(id)}: use a string of 1 to ${maxIdLength} characters`);
  }
  if (id.length > maxIdLength) {
    throw limitExceeded(
      `${where} has ${id.length} characters (UTF-16 code units), more than ${maxIdLength}: use a shorter id, such as a hash`,
    );
  }
  if (!id.isWellFormed()) {
    throw invalidArgument(`${where} has an unpaired surrogate: use a well-formed string`);
  }
}

function checkText(text: unknown, where: string, maxTextBytes: number): asserts text is string {
  if (typeof text !== 'string') throw invalidArgument(`${where} is ${shown(text)}: use a string`);
  // A UTF-16 code unit takes at most 3 bytes of UTF-8, so most texts need no measuring.
  if (text.length * 3 <= maxTextBytes) return;
  const bytes = Buffer.byteLength(text);
  if (bytes > maxTextBytes) {
    throw limitExceeded(
      `${where} has ${bytes} bytes, more than maxTextBytes (${maxTextBytes}): split it into smaller documents`,
    );
  }
}

/** What a memory takes. */
export interface Limits {
  readonly maxTextBytes: number;
  /** Of a vector; missing where vectors are not searched by. */
  readonly dimensions?: number | undefined;
}

const vectorRules = (dimensions: number | undefined) => ({
  dimensions,
  howToHaveVectors: 'make the memory with `vectors`',
});

/** A document that holds to the contract, as a frozen copy; its vector apart. */
export interface CheckedDoc {
  readonly doc: MemoryDoc;
  readonly vector: Float32Array | undefined;
}

export function admitDoc(doc: MemoryDoc, where: string, { maxTextBytes, dimensions }: Limits): CheckedDoc {
  if (typeof doc !== 'object' || doc === null) {
    throw invalidArgument(`${where} is ${shown(doc)}: use an object with \`id\` and \`text\``);
  }
  const { id, text, metadata, vector } = doc;
  checkId(id, `${where}.id`);
  checkText(text, `${where}.text`, maxTextBytes);
  const checked = admitVector(vector, `${where}.vector`, vectorRules(dimensions));
  if (metadata === undefined) return { doc: Object.freeze({ id, text }), vector: checked };
  const kept = frozenMetadata(metadata, `${where}.metadata`);
  return { doc: Object.freeze({ id, text, metadata: kept }), vector: checked };
}

export function admitDocs(docs: readonly MemoryDoc[], limits: Limits): CheckedDoc[] {
  if (!Array.isArray(docs)) throw invalidArgument(`docs is ${shown(docs)}: use an array of documents`);
  return docs.map((doc: MemoryDoc, i) => admitDoc(doc, `docs[${i}]`, limits));
}

export function admitIds(ids: readonly string[]): ReadonlySet<string> {
  if (!Array.isArray(ids)) throw invalidArgument(`ids is ${shown(ids)}: use an array of ids`);
  ids.forEach((id, i) => {
    checkId(id, `ids[${i}]`);
  });
  return new Set(ids);
}

/** What a query of this package's memories may say, beside what every memory takes. @since 0.1.0 */
export interface LocalMemoryQuery extends MemoryQuery {
  /**
   * What documents are found by: the words of `text`, or the vector (`vector`, or what the embedder makes of `text`).
   * Default: both, where both can be had; what they find becomes one list.
   */
  readonly by?: 'text' | 'vector';
  /** Which words are found, too: those that begin as one of the query's does, or that are misspelt. */
  readonly tolerance?: readonly Tolerance[];
  /** Only documents whose text has these words, one after the other. */
  readonly phrase?: string;
  /**
   * Multiplies the score of each of the best hits (100, or 4 · `topK`), before the best `topK` of them are taken. See
   * {@link fading}.
   */
  readonly weigh?: Weigh;
  /**
   * From 0 (default) to 1, how much hits are chosen for being unlike those before them (by their vectors), out of the
   * best 100, or 4 · `topK`. They come in the order they were chosen in.
   */
  readonly diversity?: number;
}

/** A query that holds to the contract, with its filter made a predicate. */
export interface AdmittedQuery {
  readonly text: string | undefined;
  readonly vector: Float32Array | undefined;
  readonly by: 'text' | 'vector' | undefined;
  readonly topK: number;
  readonly minScore: number | undefined;
  readonly tolerance: readonly Tolerance[];
  readonly phrase: string | undefined;
  readonly fits: ((metadata: Metadata | undefined) => boolean) | undefined;
  readonly weigh: Weigh | undefined;
  readonly diversity: number;
}

export function admitQuery(query: LocalMemoryQuery, { maxTextBytes, dimensions }: Limits): AdmittedQuery {
  if (!isPlainObject(query))
    throw invalidArgument(`the query is ${shown(query)}: use an object with \`text\` and \`topK\``);
  const { text, vector, topK, filter, minScore, by, weigh, diversity = 0 } = query as LocalMemoryQuery;
  const { tolerance = [], phrase } = query as LocalMemoryQuery;
  const checked = admitVector(vector, 'query.vector', vectorRules(dimensions));
  // A vector may stand alone; whoever gives none is told of the text.
  if (text !== undefined || checked === undefined) checkText(text, 'query.text', maxTextBytes);
  checkBy(by, { text, dimensions });
  checkTolerance(tolerance);
  if (phrase !== undefined) checkText(phrase, 'query.phrase', maxTextBytes);
  if (!Number.isInteger(topK) || topK < 1) {
    throw invalidArgument(`query.topK is ${shown(topK)}: use a whole number from 1 to ${maxTopK}`);
  }
  if (topK > maxTopK) throw limitExceeded(`query.topK is ${topK}, more than ${maxTopK}: ask for fewer hits`);
  if (minScore !== undefined && (typeof minScore !== 'number' || Number.isNaN(minScore))) {
    throw invalidArgument(`query.minScore is ${shown(minScore)}: use a number`);
  }
  if (weigh !== undefined && typeof weigh !== 'function')
    throw invalidArgument(`query.weigh is ${shown(weigh)}: use a function, such as \`fading(…)\` gives`);
  if (!(diversity >= 0 && diversity <= 1))
    throw invalidArgument(`query.diversity is ${shown(diversity)}: use a number from 0 to 1`);
  if (diversity > 0 && dimensions === undefined)
    throw new UnsupportedCapabilityError(
      'query.diversity is given, but this memory has no vectors: make it with `vectors`',
    );
  return {
    text,
    vector: checked,
    by,
    tolerance,
    phrase,
    topK,
    minScore,
    fits: filter === undefined ? undefined : compileFilter(filter),
    weigh,
    diversity,
  };
}

function checkTolerance(tolerance: unknown): void {
  if (Array.isArray(tolerance) && tolerance.every((kind) => kind === 'prefix' || kind === 'typos')) return;
  throw invalidArgument("query.tolerance is not one: use a list of 'prefix' and 'typos'");
}

function checkBy(
  by: LocalMemoryQuery['by'],
  { text, dimensions }: { readonly text: string | undefined; readonly dimensions: number | undefined },
): void {
  if (by === undefined) return;
  if (by !== 'text' && by !== 'vector')
    throw invalidArgument(`query.by is ${shown(by)}: use 'text' or 'vector'`);
  if (by === 'text' && text === undefined)
    throw invalidArgument("query.by is 'text', and query.text is missing");
  if (by === 'vector' && dimensions === undefined)
    throw new UnsupportedCapabilityError(
      "query.by is 'vector', but this memory has no vectors: make it with `vectors`",
    );
}
