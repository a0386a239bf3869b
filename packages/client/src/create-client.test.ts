import { inspect } from 'node:util';
import { hasCode } from '@aiwork/core';
import { apiKeys, newApiKey } from '@aiwork/server';
import { describe, expect, it } from 'vitest';
import { ClientError } from './client-error.ts';
import { createClient } from './create-client.ts';
import { gate, serve, serveThroughLink } from './server.fixture.ts';

describe('execute', () => {
  it('gives the output', async () => {
    const { client } = await serve();
    expect(await client.execute('double', 21)).toBe(42);
  });

  it('gives what comes nearest in JSON to an output that JSON has no words for', async () => {
    const { client } = await serve();
    gate.open.resolve();
    expect(await client.execute('talk', 1)).toEqual([['words', 1]]);
  });

  it('waits for longer than the server lets one wait', async () => {
    const { client } = await serve({ maxWaitMs: 10 });
    const output = client.execute('talk', 1);
    const [execution] = await untilListed(client);
    expect(execution?.status).not.toBe('succeeded');
    gate.open.resolve();
    expect(await output).toEqual([['words', 1]]);
  });

  it('rejects with what the execution failed with', async () => {
    const { client } = await serve();
    const error = await client.execute('broken').catch((error: unknown) => error);
    expect(error).toMatchObject({
      name: 'ClientError',
      code: 'AIWORK_STEP_FAILED',
      message: expect.stringContaining('the disk is full'),
      stepId: 'broken',
      execution: { unit: 'broken', status: 'failed' },
    });
    expect(hasCode(error, 'AIWORK_STEP_FAILED'), "core's own functions know it").toBe(true);
  });

  it('points at the fields that were refused', async () => {
    const { client } = await serve();
    const input = { name: 1, n: 1.5 } as never;
    await expect(client.execute('ask', input)).rejects.toMatchObject({
      code: 'AIWORK_INVALID_INPUT',
      status: 422,
      outcome: 'not-applied',
      retryable: false,
      fields: [{ pointer: '/input/name' }, { pointer: '/input/n' }],
    });
  });

  it('sends tags, and starts one run for one key', async () => {
    const { client } = await serve();
    const options = { tags: ['t'], idempotencyKey: 'order 4711' };
    await Promise.all([1, 2, 3].map(() => client.execute('double', 2, options)));
    const executions = await Array.fromAsync(client.list({ tag: 't' }));
    expect(executions).toMatchObject([{ unit: 'double', tags: ['sums', 't'] }]);
    await client.execute('double', 2, { tags: ['t'] });
    expect(await Array.fromAsync(client.list({ tag: 't' }))).toHaveLength(2);
  });

  it('says of an input that JSON cannot hold where the trouble is, before it is sent', async () => {
    const { client } = await serve();
    await expect(client.execute('broken', { n: 1n })).rejects.toMatchObject({
      code: 'AIWORK_NOT_SERIALIZABLE',
      outcome: 'not-applied',
    });
  });

  it('is given up when its signal aborts, and the execution goes on', async () => {
    const { client } = await serve();
    const stopping = new AbortController();
    const output = client.execute('talk', 1, { signal: stopping.signal });
    const [execution] = await untilListed(client);
    stopping.abort(new Error('no time'));
    await expect(output).rejects.toMatchObject({ code: 'AIWORK_CANCELLED', cause: new Error('no time') });
    gate.open.resolve();
    expect(await client.execution<'talk'>(execution?.executionId ?? '').result()).toEqual([['words', 1]]);
  });
});

describe('a call whose answer is lost on its way', () => {
  it('is made again, and what it starts or delivers is there once', async () => {
    const { far, link, orchestrator } = await serveThroughLink();
    await link.dropNextReply();
    const asked = await far.start('ask', { name: 'Ada', n: 1 });
    expect(link.dropped()).toBe(true);
    await link.dropNextReply();
    await asked.signal('may', { yes: true });
    expect(link.dropped()).toBe(true);
    await link.dropNextReply();
    expect(await far.execute('double', 21)).toBe(42);
    expect(link.dropped()).toBe(true);
    await link.dropNextReply();
    expect(await asked.result()).toBe(true);
    expect(link.dropped()).toBe(true);

    expect((await orchestrator.list()).items.map(({ unitId }) => unitId)).toEqual(['double', 'ask']);
    const events = await Array.fromAsync(orchestrator.events(asked.id));
    const deliveries = events.filter((event) => event.type === 'signal.received');
    // The engine takes those with one key for one.
    expect(new Set(deliveries.map(({ idempotencyKey = Symbol() }) => idempotencyKey)).size).toBe(1);
  });

  it('repeats an execution once', async () => {
    const { far, link, orchestrator } = await serveThroughLink();
    const first = await far.start('double', 1);
    await first.result();
    await link.dropNextReply();
    const again = await first.rerun();
    expect(await again.result()).toBe(2);
    expect((await orchestrator.list()).items.map(({ id }) => id)).toEqual([again.id, first.id]);
    const [one, same] = [
      await first.rerun({ idempotencyKey: 'k' }),
      await first.rerun({ idempotencyKey: 'k' }),
    ];
    expect(same.id).toBe(one.id);
  });
});

