import { apiKeys, newApiKey } from '@aiwork/server';
import { tableFromIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { embedderOf, readJson, serveModels } from '../../test/service.fixture.ts';
import { createServedModels } from '../engine/served-models.ts';

const texts = ['rain', 'rain in the harbour', ''];
const long = 'the harbour master '.repeat(40);

/** The vectors that an embedder of its own gives for the texts. */
async function expectedVectors(): Promise<readonly (readonly number[])[]> {
  await using embedder = embedderOf();
  return (await embedder.embed(texts)).vectors.map((vector) => Array.from(vector));
}

describe('POST /embed', () => {
  it('gives vectors in the order of the texts, with what was read', async () => {
    const { post } = await serveModels();
    const response = await post('/embed', { texts: [...texts, long] });
    expect(response.status).toBe(200);
    const body = await readJson(response);
    expect(body).toMatchObject({
      model: 'small',
      dimensions: 32,
      truncated: [3],
      tokens: expect.any(Number),
    });
    expect(body.vectors.slice(0, 3)).toEqual(await expectedVectors());
  });

  it('gives numbers of 32 bits, little end first, to who accepts bytes', async () => {
    const { post } = await serveModels();
    const response = await post('/embed', { texts }, { accept: 'application/octet-stream' });
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(response.headers.get('x-embedding-dimensions')).toBe('32');
    expect(response.headers.get('x-embedding-truncated')).toBe('0');
    const bytes = Buffer.from(await response.arrayBuffer());
    const numbers = Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
    expect(numbers).toEqual((await expectedVectors()).flat());
  });

  it('gives a table of Arrow to who accepts one', async () => {
    const { post } = await serveModels();
    const accept = 'application/vnd.apache.arrow.stream';
    const response = await post('/embed', { texts: [...texts, long] }, { accept });
    expect(response.headers.get('content-type')).toBe(accept);
    const table = tableFromIPC(new Uint8Array(await response.arrayBuffer()));
    const vectors = [...(table.getChild('vector') ?? [])].map((vector) => [...vector]);
    expect(vectors.slice(0, 3)).toEqual(await expectedVectors());
    expect(table.schema.fields.map(String)).toEqual(['vector: FixedSizeList[32]<Float32>']);
    expect(table.schema.metadata.get('model')).toBe('small');
    expect(table.schema.metadata.get('truncated')).toBe('3');
  });

  it.each(['application/octet-stream', 'application/vnd.apache.arrow.stream', 'application/json'])(
    'gives no vectors for no texts as %s',
    async (accept) => {
      const { post } = await serveModels();
      const response = await post('/embed', { texts: [] }, { accept });
      expect(response.status).toBe(200);
      if (accept === 'application/octet-stream') expect((await response.arrayBuffer()).byteLength).toBe(0);
      else if (accept === 'application/json') expect((await readJson(response)).vectors).toEqual([]);
      else expect(tableFromIPC(new Uint8Array(await response.arrayBuffer())).numRows).toBe(0);
    },
  );

  it.each([
    ['no texts', {}, {}, 400, 'AIWORK_INVALID_ARGUMENT'],
    ['a text that is none', { texts: [1] }, {}, 400, 'AIWORK_INVALID_ARGUMENT'],
    ['what it does not know', { texts, model_name: 'small' }, {}, 400, 'AIWORK_INVALID_ARGUMENT'],
    ['an unknown kind', { texts, kind: 'qurey' }, {}, 400, 'AIWORK_INVALID_ARGUMENT'],
    ['an unknown model', { texts, model: 'large' }, {}, 404, 'AIWORK_UNKNOWN_MODEL'],
    ['a model that is a name of JavaScript', { texts, model: '__proto__' }, {}, 404, 'AIWORK_UNKNOWN_MODEL'],
    ['too many texts', { texts: Array(65).fill('a') }, {}, 413, 'AIWORK_LIMIT_EXCEEDED'],
    [
      'a text that must not be cut off',
      { texts: [long], overlong: 'refuse' },
      {},
      413,
      'AIWORK_LIMIT_EXCEEDED',
    ],
    ['a form there is none of', { texts }, { accept: 'image/png' }, 406, undefined],
  ])('refuses %s', async (_name, body, headers, status, code) => {
    const { post } = await serveModels();
    const response = await post('/embed', body, headers);
    expect([response.status, (await readJson(response)).code]).toEqual([status, code]);
  });

  it('says to come again later when there is too much to do', async () => {
    const gate = Promise.withResolvers<never>();
    const { createEmbedder } = await import('../engine/create-embedder.ts');
    const { countingEncoder } = await import('../engine/counting-encoder.fixture.ts');
    const busy = createEmbedder(countingEncoder({ encode: () => gate.promise }), { maxQueuedTokens: 1 });
    const { post } = await serveModels({ models: createServedModels({ busy }) });
    const first = post('/embed', { texts: ['rain'] });
    await expect.poll(() => busy.stats().queuedTokens).toBeGreaterThan(0);
    const refused = await post('/embed', { texts: ['harbour'] });
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    gate.reject(new Error('the test is over'));
    expect((await first).status).toBe(500);
  });

  it('works for nobody who has left', async () => {
    const gate = Promise.withResolvers<void>();
    const { encode } = (await import('../engine/counting-encoder.fixture.ts')).countingEncoder();
    const models = createServedModels({
      held: embedderOf({
        async encode(batch) {
          await gate.promise;
          return encode(batch);
        },
      }),
    });
    const { url, post } = await serveModels({ models });
    const first = post('/embed', { texts: ['first'] });
    await expect.poll(() => models.stats('held').queuedTokens).toBeGreaterThan(0);
    const before = models.stats('held').queuedTokens;
    const leaving = new AbortController();
    const second = fetch(`${url}/embed`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ texts: ['second'] }),
      signal: leaving.signal,
    });
    await expect.poll(() => models.stats('held').queuedTokens).toBeGreaterThan(before);
    leaving.abort();
    await expect(second).rejects.toThrow();
    await expect.poll(() => models.stats('held').queuedTokens).toBe(before);
    gate.resolve();
    expect((await first).status).toBe(200);
  });
});

