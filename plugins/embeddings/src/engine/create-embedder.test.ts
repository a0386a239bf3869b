import { AiworkError } from '@aiwork/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { countingEncoder } from './counting-encoder.fixture.ts';
import { createEmbedder, type EmbedderOptions } from './create-embedder.ts';
import type { Encoder } from './encoder.ts';

function open(options: EmbedderOptions = {}, changes: Partial<Encoder> = {}) {
  const encoder = countingEncoder(changes);
  const embedder = createEmbedder(encoder, options);
  onTestFinished(() => embedder.close());
  return { embedder, encoder };
}

/** An encoder that gives nothing until it is let go on. */
function heldEncoder() {
  const gate = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const correct = countingEncoder();
  const encode: Encoder['encode'] = async (batch) => {
    started.resolve();
    await gate.promise;
    return correct.encode(batch);
  };
  return { encode, started: started.promise, go: gate.resolve, batches: correct.batches };
}

describe('batches', () => {
  it('are made of the texts of all calls that came while the model was busy', async () => {
    const held = heldEncoder();
    const { embedder } = open({}, { encode: held.encode });
    const first = embedder.embed(['first']);
    await held.started;
    const { queuedTokens } = embedder.stats();
    const calls = ['one', 'two', 'six'].map((text) => embedder.embed([text]));
    await expect.poll(() => embedder.stats().queuedTokens).toBeGreaterThanOrEqual(queuedTokens + 12);
    held.go();
    await Promise.all([first, ...calls]);
    expect(held.batches.map(({ length }) => length)).toEqual([1, 3]);
  });

  it('are made of texts of about one length', async () => {
    const { embedder, encoder } = open();
    const long = 'the harbour master wrote down every ship';
    await embedder.embed(['a', long, 'b', `${long}.`, 'c']);
    expect(encoder.batches.map((lengths) => lengths.length)).toEqual([3, 2]);
  });

  it('are made of a small call before the rest of a large one that came first', async () => {
    const held = heldEncoder();
    const { embedder } = open({ maxBatchTokens: 64 }, { encode: held.encode });
    const large = embedder.embed(Array.from({ length: 200 }, (_, i) => `harbour ${i}`));
    await held.started;
    const before = embedder.stats().queuedTokens;
    const small = embedder.embed(['rain']).then(() => held.batches.length);
    await expect.poll(() => embedder.stats().queuedTokens).toBeGreaterThan(before);
    held.go();
    expect(await small).toBeLessThan(5);
    await large;
    expect(held.batches.length).toBeGreaterThan(20);
  });

  it('do not wait for more texts while the model is free', async () => {
    const { embedder, encoder } = open();
    await embedder.embed(['alone']);
    expect(encoder.batches.map(({ length }) => length)).toEqual([1]);
  });

  it('are not more at a time than the model takes', async () => {
    let running = 0;
    let most = 0;
    const { encode } = countingEncoder();
    const { embedder } = open(
      { maxBatchTokens: 8 },
      {
        concurrency: 2,
        async encode(batch) {
          running += 1;
          most = Math.max(most, running);
          const vectors = await encode(batch);
          running -= 1;
          return vectors;
        },
      },
    );
    await embedder.embed(Array.from({ length: 40 }, (_, i) => `text ${i}`));
    expect(most).toBe(2);
  });

  it('are no larger than what leaves the model nothing to do beside them', async () => {
    const { embedder, encoder } = open({}, { concurrency: 2 });
    await embedder.embed(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(encoder.batches.map(({ length }) => length)).toEqual([3, 3]);
  });

  it('that fail take no other along, and the texts can be asked for again', async () => {
    let fails = true;
    const { encode } = countingEncoder();
    const failure = new AiworkError('AIWORK_STORE_FAILED', 'out of memory', { retryable: true });
    const { embedder } = open({}, { encode: (batch) => (fails ? Promise.reject(failure) : encode(batch)) });
    await expect(embedder.embed(['rain'])).rejects.toBe(failure);
    fails = false;
    expect((await embedder.embed(['rain'])).vectors).toHaveLength(1);
  });

  it('are of the texts that were given, whatever becomes of the list', async () => {
    const { embedder } = open();
    const texts = ['rain', 'harbour'];
    const call = embedder.embed(texts);
    texts.length = 0;
    expect((await call).vectors).toHaveLength(2);
  });

  it('of which vectors are missing are an error, and not silence', async () => {
    const { embedder } = open({}, { encode: async () => [] });
    await expect(embedder.embed(['rain'])).rejects.toThrow('the model gave 0 vectors for 1 texts');
  });
});

describe('a text that comes again', () => {
  it('is embedded once while it is kept', async () => {
    const { embedder, encoder } = open();
    await embedder.embed(['rain', 'rain']);
    await embedder.embed(['rain']);
    expect(encoder.batches.flat()).toHaveLength(1);
    expect(embedder.stats()).toMatchObject({ cacheHits: 1, cacheEntries: 1, queuedTokens: 0 });
  });

  it('is embedded once while it is being embedded', async () => {
    const held = heldEncoder();
    const { embedder } = open({}, { encode: held.encode });
    const calls = [embedder.embed(['rain']), embedder.embed(['rain'])];
    await held.started;
    held.go();
    const [one, other] = await Promise.all(calls);
    expect(one).toEqual(other);
    expect(held.batches.flat()).toHaveLength(1);
  });

  it('is embedded once for many calls at once, also where nothing is kept', async () => {
    const held = heldEncoder();
    const { embedder } = open({ cacheEntries: 0 }, { encode: held.encode });
    const first = embedder.embed(['rain']);
    await held.started;
    const others = Array.from({ length: 50 }, () => embedder.embed(['rain']));
    const later = embedder.embed(['harbour']);
    await expect.poll(() => embedder.stats().queuedTokens).toBeGreaterThan(5);
    held.go();
    await Promise.all([first, ...others, later]);
    expect(held.batches.flat().length).toBeLessThan(20);
  });

  it('is another one as a query, where the model has another prompt for it', async () => {
    const { embedder, encoder } = open({}, { prompts: { query: 'query: ' } });
    await embedder.embed(['rain']);
    await embedder.embed(['rain'], { kind: 'query' });
    expect(encoder.batches).toHaveLength(2);
  });

  it('is embedded again when others have taken its place', async () => {
    const { embedder, encoder } = open({ cacheEntries: 2 });
    for (const text of ['a', 'b', 'c', 'a']) await embedder.embed([text]);
    expect(encoder.batches).toHaveLength(4);
    expect(embedder.stats().cacheEntries).toBe(2);
  });

  it('is kept up to a number of bytes, whatever the texts', async () => {
    const { embedder } = open({ cacheBytes: 20_000 });
    for (let i = 0; i < 50; i += 1) await embedder.embed([`${i} `.repeat(100)]);
    const { cacheBytes, cacheEntries } = embedder.stats();
    expect(cacheBytes).toBeLessThanOrEqual(20_000);
    expect(cacheEntries).toBeGreaterThan(5);
  });
});

describe('too much to do', () => {
  it('is refused as retryable, and taken again when there is room', async () => {
    const held = heldEncoder();
    const { embedder } = open({ maxQueuedTokens: 8, cacheEntries: 0 }, { encode: held.encode });
    const first = embedder.embed(['a text that takes more than eight tokens']);
    await held.started;
    await expect(embedder.embed(['rain'])).rejects.toMatchObject({
      code: 'AIWORK_OVERLOADED',
      retryable: true,
      retryAfterMs: expect.any(Number),
    });
    held.go();
    await first;
    expect((await embedder.embed(['rain'])).vectors).toHaveLength(1);
  });

  it('is refused when it has come while texts were made into tokens', async () => {
    const held = heldEncoder();
    const { embedder } = open({ maxQueuedTokens: 8, cacheEntries: 0 }, { encode: held.encode });
    const calls = Array.from({ length: 20 }, (_, i) => embedder.embed([`harbour number ${i}`]));
    const ended = Promise.allSettled(calls);
    await held.started;
    await expect(embedder.embed(['rain'])).rejects.toMatchObject({ code: 'AIWORK_OVERLOADED' });
    expect(embedder.stats().queuedTokens).toBeLessThan(40);
    held.go();
    const refused = (await ended).filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(10);
  });

  it('is not made more by what is known', async () => {
    const held = heldEncoder();
    held.go();
    const { embedder } = open({ maxQueuedTokens: 8 }, { encode: held.encode });
    await embedder.embed(['rain']);
    const first = embedder.embed(['a text that takes more than eight tokens']);
    expect((await embedder.embed(['rain'])).vectors).toHaveLength(1);
    await first;
  });
});

describe('a call that is aborted', () => {
  it('takes its texts out of the queue', async () => {
    const held = heldEncoder();
    const { embedder } = open({ maxBatchTokens: 4, cacheEntries: 0 }, { encode: held.encode });
    const first = embedder.embed(['rain']);
    await held.started;
    const leaving = new AbortController();
    const second = embedder.embed(['harbour'], { signal: leaving.signal });
    await expect.poll(() => embedder.stats().queuedTokens).toBeGreaterThan(5);
    leaving.abort(new Error('the user left'));
    await expect(second).rejects.toMatchObject({ code: 'AIWORK_CANCELLED' });
    held.go();
    await first;
    expect(held.batches).toHaveLength(1);
    expect(embedder.stats().queuedTokens).toBe(0);
  });

  it('leaves a text to those who wait for it, too', async () => {
    const held = heldEncoder();
    const { embedder } = open({}, { encode: held.encode });
    const leaving = new AbortController();
    const [left, stayed] = [embedder.embed(['rain'], { signal: leaving.signal }), embedder.embed(['rain'])];
    await held.started;
    leaving.abort();
    held.go();
    await expect(left).rejects.toMatchObject({ code: 'AIWORK_CANCELLED' });
    expect((await stayed).vectors).toHaveLength(1);
  });
});

it.each([
  ['maxTexts', { maxTexts: 0 }],
  ['maxBatchTokens', { maxBatchTokens: 1.5 }],
  ['maxQueuedTokens', { maxQueuedTokens: -1 }],
  ['cacheEntries', { cacheEntries: -1 }],
  ['cacheBytes', { cacheBytes: Number.NaN }],
])('refuses a wrong %s', (name, options) => {
  expect(() => createEmbedder(countingEncoder(), options)).toThrow(name);
});
