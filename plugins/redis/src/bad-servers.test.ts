import { inspect } from 'node:util';
import type { AiworkError } from '@aiwork/core';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { errorOf, redisServer } from './redis-server.fixture.ts';
import { redisStorage } from './storage.ts';

const server = redisServer();
const secret = 'hunter2-of-the-test';

beforeEach(({ skip }) => {
  if (!server.service().kill) skip('the server of AIWORK_REDIS_URL is not ours to change');
});

const urlWith = (changes: Partial<Record<'username' | 'password' | 'port', string>>) =>
  Object.assign(new URL(server.service().url), changes).href;

/** Sets a setting of the server until the test ends. */
async function setting(name: string, value: string): Promise<void> {
  const admin = server.admin();
  const [, before = ''] = (await admin.config('GET', name)) as string[];
  await admin.config('SET', name, value);
  onTestFinished(async () => {
    await admin.config('SET', name, before);
  });
}

describe('opening', () => {
  it('says that the password is wrong, and does not show it', async () => {
    const error = await errorOf(redisStorage({ url: urlWith({ username: 'nobody', password: secret }) }));
    expect(error).toMatchObject({
      code: 'AIWORK_STORE_FAILED',
      message: expect.stringMatching(/refused the user name or password.*WRONGPASS/),
      retryable: false,
      outcome: 'not-applied',
    });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(secret);
  });

  it('says that a password is wanted', async () => {
    await setting('requirepass', secret);
    const error = await errorOf(redisStorage({ url: server.service().url }));
    expect(error).toMatchObject({
      code: 'AIWORK_STORE_FAILED',
      message: expect.stringContaining('wants a password'),
    });
    const storage = await redisStorage({ url: urlWith({ password: secret }) });
    expect(inspect(storage, { depth: 10, showHidden: true })).not.toContain(secret);
    await storage.close();
  });

  it('says that nobody listens', async () => {
    const error = await errorOf(redisStorage({ url: urlWith({ port: '1' }) }));
    expect(error).toMatchObject({
      code: 'AIWORK_STORE_FAILED',
      message: expect.stringMatching(/cannot be reached.*ECONNREFUSED/),
      retryable: true,
      outcome: 'not-applied',
    });
  });

  it('says that there is no such database', async () => {
    const error = await errorOf(redisStorage({ url: `${server.service().url}/9999` }));
    expect(error).toMatchObject({
      code: 'AIWORK_STORE_FAILED',
      message: expect.stringContaining('no database of this number'),
    });
  });

  it('refuses a replica', async () => {
    const admin = server.admin();
    await admin.replicaof('localhost', '1');
    const error = await errorOf(redisStorage({ url: server.service().url }));
    await admin.replicaof('NO', 'ONE');
    expect(error).toMatchObject({
      code: 'AIWORK_STORE_FAILED',
      message: expect.stringContaining('is a replica'),
    });
  });

  it('ends when it is aborted', async () => {
    const reason = new Error('shutting down');
    const error = await errorOf(redisStorage({ url: server.service().url }, AbortSignal.abort(reason)));
    expect(error).toMatchObject({ code: 'AIWORK_CANCELLED', cause: reason });
  });
});