it('lets others have a turn while many vectors are written as JSON', { timeout: 60_000 }, async () => {
  const { createEmbedder } = await import('../engine/create-embedder.ts');
  const { countingEncoder } = await import('../engine/counting-encoder.fixture.ts');
  const wide = countingEncoder({
    dimensions: 1024,
    encode: async (batch) => batch.map((_, i) => Float32Array.from({ length: 1024 }, (__, k) => (i + k) / 7)),
  });
  const { post } = await serveModels({ models: createServedModels({ wide: createEmbedder(wide) }) });
  const many = Array.from({ length: 1024 }, (_, i) => `text ${i}`);
  await post('/embed', { texts: many });
  let turns = 0;
  let isDone = false;
  const turn = () => {
    turns += 1;
    if (!isDone) setImmediate(turn);
  };
  setImmediate(turn);
  const response = await post('/embed', { texts: many });
  isDone = true;
  expect((await readJson(response)).vectors).toHaveLength(1024);
  expect(turns).toBeGreaterThan(1024 / 64);
});

describe('POST /similarity', () => {
  it('gives the cosines of texts to a query', async () => {
    const { post } = await serveModels();
    const response = await post('/similarity', {
      query: 'rain',
      texts: ['rain', 'rain in the harbour', long],
    });
    const { similarities, truncated, isQueryTruncated, model } = await readJson(response);
    expect({ model, truncated, isQueryTruncated }).toEqual({
      model: 'small',
      truncated: [2],
      isQueryTruncated: false,
    });
    expect(similarities[0]).toBeCloseTo(1, 5);
    expect(similarities[1]).toBeLessThan(1);
    expect(similarities).toHaveLength(3);
  });

  it('compares documents with a query, where a model embeds those in another way', async () => {
    const models = createServedModels({ asks: embedderOf({ prompts: { query: 'query: ' } }) });
    const { post } = await serveModels({ models });
    const response = await post('/similarity', { query: 'rain', texts: ['query: rain'] });
    expect((await readJson(response)).similarities[0]).toBeCloseTo(1, 5);
  });
});

