import { setTimeout as delay } from 'node:timers/promises';
import { defineSubject, runStoreContract, stateStoreContract } from '@aiwork/contract-tests';
import { type RedisClusterService, redisClusterService } from '@aiwork/contract-tests/services';
import { contractTests, serviceForTests } from '@aiwork/contract-tests/vitest';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { errorOf } from './redis-server.fixture.ts';
import { redisStorage } from './storage.ts';

const source = redisClusterService();
const storageAt = ({ nodes: [node] }: RedisClusterService, namespace: string) =>
  redisStorage({ cluster: { nodes: node ? [node] : [] }, namespace });

const about = {
  name: 'cluster',
  package: new URL('../package.json', import.meta.url),
  service: source,
};

// Nodes tell clients where to go, which is round any link: what happens to a broken wire is tested on a single server.
contractTests(
  [
    defineSubject({
      ...about,
      contract: stateStoreContract,
      async open({ service, namespace }) {
        const { stateStore, close } = await storageAt(service, namespace);
        return { ...stateStore, close, [Symbol.asyncDispose]: close };
      },
    }),
    defineSubject({
      ...about,
      contract: runStoreContract,
      async open({ service, namespace }) {
        const { runStore, close } = await storageAt(service, namespace);
        return { ...runStore, close, [Symbol.asyncDispose]: close };
      },
    }),
  ],
  { profiles: ['core'] },
);

describe('in a cluster', () => {
  const service = serviceForTests(source);

  function nodes() {
    return service().nodes.map(({ host, port }) => {
      const node = new Redis({ host, port });
      onTestFinished(() => node.disconnect());
      return node;
    });
  }

  /** Which of the nodes has the slot of a namespace. */
  async function ownerOf(all: readonly Redis[], namespace: string): Promise<number> {
    const owners = await Promise.all(
      all.map((node) =>
        node.get(`{${namespace}}`).then(
          () => true,
          () => false,
        ),
      ),
    );
    return owners.indexOf(true);
  }

  it('a namespace lies on one node, its cache and its payloads on all', async () => {
    await using storage = await storageAt(service(), 'spread');
    const bytes = new Uint8Array([1]);
    for (let n = 0; n < 60; n += 1) {
      await storage.stateStore.set(`key ${n}`, n);
      await storage.cache.set(`{same} ${n}`, bytes);
      await storage.payloadStore.put(`run ${n}`, 'hash', bytes);
    }
    const counts = async (pattern: string) =>
      (await Promise.all(nodes().map((node) => node.keys(pattern)))).map((keys) => keys.length).sort();
    expect(await counts('aiwork:{spread}:state:*')).toEqual([0, 0, 60]);
    for (const pattern of ['aiwork:{}spread:cache:*', 'aiwork:{}spread:payloads:*']) {
      const found = await counts(pattern);
      expect(found.reduce((sum, count) => sum + count)).toBe(60);
      expect(found[0]).toBeGreaterThan(0);
    }
  });

  it('a slot that moves is followed', async () => {
    await using storage = await storageAt(service(), 'moving');
    await storage.stateStore.set('key', 1);
    await storage.stateStore.delete('key');
    const all = nodes();
    const slot = Number(await all[0]?.cluster('KEYSLOT', '{moving}'));
    const ids = await Promise.all(all.map((node) => node.cluster('MYID')));
    const next = ((await ownerOf(all, 'moving')) + 1) % all.length;
    for (const node of all) await node.call('CLUSTER', 'SETSLOT', slot, 'NODE', ids[next] ?? '');
    expect((await storage.stateStore.set('key', 2)).applied).toBe(true);
    expect((await storage.stateStore.get('key'))?.value).toBe(2);
    expect(await all[next]?.exists('aiwork:{moving}:state:key')).toBe(1);
  });

  it('a write whose connection broke is not sent again', async () => {
    await using storage = await storageAt(service(), 'broken');
    expect(await storage.stateStore.get('key')).toBeUndefined();
    const all = nodes();
    const owner = all[await ownerOf(all, 'broken')];
    // It holds writes back, so that they are lost with their connection.
    await owner?.client('PAUSE', 1500, 'WRITE');
    const write = errorOf(storage.stateStore.set('key', 1));
    await delay(100);
    await owner?.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await owner?.client('UNPAUSE');
    expect(await write).toMatchObject({ code: 'AIWORK_STORE_FAILED', outcome: 'unknown', retryable: true });
    await delay(300);
    expect(await storage.stateStore.get('key')).toBeUndefined();
    expect((await storage.stateStore.set('key', 2, { ifVersion: null })).applied).toBe(true);
  });

  it('a wrong password and a node that is not there are named', async () => {
    const [node = { host: '', port: 0 }] = service().nodes;
    const client = { username: 'nobody', password: 'hunter2' };
    const refused = await errorOf(redisStorage({ cluster: { nodes: [node] }, client }));
    expect(refused).toMatchObject({
      code: 'AIWORK_STORE_FAILED',
      message: expect.stringContaining('refused the user name or password'),
      retryable: false,
    });
    const nowhere = [{ host: '127.0.0.1', port: 1 }];
    expect(await errorOf(redisStorage({ cluster: { nodes: nowhere }, connectTimeoutMs: 300 }))).toMatchObject(
      {
        code: 'AIWORK_STORE_FAILED',
        message: expect.stringContaining('cluster at 127.0.0.1:1 cannot be reached within 300 ms'),
        outcome: 'not-applied',
      },
    );
  });

  it('a user whose ACL allows what the README lists can do everything', async () => {
    const rules = [
      '~aiwork:*',
      '+@connection',
      '+@read',
      '+@write',
      '-@dangerous',
      '+eval',
      '+evalsha',
      '+time',
    ];
    const ofCluster = ['+cluster|slots', '+cluster|info'];
    for (const node of nodes()) await node.acl('SETUSER', 'worker', 'on', '>hunter2', ...rules, ...ofCluster);
    const [node = { host: '', port: 0 }] = service().nodes;
    const client = { username: 'worker', password: 'hunter2' };
    await using storage = await redisStorage({ cluster: { nodes: [node] }, client, namespace: 'acl' });
    expect((await storage.stateStore.set('key', 1, { ttlMs: 60_000 })).applied).toBe(true);
    await storage.cache.set('key', new Uint8Array([1]));
    expect(await storage.cache.delete('key')).toBe(true);
  });

  it('another database than 0 is refused', async () => {
    const [node] = service().nodes;
    const url = `redis://${node?.host}:${node?.port}/1`;
    expect(await errorOf(redisStorage({ url }))).toMatchObject({
      code: 'AIWORK_STORE_FAILED',
      message: expect.stringContaining('only database 0'),
    });
  });
});