describe('a user whose ACL', () => {
  const rules = ['on', `>${secret}`, '~aiwork:*'];
  /** As the README says it, without what tells about the server. */
  const needed = ['+@connection', '+@read', '+@write', '-@dangerous', '+eval', '+evalsha', '+time'];

  async function storageOf(user: string, commands: readonly string[]) {
    await server.admin().acl('SETUSER', user, 'reset', ...rules, ...commands);
    const storage = await redisStorage({ url: urlWith({ username: user, password: secret }) });
    onTestFinished(() => storage.close());
    return storage;
  }

  it('allows what is needed can do everything, and is told what the server keeps to itself', async () => {
    const { stateStore, cache, payloadStore, warnings } = await storageOf('worker', needed);
    expect((await stateStore.set('key', 1, { ttlMs: 60_000 })).applied).toBe(true);
    expect((await stateStore.set('key', 2)).applied).toBe(true);
    expect(await Array.fromAsync(stateStore.keys())).toEqual(['key']);
    expect(await stateStore.delete('key')).toBe(true);
    await cache.set('key', new Uint8Array([1]));
    expect(await cache.delete('key')).toBe(true);
    await payloadStore.put('run', 'hash', new Uint8Array([1]));
    await payloadStore.deleteRun('run');
    expect(stateStore.capabilities.durability).toBe('process');
    expect(warnings).toEqual([expect.stringContaining('does not tell its settings')]);
  });

  it('allows to ask for the settings is told what they keep', async () => {
    const { stateStore, runStore, warnings } = await storageOf('told', [...needed, '+info', '+config|get']);
    expect(stateStore.capabilities.durability).toBe('service-kill');
    expect(await runStore.list()).toEqual({ items: [] });
    expect(warnings).toEqual([]);
  });

  it('forbids a command is told which', async () => {
    const { stateStore } = await storageOf('reader', ['+get', '+ping']);
    expect(await stateStore.get('key')).toBeUndefined();
    expect(await errorOf(stateStore.set('key', secret))).toMatchObject({
      code: 'AIWORK_STORE_FAILED',
      message: expect.stringMatching(/ACL.*evalsha/),
      retryable: false,
      outcome: 'not-applied',
    });
  });

  it('forbids a key is told so', async () => {
    await server.admin().acl('SETUSER', 'elsewhere', 'reset', ...rules, 'resetkeys', '~other:*', ...needed);
    const url = urlWith({ username: 'elsewhere', password: secret });
    await using storage = await redisStorage({ url });
    expect(await errorOf(storage.stateStore.get('key'))).toMatchObject({
      code: 'AIWORK_STORE_FAILED',
      message: expect.stringMatching(/ACL.*key/),
    });
  });
});