describe('a handle', () => {
  it('tells what an execution waits for, answers it, and gives the output', async () => {
    const { client } = await serve();
    const asked = await client.start('ask', { name: 'Ada', n: 1 });
    await expect
      .poll(() => asked.status())
      .toMatchObject({ status: 'waiting', waitingFor: [{ step: 'may', prompt: 'May Ada?' }] });
    await expect(asked.signal('may', { yes: 1 })).rejects.toMatchObject({
      code: 'AIWORK_INVALID_INPUT',
    });
    await asked.signal('may', { yes: true });
    expect(await asked.result()).toBe(true);
    expect(await asked.result(), 'of one that is over').toBe(true);
  });

  it('cancels', async () => {
    const { client } = await serve();
    const talk = await client.start('talk', 1);
    await talk.cancel({ reason: 'enough said' });
    await expect(talk.result()).rejects.toMatchObject({
      code: 'AIWORK_CANCELLED',
      execution: { status: 'cancelled' },
    });
  });

  it('runs the same once more, and goes on with what is over already', async () => {
    const { client } = await serve();
    const first = await client.start('double', 4);
    expect(await first.result()).toBe(8);
    const again = await first.rerun();
    expect(again.id).not.toBe(first.id);
    expect(await again.result()).toBe(8);
    expect(await again.status()).toMatchObject({ rerunOf: first.id });
    expect(await again.resume()).toMatchObject({ executionId: again.id, status: 'succeeded' });
  });

  it('says so of an execution that there is not', async () => {
    const { client } = await serve();
    const none = client.execution('a/b?c');
    const expected = { code: 'AIWORK_RUN_NOT_FOUND', status: 404 };
    await expect(none.status()).rejects.toMatchObject(expected);
    await expect(none.result()).rejects.toMatchObject(expected);
    await expect(Array.fromAsync(none)).rejects.toMatchObject(expected);
  });
});

describe('a client', () => {
  it('lists executions page after page, and what is served', async () => {
    const { client } = await serve();
    for (const n of [1, 2, 3, 4, 5]) await client.execute('double', n);
    const listed = await Array.fromAsync(client.list({ pageSize: 2, unit: 'double', status: 'succeeded' }));
    expect(listed.map(({ unit }) => unit)).toEqual(Array(5).fill('double'));
    expect(new Set(listed.map(({ executionId }) => executionId)).size).toBe(5);
    expect(await client.flows()).toMatchObject([{ id: 'ask', kind: 'flow', input: { type: 'object' } }]);
    expect((await client.tasks()).map(({ id }) => id)).toEqual(['double', 'broken', 'talk']);
    expect(await client.tools()).toEqual([]);
    expect(await client.agents()).toEqual([]);
    expect((await client.graph('ask')).nodes.map(({ id }) => id)).toEqual(['may', 'end']);
  });

  it('is let in by its token, and shows it to nobody', async () => {
    const { key, hash } = newApiKey();
    const auth = [apiKeys([{ id: 'ada', scopes: ['double:execute'], hash }])];
    const { url } = await serve({ auth });
    expect(await createClient({ url, token: () => Promise.resolve(key) }).execute('double', 1)).toBe(2);
    const client = createClient({ url, token: key });
    const errors = await Promise.all([
      client.execute('triple', 1).catch((error: unknown) => error),
      createClient({ url, token: `${key}x` })
        .execute('double', 1)
        .catch((error: unknown) => error),
      createClient({ url, token: `${key}\n` })
        .execute('double', 1)
        .catch((error: unknown) => error),
      createClient({ url: 'http://127.0.0.1:1', token: key, timeoutMs: 50 })
        .execute('double', 1)
        .catch((error: unknown) => error),
    ]);
    expect(errors.map((error) => ClientError.isInstance(error) && error.code)).toEqual([
      'AIWORK_FLOW_NOT_REGISTERED',
      'AIWORK_UNAUTHENTICATED',
      'AIWORK_INVALID_ARGUMENT',
      'AIWORK_SERVER_UNAVAILABLE',
    ]);
    expect(inspect([client, errors], { depth: 20, showHidden: true, getters: true })).not.toContain(key);
  });

  it('works with routes under a prefix', async () => {
    const { url } = await serve();
    const asked: string[] = [];
    const client = createClient({
      url: `${url}/work//`,
      fetch: (input, init) => {
        asked.push(String(input));
        return fetch(String(input).replace('/work', ''), init);
      },
    });
    expect(await client.execute('double', 1)).toBe(2);
    expect(asked).toEqual([`${url}/work/execute`]);
  });

  it.each([
    ['no URL', { url: 'here' }],
    ['another protocol', { url: 'ftp://here' }],
    ['a password', { url: 'http://ada:hunter2@here' }],
    ['a query', { url: 'http://here/?a=b' }],
    ['no time', { url: 'http://here', timeoutMs: 0 }],
    ['no number', { url: 'http://here', maxOutageMs: Number.NaN }],
  ])('refuses options that cannot be used: %s', (_, options) => {
    expect(() => createClient(options)).toThrow(expect.objectContaining({ code: 'AIWORK_INVALID_ARGUMENT' }));
    expect(() => createClient(options)).not.toThrow(/hunter2/);
  });
});

/** The executions, once there is one. */
async function untilListed({ list }: Awaited<ReturnType<typeof serve>>['client']) {
  await expect.poll(() => Array.fromAsync(list())).not.toHaveLength(0);
  return Array.fromAsync(list());
}
