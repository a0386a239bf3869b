import { Client } from 'pg';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { type HeldService, type PostgresService, postgresService } from '../src/services/index.ts';
import { describeWithEngine } from './with-engine.fixture.ts';

// The first run on a machine may have to install an engine and build images.
const coldStartMs = 10 * 60_000;
vi.setConfig({ testTimeout: 60_000 });

let held: HeldService<PostgresService>;

beforeAll(async () => {
  held = await postgresService().hold();
}, coldStartMs);
afterAll(() => held.release());

async function query(url: string, text: string, values: readonly unknown[] = []) {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

describeWithEngine('postgresService', () => {
  it('says what the server says of itself', async () => {
    const { facts, url } = held.service;
    const [{ server_version: version }] = await query(url, 'show server_version');
    expect(version.split(' ')[0]).toBe(facts.version);
    expect(facts.image).toMatch(/postgres/);
    expect(facts.settings).toMatchObject({ fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' });
    expect(await query(url, 'show fsync')).toEqual([{ fsync: 'on' }]);
  });

  it('takes nobody without the password', async () => {
    const wrong = new URL(held.service.url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'select 1')).rejects.toThrow('password authentication failed');
  });

  it.each(['restart', 'kill'] as const)(
    'is at the same address with the same rows after a %s',
    async (way) => {
      const { service } = held;
      await query(service.url, `create table kept_over_${way} (id int primary key)`);
      await query(service.url, `insert into kept_over_${way} select generate_series(1, 1000)`);
      const [before] = await query(service.url, 'select pg_postmaster_start_time() as started');
      await service[way]?.();
      expect(await query(service.url, `select count(*)::int from kept_over_${way}`)).toEqual([
        { count: 1000 },
      ]);
      const [after] = await query(service.url, 'select pg_postmaster_start_time() as started');
      expect(after.started.getTime()).toBeGreaterThan(before.started.getTime());
    },
  );

  it('gives the URL of the same server behind another address', () => {
    expect(held.service.urlAt({ host: 'link', port: 4711 })).toBe(
      'postgres://aiwork:aiwork@link:4711/aiwork',
    );
  });
});

describeWithEngine('postgresService with pgvector', () => {
  it(
    'has the extension, and the rows after a kill',
    async () => {
      await using vectors = await postgresService({ extension: 'vector' }).hold();
      const { service } = vectors;
      await query(service.url, 'create extension vector');
      await query(service.url, 'create table kept as select $1::vector(2) as v', ['[3,4]']);
      await service.kill?.();
      expect(await query(service.url, 'select vector_norm(v) as norm from kept')).toEqual([{ norm: 5 }]);
    },
    coldStartMs,
  );
});

describeWithEngine('AIWORK_POSTGRES_URL', () => {
  it('names a server that is used as it is, and left alone', async () => {
    setUrl(held.service.url);
    await query(held.service.url, 'create table of_others ()');
    const external = await postgresService().hold();
    expect(external.service).toMatchObject({ url: held.service.url, address: held.service.address });
    expect(external.service.restart ?? external.service.kill).toBeUndefined();
    await external.release();
    expect(await query(held.service.url, 'select * from of_others')).toEqual([]);
  });

  it('makes a start fail when nobody answers there', async () => {
    setUrl('postgres://127.0.0.1:1');
    await expect(postgresService().hold()).rejects.toThrow('ECONNREFUSED');
  });
});

function setUrl(url: string): void {
  vi.stubEnv('AIWORK_POSTGRES_URL', url);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
}