describe('a server', () => {
  it('without memory writes nothing, and says so', async () => {
    const { stateStore, runStore } = await server.storage();
    await stateStore.set('before', 1);
    await setting('maxmemory', '1');
    const full = {
      code: 'AIWORK_STORE_FAILED',
      message: expect.stringMatching(/out of memory.*maxmemory/),
      retryable: true,
      outcome: 'not-applied',
    };
    expect(await errorOf(stateStore.set('new', secret))).toMatchObject(full);
    expect(await errorOf(stateStore.set('before', secret))).toMatchObject(full);
    expect(await errorOf(stateStore.set('new', secret, { ttlMs: 60_000 }))).toMatchObject(full);
    const record = { unitId: 'unit', version: '1', graphHash: 'hash', status: 'queued', tags: [] } as const;
    const run = { ...record, id: 'run', createdAt: 1, updatedAt: 1 };
    expect(await errorOf(runStore.createRun(run))).toMatchObject(full);
    expect(await Array.fromAsync(stateStore.keys())).toEqual(['before']);
    expect((await stateStore.get('before'))?.value).toBe(1);
    expect(await runStore.getRun('run')).toBeUndefined();
    expect(await runStore.list()).toEqual({ items: [] });
    expect(await stateStore.delete('before')).toBe(true);
  });

  it('that became a replica takes no write until it is a master again', async () => {
    const { stateStore } = await server.storage();
    await stateStore.set('before', 1);
    const admin = server.admin();
    await admin.replicaof('localhost', '1');
    const error = await errorOf(stateStore.set('before', 2));
    await admin.replicaof('NO', 'ONE');
    expect(error).toMatchObject({
      code: 'AIWORK_STORE_FAILED',
      message: expect.stringContaining('is a replica'),
      retryable: true,
      outcome: 'not-applied',
    });
    expect((await stateStore.get('before'))?.value).toBe(1);
    expect((await stateStore.set('before', 2)).applied).toBe(true);
  });

  it('that takes no value of this size says which limit to raise, if it is heard', async () => {
    const { stateStore } = await server.storage();
    await setting('proto-max-bulk-len', '1mb');
    const error = await errorOf(stateStore.set('large', 'x'.repeat(2 << 20)));
    const refused = {
      code: 'AIWORK_LIMIT_EXCEEDED',
      message: expect.stringContaining('proto-max-bulk-len'),
      outcome: 'not-applied',
    };
    // The server resets the connection at once, which may take its last words with it.
    const unheard = { code: 'AIWORK_STORE_FAILED', retryable: true, outcome: 'unknown' };
    expect(error).toMatchObject((error as AiworkError).code === unheard.code ? unheard : refused);
    expect(await stateStore.get('large')).toBeUndefined();
  });

  it('that somebody keeps busy says so', async () => {
    const { stateStore } = await server.storage();
    await setting('busy-reply-threshold', '1');
    const admin = server.admin();
    const endless = errorOf(server.admin().eval('while true do end', 0));
    const busy = await errorOf(untilRefused(() => stateStore.get('key')));
    await admin.script('KILL');
    await endless;
    expect(busy).toMatchObject({
      code: 'AIWORK_STORE_BUSY',
      retryable: true,
      message: expect.stringContaining('SCRIPT KILL'),
    });
  });

  it('that misses its replicas takes no write', async () => {
    const { stateStore } = await server.storage();
    await setting('min-replicas-to-write', '1');
    expect(await errorOf(stateStore.set('key', 1))).toMatchObject({
      code: 'AIWORK_STORE_FAILED',
      message: expect.stringContaining('min-replicas-to-write'),
      outcome: 'not-applied',
    });
    expect(await stateStore.get('key')).toBeUndefined();
  });

  it('with a value of another type under a key names the key, and changes nothing', async () => {
    const { stateStore, cache, payloadStore } = await server.storage({ namespace: 'foreign' });
    const admin = server.admin();
    const names = ['aiwork:{foreign}:state:key', 'aiwork:{}foreign:cache:key'];
    for (const name of names) await admin.rpush(name, 'theirs');
    await admin.set('aiwork:{}foreign:payloads:run', 'theirs');
    const calls: readonly (readonly [name: string, call: () => Promise<unknown>])[] = [
      ['aiwork:{foreign}:state:key', () => stateStore.get('key')],
      ['aiwork:{foreign}:state:key', () => stateStore.set('key', 1, { ttlMs: 60_000 })],
      ['aiwork:{foreign}:state:key', () => stateStore.set('key', 1, { ifVersion: null })],
      ['aiwork:{foreign}:state:key', () => stateStore.delete('key')],
      ['aiwork:{}foreign:cache:key', () => cache.get('key')],
      ['aiwork:{}foreign:payloads:run', () => payloadStore.put('run', 'hash', new Uint8Array([1]))],
    ];
    for (const [name, call] of calls) {
      const error = (await errorOf(call())) as AiworkError;
      expect(error).toMatchObject({ code: 'AIWORK_CORRUPT_DATA', outcome: 'not-applied' });
      expect(error.message).toContain(name);
    }
    for (const name of names) expect(await admin.lrange(name, 0, -1)).toEqual(['theirs']);
    expect(await Array.fromAsync(stateStore.keys())).toEqual([]);
    await admin.unlink(...names, 'aiwork:{}foreign:payloads:run');
  });

  it.each(['state-keys', 'state-expiry'])(
    'with a value of another type as %s writes nothing',
    async (set) => {
      const { stateStore } = await server.storage({ namespace: `foreign ${set}` });
      const admin = server.admin();
      const name = `aiwork:{foreign ${set}}:${set}`;
      await admin.set(name, 'theirs');
      const error = (await errorOf(stateStore.set('key', 1, { ttlMs: 60_000 }))) as AiworkError;
      expect(error).toMatchObject({ code: 'AIWORK_CORRUPT_DATA', outcome: 'not-applied' });
      expect(error.message).toContain(name);
      expect(await admin.keys(`aiwork:{foreign ${set}}:*`)).toEqual([name]);
      await admin.unlink(name);
    },
  );
});

/** Asks until the answer is an error. */
async function untilRefused(ask: () => Promise<unknown>): Promise<unknown> {
  for (;;) await ask();
}
