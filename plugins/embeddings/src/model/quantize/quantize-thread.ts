import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { PlacedTensors } from '../file/place-tensors.ts';
import type { Quantizable, QuantizeRequest } from './quantize-worker.ts';

/** Quantizes in a thread of its own: to round numbers by the million holds up whatever else a process does. */
export interface QuantizeThread extends AsyncDisposable {
  /** One request at a time. An abort ends the thread, also in the middle of its work. */
  quantize(request: QuantizeRequest, signal?: AbortSignal): Promise<PlacedTensors>;
}

function workerUrl(): URL {
  // Beside this file it is TypeScript in the repository and JavaScript in the package.
  return import.meta.url.endsWith('.ts')
    ? new URL('./quantize-worker.ts', import.meta.url)
    : new URL('./quantize-worker.js', import.meta.url);
}

/** Floats in memory that threads share are not copied on the way. */
export function startQuantizeThread(quantizable: Quantizable): QuantizeThread {
  const worker = new Worker(workerUrl(), { execArgv: [], workerData: quantizable });
  const failed = once(worker, 'error').then(([error]): never => {
    throw error;
  });
  // It may fail while nobody asks it anything; who asks next is told.
  failed.catch(() => {});
  return {
    async quantize(request, signal) {
      const answered = once(worker, 'message', signal && { signal });
      worker.postMessage(request);
      try {
        const [placed] = await Promise.race([answered, failed]);
        return placed;
      } catch (error) {
        await worker.terminate();
        signal?.throwIfAborted();
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}
