import type { MemoryDoc } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { createLexicalIndex } from './lexical-index.ts';

const refusal = (code: string, message: string) =>
  expect.objectContaining({ code, outcome: 'not-applied', message: expect.stringContaining(message) });

function indexOf(...docs: MemoryDoc[]) {
  const index = createLexicalIndex();
  index.upsert(docs);
  return index;
}

describe('lexical index', () => {
  it('orders documents of equal score by id', () => {
    const index = indexOf(...['b', 'é', 'a', 'B', 'aa'].map((id) => ({ id, text: 'same words' })));
    expect(index.search({ text: 'same', topK: 4 }).map((hit) => hit.id)).toEqual(['B', 'a', 'aa', 'b']);
  });

  it('breaks ties by id whether ids share a prefix, differ late or hold wide characters', () => {
    const ids = Array.from(
      { length: 40 },
      (_, i) => `user/with/a/long/prefix/${i % 2 === 0 ? '日本' : 'x'}${i}`,
    );
    const index = indexOf(...ids.map((id) => ({ id, text: 'word' })), { id: 'z', text: 'word' });
    const expected = [...ids, 'z'].sort();
    expect(index.search({ text: 'word', topK: 100 }).map((hit) => hit.id)).toEqual(expected);
  });

  it('sees a tie that only comes up long after the hits it ties with', () => {
    const docs = Array.from({ length: 3000 }, (_, i) => ({
      id: `${9999 - i}`,
      text: i % 2 === 0 ? 'rare common' : 'common other',
    }));
    const index = indexOf(...docs);
    const expected = docs.filter((doc) => doc.text === 'rare common').map((doc) => doc.id);
    expect(index.search({ text: 'rare common', topK: 3 }).map((hit) => hit.id)).toEqual(
      expected.sort().slice(0, 3),
    );
  });

  it('gives fewer hits than asked for when fewer documents have a word of the query', () => {
    const index = indexOf({ id: 'a', text: 'one' }, { id: 'b', text: 'two' });
    expect(index.search({ text: 'one', topK: 10 })).toHaveLength(1);
  });

  it('leaves out hits below minScore and keeps one that is equal to it', () => {
    const index = indexOf({ id: 'a', text: 'one' }, { id: 'b', text: 'one two three' });
    const [best] = index.search({ text: 'one', topK: 2 });
    const minScore = best?.score as number;
    expect(index.search({ text: 'one', topK: 2, minScore }).map((hit) => hit.id)).toEqual(['a']);
  });

  it('replaces a document whole', () => {
    const index = indexOf({ id: 'a', text: 'old words', metadata: { v: 1 } });
    index.upsert([{ id: 'a', text: 'new text' }]);
    expect(index.search({ text: 'old', topK: 1 })).toEqual([]);
    expect(index.search({ text: 'new', topK: 1 })[0]).not.toHaveProperty('metadata');
    expect(index.size).toBe(1);
  });

  it('lets the last of two documents of one id in a batch win', () => {
    const index = indexOf({ id: 'a', text: 'first' }, { id: 'a', text: 'second' });
    expect(index.search({ text: 'first second', topK: 5 }).map((hit) => hit.text)).toEqual(['second']);
  });

  it('counts only documents that were there as deleted', () => {
    const index = indexOf({ id: 'a', text: 'x' }, { id: 'b', text: 'x' });
    expect(index.delete(['a', 'a', 'never'])).toBe(1);
    expect(index.search({ text: 'x', topK: 5 }).map((hit) => hit.id)).toEqual(['b']);
  });

  it('finds nothing, and no error, when it is empty or the query has no words', () => {
    expect(createLexicalIndex().search({ text: 'anything', topK: 1 })).toEqual([]);
    expect(indexOf({ id: 'a', text: 'x' }).search({ text: '…', topK: 1 })).toEqual([]);
  });

  it('keeps documents without words, which no query finds', () => {
    const index = indexOf({ id: 'empty', text: '' }, { id: 'emoji', text: '🎉' });
    expect(index.size).toBe(2);
    expect(index.search({ text: '🎉', topK: 1 })).toEqual([]);
  });

  it('finds no more words of a document after it forgot them, however often it is replaced', () => {
    const index = createLexicalIndex();
    for (let i = 0; i < 5000; i++) index.upsert([{ id: 'counter', text: `value${i} of the counter` }]);
    expect(index.search({ text: 'value4998', topK: 1 })).toEqual([]);
    expect(index.search({ text: 'value4999 counter', topK: 9 }).map((hit) => hit.id)).toEqual(['counter']);
    expect(index.toSnapshot().length).toBeLessThan(50_000);
  });

  it('does not let the caller change what is stored', () => {
    const given = { tags: ['kept'] };
    const index = indexOf({ id: 'a', text: 'word', metadata: given });
    given.tags.push('smuggled');
    const [hit] = index.search({ text: 'word', topK: 1 });
    expect(hit?.metadata).toEqual({ tags: ['kept'] });
    expect(Object.isFrozen(hit?.metadata) && Object.isFrozen(hit?.metadata?.['tags'])).toBe(true);
  });

  it('gives a text back as it was, unpaired surrogates and NUL included', () => {
    const text = 'word \u0000 \ud800 e\u0301 ﬁ';
    expect(indexOf({ id: 'a', text }).search({ text: 'word', topK: 1 })[0]?.text).toBe(text);
  });

  it.each(['__proto__', 'constructor', 'hasOwnProperty', '\u0000', '../../etc/passwd', '😀'.repeat(256)])(
    'takes %j for an id, a word and a metadata key like any other',
    (hostile) => {
      const metadata = JSON.parse(`{${JSON.stringify(hostile)}: "value"}`);
      const index = indexOf(
        { id: hostile, text: `${hostile} word`, metadata },
        { id: 'other', text: 'word' },
      );
      const filter = JSON.parse(`{${JSON.stringify(hostile)}: "value"}`);
      expect(index.search({ text: 'word', topK: 5, filter }).map((hit) => hit.id)).toEqual([hostile]);
      expect(Object.hasOwn(index.search({ text: 'word', topK: 1, filter })[0]?.metadata ?? {}, hostile)).toBe(
        true,
      );
      expect(index.delete([hostile])).toBe(1);
    },
  );

  it('finds words called like members of Object', () => {
    const index = indexOf({ id: 'a', text: 'the constructor and its prototype' });
    expect(index.search({ text: 'constructor', topK: 1 })).toHaveLength(1);
    expect(index.search({ text: 'valueOf', topK: 1 })).toEqual([]);
  });

  it('lets equal documents tie for a query that repeats a word a hundred thousand times', () => {
    const index = indexOf(
      { id: 'b', text: 'word' },
      { id: 'a', text: 'word' },
      { id: 'c', text: 'rare word' },
    );
    const hits = index.search({ text: `${'word '.repeat(100_000)} rare`, topK: 3 });
    expect(hits.map((hit) => hit.id)).toEqual(['a', 'b', 'c']);
    expect(hits[0]?.score).toBe(hits[1]?.score);
  });
});

