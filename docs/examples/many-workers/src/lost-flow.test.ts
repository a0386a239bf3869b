import { kafkaService, redisService } from '@aiwork/contract-tests/services';
import { createOrchestrator, stintsOf } from '@aiwork/core';
import { expect, it, onTestFinished } from 'vitest';
import { type AiworkProcess, startPicture, startWorker } from './aiwork-process.ts';
import { picture, setUp } from './flow.ts';
import { tilesOf } from './tile.ts';

const size = { width: 320, height: 200, tile: 40, samples: 3 };

it('is gone on with by a worker when its own process is killed, and no tile is drawn twice', {
  timeout: 300_000,
}, async () => {
  const [kafka, redis] = await Promise.all([kafkaService().hold(), redisService().hold()]);
  onTestFinished(async () => {
    await Promise.all([kafka.release(), redis.release()]);
  });
  const servers = { brokers: kafka.service.brokers, redisUrl: redis.service.url };
  const started: AiworkProcess[] = [];
  onTestFinished(async () => {
    await Promise.all(started.map((each) => each.kill()));
  });
  for (const name of ['worker-1', 'worker-2']) started.push(await startWorker(name, servers));
  const lost = await startPicture('lost', size, servers);
  started.push(lost);

  await using watcher = createOrchestrator({ ...setUp(servers), name: 'watcher' });
  const run = await watcher.open('lost');
  let done = 0;
  for await (const event of run) {
    if (event.type === 'child.used') done += 1;
    if (done === 5) break;
  }
  await lost.kill();
  const png = await run.result();

  await using alone = createOrchestrator();
  expect(png, 'what one process draws').toEqual(await (await alone.start(picture, size)).result());
  const events = await Array.fromAsync(run);
  expect(stintsOf(events).map(({ owner }) => owner)).toEqual([
    expect.stringMatching(new RegExp(`:${lost.pid}/`)),
    expect.stringMatching(/^worker-[12]\//),
  ]);
  const calls = events.filter((event) => event.type === 'child.used');
  expect(new Set(calls.map(({ stepId }) => stepId)).size).toBe(tilesOf(size).length);
  for (const { stints } of calls) expect(stints, 'one worker for each tile').toHaveLength(1);
});
