import type { MemoryDoc } from '@aiwork/core';

/** Documents by ordinal. */
export interface DocColumn {
  readonly length: number;
  push(doc: MemoryDoc): number;
  /** `undefined` once dropped. */
  at(ordinal: number): MemoryDoc | undefined;
  drop(ordinal: number): void;
  /** What {@link docJson} makes of it. */
  json(ordinal: number): Uint8Array;
}

/** Documents in a file, which are made when they are first asked for. */
export interface StoredDocs {
  readonly length: number;
  json(ordinal: number): Uint8Array;
  /** @throws AiworkError `AIWORK_CORRUPT_DATA` when it is none. */
  decode(ordinal: number): MemoryDoc;
}

/** A document without its id, as JSON: so that any string survives. */
export function docJson({ text, metadata }: MemoryDoc): Uint8Array {
  return Buffer.from(JSON.stringify(metadata === undefined ? [text] : [text, metadata]));
}

const dropped = null;

export function createDocColumn(stored?: StoredDocs): DocColumn {
  const storedLength = stored?.length ?? 0;
  /** `undefined`: stored, and not asked for yet. */
  const docs: (MemoryDoc | typeof dropped | undefined)[] = new Array(storedLength).fill(undefined);

  function at(ordinal: number): MemoryDoc | undefined {
    const known = docs[ordinal];
    if (known === dropped) return undefined;
    if (known !== undefined || stored === undefined || ordinal >= storedLength) return known;
    const doc = stored.decode(ordinal);
    docs[ordinal] = doc;
    return doc;
  }

  return {
    get length() {
      return docs.length;
    },
    push: (doc) => docs.push(doc) - 1,
    at,
    drop(ordinal) {
      docs[ordinal] = dropped;
    },
    json(ordinal) {
      if (stored !== undefined && ordinal < storedLength) return stored.json(ordinal);
      return docJson(at(ordinal) as MemoryDoc);
    },
  };
}
