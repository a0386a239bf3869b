import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { type HeldService, type RedisService, redisService } from '../src/services/index.ts';
import { askRedis } from '../src/services/redis/ask-redis.ts';
import { describeWithEngine } from './with-engine.fixture.ts';

// The first run on a machine may have to install an engine and build images.
const coldStartMs = 10 * 60_000;
vi.setConfig({ testTimeout: 60_000 });

const source = redisService({ appendfsync: 'always', password: 'p@ss word' });
let held: HeldService<RedisService>;

beforeAll(async () => {
  held = await source.hold();
}, coldStartMs);
afterAll(() => held.release());

function ask(service: RedisService, ...command: readonly string[]) {
  return askRedis(new URL(service.url), command);
}

describeWithEngine('redisService', () => {
  it('says what the server says of itself', async () => {
    const { facts } = held.service;
    expect(await ask(held.service, 'INFO', 'server')).toContain(`redis_version:${facts.version}\r\n`);
    expect(facts.name).toBe('redis');
    expect(facts.image).toMatch(/redis/);
    expect(facts.settings).toEqual({
      appendonly: 'yes',
      appendfsync: 'always',
      'maxmemory-policy': 'noeviction',
    });
  });

  it('takes nobody without the password', async () => {
    const { host, port } = held.service.address;
    await expect(askRedis(new URL(`redis://${host}:${port}`), ['PING'])).rejects.toThrow('NOAUTH');
    await expect(askRedis(new URL(`redis://:other@${host}:${port}`), ['PING'])).rejects.toThrow('WRONGPASS');
  });

  it('is the same server at the same address after a restart', async () => {
    const { service } = held;
    await ask(service, 'SET', 'over a restart', 'kept');
    const before = await ask(service, 'INFO', 'server');
    await service.restart?.();
    expect(await ask(service, 'GET', 'over a restart')).toBe('kept');
    expect(runIdOf(await ask(service, 'INFO', 'server'))).not.toBe(runIdOf(before));
  });

  it('keeps what it acknowledged when it is killed', async () => {
    const { service } = held;
    const keys = Array.from({ length: 100 }, (_, index) => `over a kill ${index}`);
    await Promise.all(keys.map((key) => ask(service, 'SET', key, 'kept')));
    const before = await ask(service, 'INFO', 'server');
    await service.kill?.();
    expect(await ask(service, 'EXISTS', ...keys)).toBe(keys.length);
    expect(runIdOf(await ask(service, 'INFO', 'server'))).not.toBe(runIdOf(before));
  });

  it('gives the URL of the same server behind another address', () => {
    expect(held.service.urlAt({ host: '127.0.0.1', port: 4711 })).toBe(
      'redis://:p%40ss%20word@127.0.0.1:4711',
    );
  });

  it('is one server for all who hold it, and ends with the last of them', async () => {
    const shared = redisService({ appendfsync: 'no' });
    const [one, two] = await Promise.all([shared.hold(), shared.hold()]);
    expect(one.service).toBe(two.service);
    expect(one.service.address).not.toEqual(held.service.address);
    await one.release();
    await one.release();
    expect(await ask(two.service, 'PING')).toBe('PONG');
    await two.release();
    await expect(ask(two.service, 'PING')).rejects.toThrow(/ECONNREFUSED|ECONNRESET/);
  });
});

describeWithEngine('AIWORK_REDIS_URL', () => {
  it('names a server that is used as it is, and left alone', async () => {
    setUrl(held.service.url);
    await ask(held.service, 'SET', 'of others', 'kept');
    const external = await redisService().hold();
    const { facts, address, restart, kill, url } = external.service;
    expect({ address, url }).toEqual({ address: held.service.address, url: held.service.url });
    expect(facts).toEqual({ ...held.service.facts, image: undefined });
    expect({ restart, kill }).toEqual({ restart: undefined, kill: undefined });
    await external.release();
    expect(await ask(held.service, 'GET', 'of others')).toBe('kept');
  });

  it('is refused without being shown when it is no URL of a Redis server', async () => {
    setUrl('http://:secret@somewhere');
    await expect(redisService().hold()).rejects.toThrow(
      /^AIWORK_REDIS_URL is not a URL of this service: write redis:\/\/host:6379 or rediss:\/\/host:6379$/,
    );
  });

  it('makes a start fail when nobody answers there', async () => {
    setUrl('redis://127.0.0.1:1');
    await expect(redisService().hold()).rejects.toThrow('ECONNREFUSED');
  });
});

function setUrl(url: string): void {
  vi.stubEnv('AIWORK_REDIS_URL', url);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
}

function runIdOf(info: unknown): string | undefined {
  return /run_id:(\w+)/.exec(String(info))?.[1];
}
