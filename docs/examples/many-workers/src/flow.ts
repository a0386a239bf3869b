import process from 'node:process';
import { defineFlow, defineTask, type OrchestratorOptions } from '@aiwork/core';
import { kafka } from '@aiwork/kafka';
import { redis } from '@aiwork/redis';
import { pngOf } from './png.ts';
import { shadesOf, sizeSchema, tileSchema, tilesOf } from './tile.ts';

export const tilesQueue = 'tiles';

/** What workers do. */
export const drawTile = defineTask({
  id: 'draw-tile',
  queue: tilesQueue,
  input: tileSchema,
  run: (tile, { signal }) => shadesOf(tile, signal),
});

/** A picture, as a PNG: cut into tiles, drawn by whoever is there, put together here. */
export const picture = defineFlow({ id: 'picture', input: sizeSchema }, (f) => {
  const plan = f.step('plan', { needs: { size: f.input }, run: ({ size }) => tilesOf(size) });
  const tiles = f.map('tiles', drawTile, { over: plan.$ });
  return f.step('assemble', {
    needs: { size: f.input, plan, tiles },
    run: ({ size, plan, tiles }) => pngOf(size, plan, tiles),
  });
});

export interface Servers {
  /** `host:port` of Kafka's brokers. */
  readonly brokers: readonly string[];
  readonly redisUrl: string;
}

/** How every process of ours is set up: Kafka brings the work, Redis keeps the journal. */
export function setUp({ brokers, redisUrl }: Servers): OrchestratorOptions {
  return {
    // How soon others go on with what a killed worker had: its lease and its session have run out.
    leaseTtl: '4s',
    plugins: [
      // Both fill the slot `queue`; the first one is used.
      kafka({ brokers, sessionTimeoutMs: 6000 }),
      redis({ url: redisUrl }),
    ],
  };
}

/** What `aiwork worker` reads. */
export const aiwork = setUp({
  brokers: (process.env['KAFKA_BROKERS'] ?? 'localhost:9092').split(','),
  redisUrl: process.env['REDIS_URL'] ?? 'redis://localhost:6379',
});
