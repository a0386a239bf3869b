import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { engineProperties } from './engine-properties.ts';

const device = 'CPU';
const processors = availableParallelism();

describe('engineProperties', () => {
  it('leaves to the engine what nobody asked for, but for its precision', () => {
    expect(engineProperties({ device }, {})).toEqual({
      PERFORMANCE_HINT: 'LATENCY',
      INFERENCE_PRECISION_HINT: 'f32',
    });
    expect(engineProperties({ device: 'NPU', hint: 'throughput' }, {})).toEqual({
      PERFORMANCE_HINT: 'THROUGHPUT',
    });
  });

  it.each([
    [{ threads: 3 }, undefined, '3'],
    [{ threads: 3, streams: 2 }, '2', '6'],
    [{ threads: 1, hint: 'throughput' }, String(processors), String(processors)],
    [{ threads: processors + 1, hint: 'throughput' }, '1', String(processors + 1)],
  ] as const)('gives each inference the threads of %j', (options, streams, threads) => {
    const { NUM_STREAMS, INFERENCE_NUM_THREADS } = engineProperties({ device, ...options }, {});
    expect([NUM_STREAMS, INFERENCE_NUM_THREADS]).toEqual([streams, threads]);
  });

  it('leaves the threads of streams to the engine, where only those are counted', () => {
    const properties = engineProperties({ device, streams: 2 }, {});
    expect(properties).toMatchObject({ NUM_STREAMS: '2' });
    expect(properties).not.toHaveProperty('INFERENCE_NUM_THREADS');
  });

  it('says what is asked for, and before all what is set in the words of the engine', () => {
    const options = { device, precision: 'bf16', cacheDir: '.compiled', profiling: true } as const;
    expect(engineProperties(options, { CACHE_DIR: 'elsewhere' })).toEqual({
      PERFORMANCE_HINT: 'LATENCY',
      INFERENCE_PRECISION_HINT: 'bf16',
      CACHE_DIR: 'elsewhere',
      PERF_COUNT: 'YES',
    });
  });
});
