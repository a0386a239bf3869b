import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createLexicalIndex, loadLexicalIndex } from './lexical-index.ts';
import { loadMemory } from './local-memory.ts';
import { decodeOpening, encodeOpening, type Opening, openingBytes } from './storage/opening.ts';
import type { Tokenizer } from './tokenizer.ts';
import { createTokenizer } from './tokenizer.ts';

const docs = [
  { id: '__proto__', text: 'lone \ud800 surrogate \u0000', metadata: JSON.parse('{"__proto__": {"x": 1}}') },
  { id: 'many', text: 'word '.repeat(1000) },
  { id: 'empty', text: '' },
  { id: 'cjk', text: '東京でラーメンを食べる', metadata: { tags: ['a'] } },
];

function snapshot(): Uint8Array {
  const index = createLexicalIndex({ ranking: { kind: 'bm25', k1: 0.9 } });
  index.upsert([{ id: 'gone', text: 'gone word' }, ...docs]);
  index.delete(['gone']);
  return index.toSnapshot();
}

/** Bytes whose checksums fit, as someone with ill intent would make them. */
function sealed(forged: Uint8Array, { directoryAt, directoryBytes }: Opening): Uint8Array {
  const bytes = Buffer.from(forged);
  const directory = bytes.subarray(directoryAt, directoryAt + directoryBytes);
  const parsed = parsedOrNothing(directory.toString());
  const columns = Object.values(parsed?.columns ?? {});
  for (const [i, column] of columns.entries()) {
    const end = columns[i + 1]?.[0] ?? directoryAt;
    column[2] = crc32(bytes.subarray(column[0], end));
  }
  const resealed = parsed ? Buffer.from(JSON.stringify(parsed)) : directory;
  const mark = bytes.subarray(28, 36);
  const opening = {
    directoryAt,
    directoryBytes: resealed.length,
    directoryCrc: crc32(resealed),
    mark,
  };
  return Buffer.concat([encodeOpening(opening), bytes.subarray(openingBytes, directoryAt), resealed]);
}