describe('limits of the lexical index', () => {
  it('takes an id of 512 characters and refuses one more', () => {
    expect(indexOf({ id: 'x'.repeat(512), text: '' }).size).toBe(1);
    expect(() => indexOf({ id: 'x'.repeat(513), text: '' })).toThrow(
      refusal('AIWORK_LIMIT_EXCEEDED', 'docs[0].id has 513 characters'),
    );
  });

  it('takes a text of maxTextBytes and refuses one byte more', () => {
    const index = createLexicalIndex({ maxTextBytes: 4 });
    index.upsert([{ id: 'a', text: 'éé' }]);
    expect(() => index.upsert([{ id: 'a', text: 'ééx' }])).toThrow(
      refusal('AIWORK_LIMIT_EXCEEDED', 'docs[0].text has 5 bytes, more than maxTextBytes (4)'),
    );
    expect(index.search({ text: 'éé', topK: 1 })).toHaveLength(1);
    expect(() => index.search({ text: 'ééx', topK: 1 })).toThrow(
      refusal('AIWORK_LIMIT_EXCEEDED', 'query.text has 5 bytes'),
    );
  });

  it('takes metadata of 65,536 bytes of JSON and refuses one byte more', () => {
    const metadata = (bytes: number) => ({ x: 'y'.repeat(bytes - '{"x":""}'.length) });
    expect(indexOf({ id: 'a', text: '', metadata: metadata(65_536) }).size).toBe(1);
    expect(() => indexOf({ id: 'a', text: '', metadata: metadata(65_537) })).toThrow(
      refusal('AIWORK_LIMIT_EXCEEDED', 'docs[0].metadata has 65537 bytes'),
    );
  });

  it('gives up to 1000 hits and refuses to be asked for more', () => {
    const index = indexOf(...Array.from({ length: 1001 }, (_, i) => ({ id: `${i}`, text: 'x' })));
    expect(index.search({ text: 'x', topK: 1000 })).toHaveLength(1000);
    expect(() => index.search({ text: 'x', topK: 1001 })).toThrow(
      refusal('AIWORK_LIMIT_EXCEEDED', 'query.topK is 1001'),
    );
  });

  it.each([
    [{ id: '', text: '' }, 'docs[1].id is ""'],
    [{ id: 7, text: '' }, 'docs[1].id is 7'],
    [{ id: '\ud800', text: '' }, 'docs[1].id has an unpaired surrogate'],
    [{ id: 'b' }, 'docs[1].text is undefined'],
    [{ id: 'b', text: ['x'] }, 'docs[1].text is an array'],
    [null, 'docs[1] is null'],
  ])('refuses the batch with the document %j and applies none of it', (doc, message) => {
    const index = createLexicalIndex();
    expect(() => index.upsert([{ id: 'a', text: 'x' }, doc as MemoryDoc])).toThrow(
      refusal('AIWORK_INVALID_ARGUMENT', message),
    );
    expect(index.size).toBe(0);
  });

  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  it.each([
    [{ at: new Date(0) }, 'docs[0].metadata.at is not a plain object'],
    [{ list: [1, Number.NaN] }, 'docs[0].metadata.list[1] is NaN'],
    [{ f: () => 1 }, 'docs[0].metadata.f is a function'],
    [{ n: 1n }, 'docs[0].metadata.n is a bigint'],
    [{ m: new Map() }, 'docs[0].metadata.m is not a plain object'],
    [circle, 'or circular'],
    ['text', 'docs[0].metadata is not a plain object'],
  ])('refuses metadata that JSON would change', (metadata, message) => {
    expect(() => indexOf({ id: 'a', text: '', metadata: metadata as Record<string, unknown> })).toThrow(
      refusal('AIWORK_NOT_SERIALIZABLE', message),
    );
  });

  it('refuses vectors, which it does not search by', () => {
    const vector = new Float32Array(3);
    expect(() => indexOf({ id: 'a', text: '', vector })).toThrow(
      refusal('AIWORK_UNSUPPORTED_CAPABILITY', 'docs[0].vector'),
    );
    expect(() => indexOf().search({ text: 'x', vector, topK: 1 })).toThrow(
      refusal('AIWORK_UNSUPPORTED_CAPABILITY', 'query.vector'),
    );
  });

  it.each([
    [{ topK: 1 }, 'query.text is undefined'],
    [{ text: 'x', topK: 0 }, 'query.topK is 0'],
    [{ text: 'x', topK: 1.5 }, 'query.topK is 1.5'],
    [{ text: 'x', topK: '3' }, 'query.topK is "3"'],
    [{ text: 'x', topK: 1, minScore: Number.NaN }, 'query.minScore is NaN'],
    [{ text: 'x', topK: 1, filter: { $x: 1 } }, 'filter.$x is not a field'],
    [undefined, 'the query is undefined'],
  ])('refuses the query %j', (query, message) => {
    // biome-ignore lint/suspicious/noExplicitAny: what JavaScript callers may pass
    expect(() => indexOf().search(query as any)).toThrow(refusal('AIWORK_INVALID_ARGUMENT', message));
  });

  it.each([0, 1.5, -1, 2 ** 40, '9'])('refuses %j as maxTextBytes', (maxTextBytes) => {
    expect(() => createLexicalIndex({ maxTextBytes: maxTextBytes as number })).toThrow(
      refusal('AIWORK_INVALID_ARGUMENT', 'maxTextBytes'),
    );
  });

  it('refuses a tokenizer that is none', () => {
    // @ts-expect-error a function is not a tokenizer
    expect(() => createLexicalIndex({ tokenizer: (text: string) => text.split(' ') })).toThrow(
      refusal('AIWORK_INVALID_ARGUMENT', 'tokenizer'),
    );
  });

  it.each([
    ['throws', () => JSON.parse('no rules'), 'the tokenizer "mine" failed: '],
    ['gives no array', (text: string) => text, 'the tokenizer "mine" gave "two": return an array'],
    ['gives what is not a string', () => ['fine', 7], 'the tokenizer "mine" gave 7 as a term'],
  ])('says so when a tokenizer %s, and keeps what was there', (_what, tokenize, message) => {
    let broken = false;
    const index = createLexicalIndex({
      tokenizer: { id: 'mine', tokenize: (text) => (broken ? (tokenize(text) as string[]) : [text]) },
    });
    index.upsert([{ id: 'a', text: 'one' }]);
    broken = true;
    expect(() => index.upsert([{ id: 'a', text: 'two' }])).toThrow(
      refusal('AIWORK_INVALID_ARGUMENT', message),
    );
    broken = false;
    expect(index.search({ text: 'one', topK: 2 }).map((hit) => hit.id)).toEqual(['a']);
  });
});
