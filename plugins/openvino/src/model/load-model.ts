import type { LoadedModel, LoadOptions, ModelSource, Precision } from '@aiwork/core';
import type { Engine } from '../engine/engine.ts';
import { loadError } from './engine-errors.ts';
import { loadedModel } from './loaded-model.ts';
import { prepareSource } from './prepare-source.ts';
import type { Slots } from './slots.ts';

const hints: Readonly<Partial<Record<Precision, string>>> = { fp32: 'f32', fp16: 'f16', bf16: 'bf16' };

/** Options as properties of the engine. */
function propertiesOf(
  options: LoadOptions,
  device: string,
  defaults: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const { precision, threads, streams, hint, cacheDir, profiling } = options;
  // Left to itself, the engine computes a model of 32-bit floats in 16 bits where the processor can.
  const asked = precision === undefined ? undefined : hints[precision];
  return {
    PERFORMANCE_HINT: hint === 'throughput' ? 'THROUGHPUT' : 'LATENCY',
    ...(asked === undefined ? standardPrecision(device) : { INFERENCE_PRECISION_HINT: asked }),
    ...(threads !== undefined && { INFERENCE_NUM_THREADS: String(threads) }),
    ...(streams !== undefined && { NUM_STREAMS: String(streams) }),
    ...(cacheDir !== undefined && { CACHE_DIR: cacheDir }),
    ...(profiling === true && { PERF_COUNT: 'YES' }),
    ...defaults,
  };
}

function standardPrecision(device: string): Readonly<Record<string, string>> {
  // An NPU has no 32-bit floats, and the devices that choose among others pass on what they are told.
  return device.includes('NPU') ? {} : { INFERENCE_PRECISION_HINT: 'f32' };
}

/** Reads, compiles and opens a model. */
export async function loadModel(
  engine: Engine,
  source: ModelSource,
  options: LoadOptions & { readonly device: string },
  context: {
    readonly threads: Slots;
    readonly properties: Readonly<Record<string, string>>;
    readonly closed: () => void;
  },
): Promise<LoadedModel> {
  const { device } = options;
  const prepared = await prepareSource(source);
  try {
    const compiled = await context.threads.take(options.signal).then(async (leave) => {
      try {
        return await engine.compile(
          prepared.engine,
          device,
          propertiesOf(options, device, context.properties),
        );
      } finally {
        leave();
      }
    });
    try {
      return loadedModel({
        compiled,
        take: engine.takeInputs,
        threads: context.threads,
        profiling: options.profiling === true,
        quantized: prepared.quantized,
        what: prepared.what,
        async afterwards() {
          await prepared.dispose();
          context.closed();
        },
      });
    } catch (error) {
      compiled.close();
      throw error;
    }
  } catch (error) {
    await prepared.dispose();
    throw loadError(error, prepared.what, device);
  }
}
