import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kafkaService, redisService } from '@aiwork/contract-tests/services';
import { createOrchestrator, type Run, type RunEvent } from '@aiwork/core';
import { timelineHtml } from 'aiwork/timeline';
import { type AiworkProcess, startWorker } from './aiwork-process.ts';
import { picture, type Servers, setUp } from './flow.ts';
import { type Killed, type Lane, lanesOf } from './lanes.ts';
import { page } from './report/page.ts';
import { summary } from './summary.ts';
import { type Size, tilesOf } from './tile.ts';

export interface DemoOptions {
  readonly size: Size;
  /** The folder for what is drawn. */
  readonly out: string;
  print(text: string): unknown;
  /** Aborting it cancels the run. */
  readonly signal: AbortSignal;
}

export interface DemoResult {
  readonly png: Uint8Array;
  readonly lanes: readonly Lane[];
}

const workerNames = ['worker-1', 'worker-2', 'worker-3'];

/** One flow over three worker processes; the second is killed when a third of the tiles are done. */
export async function runDemo({ size, out, print, signal }: DemoOptions): Promise<DemoResult> {
  await using kafka = await kafkaService().hold();
  await using redis = await redisService().hold();
  const servers = { brokers: kafka.service.brokers, redisUrl: redis.service.url };
  print(`Kafka ${kafka.service.facts.version} and Redis ${redis.service.facts.version} run\n`);
  await using crew = await startCrew(servers);
  print(`${crew.workers.map(({ name, pid }) => `${name} is process ${pid}`).join(', ')}\n`);

  await using ai = createOrchestrator({ ...setUp(servers), name: 'desk' });
  const run = await ai.start(picture, size, { signal });
  const tiles = tilesOf(size);
  const killed = await killHalfway(run, crew.workers[1], Math.ceil(tiles.length / 3));
  if (killed) print(`kill -9 ${killed.worker}: ${killed.done} of ${tiles.length} tiles were done\n`);
  const png = await run.result();

  const events: RunEvent[] = await Array.fromAsync(ai.events(run.id));
  const tookMs = (events.at(-1)?.at ?? 0) - (events[0]?.at ?? 0);
  const lanes = lanesOf(events, killed);
  await mkdir(out, { recursive: true });
  await writeFile(join(out, 'picture.png'), png);
  await writeFile(
    join(out, 'workers.html'),
    page({ runId: run.id, tookMs, lanes, picture: { size, tiles, png } }),
  );
  const record = await ai.get(run.id);
  if (record) await writeFile(join(out, 'timeline.html'), timelineHtml({ record, events }));
  print(`\n${summary(lanes, tookMs)}\n\n`);
  return { png, lanes };
}

/** The workers, which are gone when this is disposed of, however it comes to that. */
async function startCrew(servers: Servers) {
  const started = await Promise.allSettled(workerNames.map((name) => startWorker(name, servers)));
  const workers = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const kill = () => Promise.all(workers.map((worker) => worker.kill()));
  const failed = started.find((result) => result.status === 'rejected');
  if (failed) {
    await kill();
    throw failed.reason;
  }
  return {
    workers,
    async [Symbol.asyncDispose]() {
      await kill();
    },
  };
}

/** Kills the worker once so many tiles are done, and it has shown that it is at work. */
async function killHalfway(
  run: Run<unknown>,
  worker: AiworkProcess | undefined,
  enough: number,
): Promise<(Killed & { readonly done: number }) | undefined> {
  if (!worker) return undefined;
  let done = 0;
  let isAtWork = false;
  for await (const event of run) {
    if (event.type !== 'child.used') continue;
    done += 1;
    isAtWork ||= event.stints?.some(({ owner }) => owner.startsWith(`${worker.name}/`)) ?? false;
    if (done < enough || !isAtWork) continue;
    await worker.kill();
    return { worker: worker.name, at: Date.now(), done };
  }
  return undefined;
}
