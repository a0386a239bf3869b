import { redisClusterService } from '@aiwork/contract-tests/services';
import { serviceForTests } from '@aiwork/contract-tests/vitest';
import { expect, it, onTestFinished } from 'vitest';
import { createRedisMemory } from './index.ts';

const cluster = serviceForTests(redisClusterService());

it('shares memories that lie on different nodes of a cluster', { timeout: 300_000 }, async () => {
  const open = async (nodeAt: number, namespace: string) => {
    const node = cluster().nodes[nodeAt];
    const nodes = node ? [node] : [];
    const memory = await createRedisMemory({ cluster: { nodes }, namespace, commandTimeoutMs: 20_000 });
    onTestFinished(() => memory.close());
    return memory;
  };
  const docs = Array.from({ length: 1200 }, (_, n) => ({
    id: `${n}`,
    text: `needle n${n}`,
    metadata: { n },
  }));
  // Their slots are of three nodes.
  for (const namespace of ['a', 'b', 'c']) {
    const writer = await open(0, namespace);
    const early = await open(1, namespace);
    await writer.upsert(docs);
    const late = await open(2, namespace);
    for (const memory of [early, late])
      expect((await memory.search({ text: 'n77', topK: 5 })).map(({ id }) => id)).toEqual(['77']);
    expect(await late.forget({ n: { $lt: 1100 } })).toBe(1100);
    expect(await early.count()).toBe(100);
  }
});
