import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { errorOf } from './redis-server.fixture.ts';
import { bulk, fakeServer } from './silent-server.fixture.ts';
import { redisStorage } from './storage.ts';

/** What a server answers that is fine until it is asked for state. */
function healthy([name = '', , setting = '']: readonly string[]): string | undefined {
  if (name === 'INFO') return bulk('redis_version:7.0.0\nrole:master');
  if (name === 'CONFIG') return `*2\r\n${bulk(setting)}\r\n${bulk('no')}`;
  return undefined;
}

describe('a server that', () => {
  it('takes the connection and never answers is given up in time', async () => {
    const { url } = await fakeServer(() => undefined);
    const start = performance.now();
    const error = await errorOf(redisStorage({ url, commandTimeoutMs: 200 }));
    expect(performance.now() - start).toBeLessThan(20_000);
    expect(error).toMatchObject({ code: 'AIWORK_STORE_FAILED', retryable: true, outcome: 'not-applied' });
  });

  it('stops to answer leaves a write unknown and a read undone, and gets another connection', async () => {
    const server = await fakeServer(healthy);
    await using storage = await redisStorage({ url: server.url, commandTimeoutMs: 200 });
    const [write, read] = await Promise.all([
      errorOf(storage.cache.set('key', new Uint8Array([1]))),
      errorOf(storage.cache.get('key')),
    ]);
    expect(write).toMatchObject({ code: 'AIWORK_STORE_FAILED', retryable: true, outcome: 'unknown' });
    expect(read).toMatchObject({ code: 'AIWORK_STORE_FAILED', retryable: true, outcome: 'not-applied' });
    expect((write as Error).message).toMatch(/asked to write the cache.*not known/);
    await expect.poll(server.connections).toBeGreaterThan(1);
  });

  it('does not answer to the password is given up in time', async () => {
    const server = await fakeServer((command) => (command[0] === 'auth' ? undefined : healthy(command)));
    const url = server.url.replace('//', '//:secret@');
    const error = await errorOf(redisStorage({ url, connectTimeoutMs: 100 }));
    expect(error).toMatchObject({ code: 'AIWORK_STORE_FAILED', outcome: 'not-applied' });
  });

  it('does not answer to the password once is connected to anew', async () => {
    const server = await fakeServer((command, connection) => {
      if (command[0] === 'auth') return connection === 2 ? undefined : '+OK';
      return command[0] === 'GET' ? '$-1' : healthy(command);
    });
    const url = server.url.replace('//', '//:secret@');
    await using storage = await redisStorage({ url, connectTimeoutMs: 200, commandTimeoutMs: 1500 });
    server.cut();
    expect(await storage.cache.get('key')).toBeUndefined();
    expect(server.connections()).toBe(3);
  });

  it('stops to answer is left alone by a call that is aborted', async () => {
    const { url } = await fakeServer(healthy);
    await using storage = await redisStorage({ url, commandTimeoutMs: 20_000 });
    const controller = new AbortController();
    const { signal } = controller;
    const write = errorOf(storage.cache.set('key', new Uint8Array([1]), { signal }));
    const read = errorOf(storage.cache.get('key', { signal }));
    await delay(20);
    const start = performance.now();
    const reason = new Error('the user left');
    controller.abort(reason);
    expect(await write).toMatchObject({ code: 'AIWORK_CANCELLED', cause: reason, outcome: 'unknown' });
    expect(await read).toMatchObject({ code: 'AIWORK_CANCELLED', cause: reason, outcome: 'not-applied' });
    expect(performance.now() - start).toBeLessThan(15_000);
  });

  it.each([
    [`-READONLY You can't write against a read only replica. script: 0a, on @user_script:1.`],
    [
      `-ERR Error running script (call to f_0a): @user_script:1: @user_script: 1: -READONLY You can't write against a read only replica.`,
    ],
  ])('refuses in a script because it is a replica is connected to anew: %s', async (refusal) => {
    const server = await fakeServer((command, connection) =>
      command[0] === 'evalsha' ? (connection === 1 ? refusal : '$7\r\ncreated') : healthy(command),
    );
    await using storage = await redisStorage({ url: server.url });
    expect(await errorOf(storage.stateStore.set('key', 1))).toMatchObject({
      code: 'AIWORK_STORE_FAILED',
      message: expect.stringContaining('it is a replica, which takes no writes'),
      outcome: 'not-applied',
      retryable: true,
    });
    expect(await storage.stateStore.set('key', 1)).toMatchObject({ applied: true });
  });

  it('refuses many calls because it is a replica is connected to anew once, without a warning of Node', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    onTestFinished(() => void process.off('warning', note));
    const server = await fakeServer((command, connection) =>
      command[0] !== 'SET' ? healthy(command) : connection === 1 ? '-READONLY it is a replica' : '+OK',
    );
    await using storage = await redisStorage({ url: server.url });
    const value = new Uint8Array([1]);
    const writes = Array.from({ length: 30 }, (_, n) => storage.cache.set(`key ${n}`, value));
    await Promise.allSettled(writes);
    await storage.cache.set('key', value);
    expect(server.connections()).toBe(2);
    expect(warnings).toEqual([]);
  });

  it('forbids in a script what it does leaves a write unknown', async () => {
    const { url } = await fakeServer((command) =>
      command[0] === 'evalsha'
        ? "-ERR The user executing the script can't run this command or subcommand script: 0a, on @user_script:1."
        : healthy(command),
    );
    await using storage = await redisStorage({ url });
    expect(await errorOf(storage.stateStore.set('key', 1))).toMatchObject({
      message: expect.stringContaining('allow what the README lists'),
      outcome: 'unknown',
      retryable: false,
    });
  });

  it('is a node of a cluster says which option to give', async () => {
    const { url } = await fakeServer((command) =>
      command[0] === 'GET' ? '-MOVED 12539 10.0.0.7:6379' : healthy(command),
    );
    await using storage = await redisStorage({ url });
    expect(await errorOf(storage.cache.get('key'))).toMatchObject({
      message: expect.stringContaining('give cluster.nodes instead of url'),
      retryable: false,
    });
  });

  it('is too old is refused by its version', async () => {
    const { url } = await fakeServer((command) =>
      command[0] === 'INFO' ? bulk('redis_version:5.0.14\nrole:master') : healthy(command),
    );
    expect(await errorOf(redisStorage({ url }))).toMatchObject({
      code: 'AIWORK_STORE_FAILED',
      message: expect.stringMatching(/is Redis 5\.0\.14: use 6\.2 or newer/),
    });
  });

  it('is still loading is asked again until it has loaded', async () => {
    let asked = 0;
    const { url } = await fakeServer((command) => {
      asked += 1;
      return asked < 20 ? '-LOADING Redis is loading the dataset in memory' : healthy(command);
    });
    await using storage = await redisStorage({ url });
    expect(storage.stateStore.capabilities.durability).toBe('service-restart');
  });

  it('is still loading when the time is over says so', async () => {
    const { url } = await fakeServer(() => '-LOADING Redis is loading the dataset in memory');
    expect(await errorOf(redisStorage({ url, commandTimeoutMs: 100 }))).toMatchObject({
      code: 'AIWORK_STORE_BUSY',
      retryable: true,
      outcome: 'not-applied',
    });
  });
});

describe('a storage whose server went away', () => {
  it('closes at once, more than once, and leaves no handle', async () => {
    const server = await fakeServer(healthy);
    const storage = await redisStorage({ url: server.url, commandTimeoutMs: 300 });
    const lost = errorOf(storage.cache.get('key'));
    await Promise.all([storage.close(), storage.close()]);
    expect(await lost).toMatchObject({ outcome: 'not-applied' });
    await storage.close();
    expect(await errorOf(storage.cache.get('key'))).toMatchObject({ code: 'AIWORK_CLOSED' });
  });
});
