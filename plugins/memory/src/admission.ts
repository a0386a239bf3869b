import { type MemoryDoc, type MemoryQuery, UnsupportedCapabilityError } from '@aiwork/core';
import { compileFilter } from './filter.ts';
import { frozenMetadata, type Metadata } from './metadata.ts';
import { invalidArgument, isPlainObject, limitExceeded, shown } from './refusals.ts';

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

function checkVector(vector: unknown, where: string): void {
  if (vector === undefined) return;
  throw new UnsupportedCapabilityError(
    `${where} is given, but this memory searches by words only: leave it out, or use a memory whose capabilities.search has 'vector'`,
  );
}

/** A frozen copy of a document that holds to the contract. */
export function admitDoc(doc: MemoryDoc, where: string, maxTextBytes: number): MemoryDoc {
  if (typeof doc !== 'object' || doc === null) {
    throw invalidArgument(`${where} is ${shown(doc)}: use an object with \`id\` and \`text\``);
  }
  const { id, text, metadata, vector } = doc;
  checkId(id, `${where}.id`);
  checkText(text, `${where}.text`, maxTextBytes);
  checkVector(vector, `${where}.vector`);
  if (metadata === undefined) return Object.freeze({ id, text });
  return Object.freeze({ id, text, metadata: frozenMetadata(metadata, `${where}.metadata`) });
}

export function admitDocs(docs: readonly MemoryDoc[], maxTextBytes: number): MemoryDoc[] {
  if (!Array.isArray(docs)) throw invalidArgument(`docs is ${shown(docs)}: use an array of documents`);
  return docs.map((doc: MemoryDoc, i) => admitDoc(doc, `docs[${i}]`, maxTextBytes));
}

export function admitIds(ids: readonly string[]): ReadonlySet<string> {
  if (!Array.isArray(ids)) throw invalidArgument(`ids is ${shown(ids)}: use an array of ids`);
  ids.forEach((id, i) => {
    checkId(id, `ids[${i}]`);
  });
  return new Set(ids);
}

/** A query that holds to the contract, with its filter made a predicate. */
export interface AdmittedQuery {
  readonly text: string;
  readonly topK: number;
  readonly minScore: number;
  readonly fits: ((metadata: Metadata | undefined) => boolean) | undefined;
}

export function admitQuery(query: MemoryQuery, maxTextBytes: number): AdmittedQuery {
  if (!isPlainObject(query))
    throw invalidArgument(`the query is ${shown(query)}: use an object with \`text\` and \`topK\``);
  const { text, vector, topK, filter, minScore = 0 } = query as MemoryQuery;
  checkVector(vector, 'query.vector');
  checkText(text, 'query.text', maxTextBytes);
  if (!Number.isInteger(topK) || topK < 1) {
    throw invalidArgument(`query.topK is ${shown(topK)}: use a whole number from 1 to ${maxTopK}`);
  }
  if (topK > maxTopK) throw limitExceeded(`query.topK is ${topK}, more than ${maxTopK}: ask for fewer hits`);
  if (typeof minScore !== 'number' || Number.isNaN(minScore)) {
    throw invalidArgument(`query.minScore is ${shown(minScore)}: use a number`);
  }
  return { text, topK, minScore, fits: filter === undefined ? undefined : compileFilter(filter) };
}