function parsedOrNothing(
  json: string,
): { readonly columns: Record<string, [number, number, number]> } | undefined {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const corrupt = (message: string) =>
  expect.objectContaining({ code: 'AIWORK_CORRUPT_DATA', message: expect.stringContaining(message) });

describe('snapshot', () => {
  it('brings back documents, scores and settings', () => {
    const loaded = loadLexicalIndex(snapshot());
    const fresh = createLexicalIndex({ ranking: { kind: 'bm25', k1: 0.9 } });
    fresh.upsert(docs);
    expect(loaded.size).toBe(4);
    for (const text of ['word', '東京', 'surrogate gone']) {
      expect(loaded.search({ text, topK: 9 })).toEqual(fresh.search({ text, topK: 9 }));
    }
  });

  it('can be changed after it was loaded', () => {
    const loaded = loadLexicalIndex(snapshot());
    loaded.upsert([{ id: 'many', text: 'replaced' }]);
    expect(loaded.search({ text: 'word', topK: 9 })).toEqual([]);
    expect(loaded.search({ text: 'replaced', topK: 9 }).map((hit) => hit.id)).toEqual(['many']);
  });

  it('of an empty index is an empty index', () => {
    expect(loadLexicalIndex(createLexicalIndex().toSnapshot()).size).toBe(0);
  });

  it('takes another ranking when it is loaded', () => {
    const loaded = loadLexicalIndex(snapshot(), { ranking: { kind: 'tfidf' } });
    expect(loaded.search({ text: 'word', topK: 1 })[0]?.score).toBeCloseTo(1, 8);
  });

  it('is indexed anew from its texts under another tokenizer', () => {
    const tokenizer: Tokenizer = {
      id: 'letters',
      tokenize: (text) => [...text].filter((letter) => letter === 'w'),
    };
    const loaded = loadLexicalIndex(snapshot(), { tokenizer });
    expect(loaded.search({ text: 'w', topK: 9 }).map((hit) => hit.id)).toEqual(['many']);
  });

  it('keeps the way diacritics were treated', () => {
    const index = createLexicalIndex({ tokenizer: createTokenizer({ diacritics: 'keep' }) });
    index.upsert([{ id: 'a', text: 'café' }]);
    expect(loadLexicalIndex(index.toSnapshot()).search({ text: 'cafe', topK: 1 })).toEqual([]);
  });

  it('asks for the tokenizer it was made with when that is not one of this package', () => {
    const index = createLexicalIndex({ tokenizer: { id: 'mine', tokenize: (text) => text.split(' ') } });
    expect(() => loadLexicalIndex(index.toSnapshot())).toThrow(
      expect.objectContaining({
        code: 'AIWORK_INVALID_ARGUMENT',
        message: expect.stringContaining('"mine"'),
      }),
    );
  });

  it('is refused wherever it is cut off', { timeout: 60_000 }, () => {
    const bytes = snapshot();
    for (let length = 0; length < bytes.length; length++) {
      expect(() => loadLexicalIndex(bytes.subarray(0, length))).toThrow(corrupt('the snapshot'));
    }
  });

  it('is refused whichever byte is changed', { timeout: 60_000 }, () => {
    const bytes = snapshot();
    for (let i = 0; i < bytes.length; i++) {
      const damaged = Uint8Array.from(bytes);
      damaged[i] = (damaged[i] as number) ^ 0x20;
      expect(() => loadLexicalIndex(damaged)).toThrow(corrupt('the snapshot'));
    }
  });

  it('of a newer version is refused with the advice to install a newer release', () => {
    const bytes = Buffer.from(snapshot());
    bytes.writeUInt32LE(4, 8);
    expect(() => loadLexicalIndex(bytes)).toThrow(
      corrupt(
        'has format version 4, and this release of @aiwork/memory reads up to 3: install a newer release',
      ),
    );
  });

  it('of version 1 is read', () => {
    const bytes = Buffer.from(
      'YWl3bWVtDQoBAAAAiAF7InJhbmtpbmciOnsia2luZCI6ImJtMjUiLCJrMSI6MC45LCJiIjowLjc1fSwidG9rZW5pemVyIjoiYWl3' +
        'b3JrLXdvcmRzLTE7ZGlhY3JpdGljcz1mb2xkO3VuaWNvZGU9MTcuMDtpY3U9NzguMyIsIndvcmRzIjozLCJkb2N1bWVudHMiOjJ9' +
        'ByJncmVlbiIFInRlYSIGIm1hdGUiG1sidGVhIiwiZ3JlZW4gdGVhIix7Im4iOjF9XQIAAQEBD1sibWF0ZSIsIm1hdGUiXQECAYd1' +
        'Kfu83mBO79l5q27K2/y8SsYynn72CFYQXsmqFHZF',
      'base64',
    );
    const [hit] = loadLexicalIndex(bytes).search({ text: 'tea', topK: 2 });
    expect(hit).toMatchObject({ id: 'tea', text: 'green tea', metadata: { n: 1 } });
  });

  it('of version 2 is read, with its vectors', async () => {
    await using memory = await loadMemory(version2);
    expect(memory.capabilities.dimensions).toBe(2);
    const near = await memory.search({ vector: Float32Array.of(2, -1), topK: 2 });
    expect(near).toEqual([{ id: 'tea', text: 'green tea', metadata: { n: 1 }, score: 3 }]);
    const [mate] = await memory.search({ text: 'mate', topK: 2 });
    expect(mate?.id).toBe('mate');
  });

  it('of version 2 is refused wherever it is cut off or changed', () => {
    for (let i = 0; i < version2.length; i++) {
      const damaged = Buffer.from(version2);
      damaged[i] = (damaged[i] as number) ^ 0x20;
      for (const bytes of [damaged, version2.subarray(0, i)])
        expect(() => loadLexicalIndex(bytes)).toThrow(corrupt('the snapshot'));
    }
  });

  it('is the same for the same content', () => {
    expect(snapshot()).toEqual(snapshot());
    const index = createLexicalIndex({ ranking: { kind: 'bm25', k1: 0.9 } });
    index.upsert(docs);
    expect(index.toSnapshot()).toEqual(loadLexicalIndex(index.toSnapshot()).toSnapshot());
  });

  it('has nothing of what was deleted before it was made', () => {
    const index = createLexicalIndex();
    index.upsert([
      { id: 'forgotten-id', text: 'unspeakable' },
      { id: 'a', text: 'kept' },
    ]);
    const again = loadLexicalIndex(index.toSnapshot());
    again.delete(['forgotten-id']);
    const bytes = Buffer.from(again.toSnapshot());
    for (const encoding of ['utf8', 'utf16le'] as const)
      for (const word of ['forgotten-id', 'unspeakable'])
        expect(bytes.includes(Buffer.from(word, encoding))).toBe(false);
    expect(bytes.includes('kept')).toBe(true);
  });

  it('is told from other files', () => {
    expect(() => loadLexicalIndex(Buffer.from('{"documents":[]}'))).toThrow(corrupt('is not a snapshot'));
  });

  it('with right checksums and changed content is refused or read, and no more', { timeout: 60_000 }, () => {
    const small = createLexicalIndex();
    small.upsert([{ id: 'many', text: 'word and word', metadata: { n: 1 } }]);
    const bytes = small.toSnapshot();
    const opening = decodeOpening(Buffer.from(bytes), 'it');
    for (let i = openingBytes; i < bytes.length; i++) {
      const forged = Uint8Array.from(bytes);
      forged[i] = (forged[i] as number) ^ 0x81;
      try {
        const index = loadLexicalIndex(sealed(forged, opening));
        index.search({ text: 'word', topK: 3 });
        index.upsert([{ id: 'many', text: 'word' }]);
        index.toSnapshot();
      } catch (error) {
        expect(error).toMatchObject({ name: expect.stringMatching('AiworkError') });
      }
    }
  });
});

const version2 = Buffer.from(
  'YWl3bWVtDQoCAAAAtgF7InJhbmtpbmciOnsia2luZCI6ImJtMjUiLCJrMSI6MC45LCJiIjowLjc1fSwidG9rZW5pemVyIjoiYWl3' +
    'b3JrLXdvcmRzLTE7ZGlhY3JpdGljcz1mb2xkO3VuaWNvZGU9MTcuMDtpY3U9NzguMyIsInZlY3RvcnMiOnsiZGltZW5zaW9ucyI6' +
    'Miwic2ltaWxhcml0eSI6ImRvdCJ9LCJ3b3JkcyI6MywiZG9jdW1lbnRzIjoyfQciZ3JlZW4iBSJ0ZWEiBiJtYXRlIhtbInRlYSIs' +
    'ImdyZWVuIHRlYSIseyJuIjoxfV0CAAEBAQEAAAA/AAAAwBRbIm1hdGUiLCJtYXRlIG1hdGUiXQECAgBqmZe9eTjdsWX3t3qisD/Q' +
    'c24MucCSUK+1MMVIV0zzRw==',
  'base64',
);
