import { availableParallelism } from 'node:os';
import type { LoadOptions, Precision } from '@aiwork/core';

const hints: Readonly<Partial<Record<Precision, string>>> = { fp32: 'f32', fp16: 'f16', bf16: 'bf16' };

/** Options as properties of the engine. `defaults` are its own, and go before what they name otherwise. */
export function engineProperties(
  options: LoadOptions & { readonly device: string },
  defaults: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const { device, precision, hint, cacheDir, profiling } = options;
  // Left to itself, the engine computes a model of 32-bit floats in 16 bits where the processor can.
  const asked = precision === undefined ? undefined : hints[precision];
  return {
    PERFORMANCE_HINT: hint === 'throughput' ? 'THROUGHPUT' : 'LATENCY',
    ...(asked === undefined ? standardPrecision(device) : { INFERENCE_PRECISION_HINT: asked }),
    ...sharing(options),
    ...(cacheDir !== undefined && { CACHE_DIR: cacheDir }),
    ...(profiling === true && { PERF_COUNT: 'YES' }),
    ...defaults,
  };
}

/** The engine counts the threads of all streams together, and a caller those of one inference. */
function sharing({ threads, streams, hint }: LoadOptions): Readonly<Record<string, string>> {
  const shared = streams ?? (hint === 'throughput' && threads !== undefined ? sharesOf(threads) : undefined);
  return {
    ...(shared !== undefined && { NUM_STREAMS: String(shared) }),
    ...(threads !== undefined && { INFERENCE_NUM_THREADS: String(threads * (shared ?? 1)) }),
  };
}

/** How many inferences of so many threads the processors have room for. */
const sharesOf = (threads: number) => Math.max(1, Math.floor(availableParallelism() / threads));

function standardPrecision(device: string): Readonly<Record<string, string>> {
  // An NPU has no 32-bit floats, and the devices that choose among others pass on what they are told.
  return device.includes('NPU') ? {} : { INFERENCE_PRECISION_HINT: 'f32' };
}
