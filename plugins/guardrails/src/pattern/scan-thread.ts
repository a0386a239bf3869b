import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Match, ScanRequest } from './scan.ts';
import type { ScanWorkerData } from './scan-worker.ts';

/** A scan did not end in the time it was given. */
export class ScanTimeout extends Error {
  override readonly name = 'ScanTimeout';
}

/** @internal */
export interface ScanThread {
  scan(request: ScanRequest, signal: AbortSignal): Promise<readonly Match[]>;
}

const idleMs = 1_000;
const startMs = 30_000;

/**
 * Runs scans in a thread of their own, one after the other, each ended with its thread after `timeoutMs`. The thread
 * starts with the first scan, keeps no process alive and goes when it has been idle for a second.
 */
export function createScanThread(data: ScanWorkerData, timeoutMs: number): ScanThread {
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let previous: Promise<unknown> = Promise.resolve();

  function drop(): Promise<unknown> {
    const dropped = worker;
    worker = undefined;
    return dropped?.terminate() ?? Promise.resolve();
  }

  async function runningWorker(signal: AbortSignal): Promise<Worker> {
    clearTimeout(idle);
    if (worker) {
      worker.ref();
      return worker;
    }
    worker = new Worker(workerUrl(), { workerData: data, execArgv: [] });
    const ready = once(worker, 'message', {
      signal: AbortSignal.any([signal, AbortSignal.timeout(startMs)]),
    });
    await ready;
    // While nobody asks it anything a failing thread must not take the process with it.
    worker.on('error', () => void drop());
    return worker;
  }

  async function run(request: ScanRequest, signal: AbortSignal): Promise<readonly Match[]> {
    signal.throwIfAborted();
    const timeUp = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    try {
      const thread = await runningWorker(signal);
      timer = setTimeout(() => timeUp.abort(), timeoutMs);
      const answer = once(thread, 'message', { signal: AbortSignal.any([signal, timeUp.signal]) });
      thread.postMessage(request);
      const [numbers] = (await answer) as [Int32Array];
      thread.unref();
      idle = setTimeout(() => void drop(), idleMs).unref();
      return toMatches(numbers);
    } catch (error) {
      await drop();
      signal.throwIfAborted();
      throw timeUp.signal.aborted ? new ScanTimeout(`took longer than ${timeoutMs} ms`) : error;
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    scan(request, signal) {
      const result = previous.then(() => run(request, signal));
      previous = result.catch(() => {});
      return unlessAborted(result, signal);
    },
  };
}

/** Who waits for its turn can leave at once, not only when its turn comes. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const left = new AbortController();
  const aborted = once(signal, 'abort', { signal: left.signal }).then(
    () => signal.throwIfAborted(),
    () => {},
  );
  try {
    await Promise.race([promise, aborted]);
    return await promise;
  } finally {
    left.abort();
  }
}

function workerUrl(): URL {
  // Beside this file it is TypeScript in the repository and JavaScript in the package.
  return import.meta.url.endsWith('.ts')
    ? new URL('./scan-worker.ts', import.meta.url)
    : new URL('./scan-worker.js', import.meta.url);
}

function toMatches(numbers: Int32Array): Match[] {
  const matches: Match[] = [];
  for (let i = 0; i < numbers.length; i += 3) {
    matches.push({
      pattern: numbers[i] as number,
      start: numbers[i + 1] as number,
      end: numbers[i + 2] as number,
    });
  }
  return matches;
}