describe('the service', () => {
  it('lets those use a model who may', async () => {
    const key = newApiKey();
    const auth = [apiKeys([{ ...key, id: 'ada', scopes: ['small:execute'] }])];
    const { post } = await serveModels({ auth });
    const as = (model: string) => post('/embed', { texts, model }, { 'x-api-key': key.key });
    expect((await post('/embed', { texts })).status).toBe(401);
    expect((await as('small')).status).toBe(200);
    expect((await as('other')).status).toBe(403);
  });

  it('tells of its models', async () => {
    const { url, getJson } = await serveModels();
    const { extensions } = await getJson('/info');
    expect(extensions.embeddings.models).toEqual([
      expect.objectContaining({
        name: 'small',
        id: 'counting-1',
        dimensions: 32,
        maxTokens: 64,
        maxTexts: 64,
      }),
      expect.objectContaining({ name: 'other', id: 'counting-2', maxTokens: 16 }),
    ]);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it('fails no request while a model is swapped', async () => {
    const { post, models } = await serveModels();
    let swapping = true;
    const statuses = new Set<number>();
    async function ask(): Promise<void> {
      for (let n = 0; swapping; n += 1) {
        const { status } = await post('/embed', { texts: [`text ${n}`] });
        statuses.add(status);
      }
    }
    const asking = [ask(), ask(), ask()];
    for (let round = 0; round < 10; round += 1) await models.swap('small', embedderOf());
    swapping = false;
    await Promise.all(asking);
    expect([...statuses]).toEqual([200]);
  });

  it('measures under the five names that are promised, and no other', async () => {
    const { url, post } = await serveModels();
    await post('/embed', { texts: ['rain'] });
    await post('/embed', { texts: ['rain'] });
    await post('/embed', { texts, model: 'large' });
    const body = await (await fetch(`${url}/metrics`)).text();
    expect([...body.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`)).toEqual([
      'embedding_request_duration_seconds histogram',
      'embedding_request_total counter',
      'embedding_errors_total counter',
      'embedding_cache_hits_total counter',
      'embedding_memory_usage_bytes gauge',
    ]);
    expect(body).toContain('embedding_request_total{route="/embed",model="small",status="200"} 2\n');
    expect(body).toContain('embedding_errors_total{route="/embed",model="",code="AIWORK_UNKNOWN_MODEL"} 1\n');
    expect(body).toContain('embedding_cache_hits_total{model="small"} 1\n');
    expect(body).toContain('embedding_request_duration_seconds_count{route="/embed",model="small"} 2\n');
    expect(Number(/^embedding_memory_usage_bytes (\d+)$/m.exec(body)?.[1])).toBeGreaterThan(1e7);
  });

  it('logs what was embedded, and nothing of the texts', async () => {
    const lines: string[] = [];
    const logger = { level: 'info', stream: { write: (line: string) => void lines.push(line) } };
    const { post } = await serveModels({ logger });
    await post('/embed', { texts: ['sk-live-51a7c0ffee', long] });
    await post('/embed', { texts: [{ key: 'sk-live-51a7c0ffee' }] });
    const logged = lines.map((line) => JSON.parse(line)).find(({ msg }) => msg === 'embedded');
    expect(logged).toMatchObject({ model: 'small', texts: 2, truncated: 1, reqId: expect.any(String) });
    expect(lines.join('')).not.toContain('51a7');
  });
});
