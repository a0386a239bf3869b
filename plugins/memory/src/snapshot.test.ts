import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createLexicalIndex, loadLexicalIndex } from './lexical-index.ts';
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

/** Bytes with a checksum that fits, as someone with ill intent would make them. */
function sealed(bytes: Uint8Array): Uint8Array {
  const body = bytes.subarray(0, -32);
  return Buffer.concat([body, createHash('sha256').update(body).digest()]);
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

  it('is refused wherever it is cut off', () => {
    const bytes = snapshot();
    for (let length = 0; length < bytes.length; length++) {
      expect(() => loadLexicalIndex(bytes.subarray(0, length))).toThrow(corrupt('the snapshot'));
    }
  });

  it('is refused whichever byte is changed', () => {
    const bytes = snapshot();
    for (let i = 0; i < bytes.length; i++) {
      const damaged = Uint8Array.from(bytes);
      damaged[i] = (damaged[i] as number) ^ 0x20;
      expect(() => loadLexicalIndex(damaged)).toThrow(corrupt('the snapshot'));
    }
  });

  it('of a newer version is refused with the advice to install a newer release', () => {
    const bytes = Buffer.from(snapshot());
    bytes.writeUInt32LE(3, 8);
    expect(() => loadLexicalIndex(bytes)).toThrow(
      corrupt(
        'has format version 3, and this release of @aiwork/memory reads up to 2: install a newer release',
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

  it('is told from other files', () => {
    expect(() => loadLexicalIndex(Buffer.from('{"documents":[]}'))).toThrow(corrupt('is not a snapshot'));
  });

  it('with a right checksum and changed content is refused or read, and never does anything else', () => {
    const bytes = snapshot();
    for (let i = 12; i < bytes.length - 32; i++) {
      const forged = Uint8Array.from(bytes);
      forged[i] = (forged[i] as number) ^ 0x81;
      try {
        loadLexicalIndex(sealed(forged)).search({ text: 'word', topK: 3 });
      } catch (error) {
        expect(error).toMatchObject({ name: expect.stringMatching('AiworkError') });
      }
    }
  });
});
