import { once } from 'node:events';
import { type Transferable, Worker } from 'node:worker_threads';
import type { Exchanges, Kind, Reply, Request } from './messages.ts';

/** A thread with one session of the engine. It keeps the process alive only while it is asked something. */
export interface SessionThread {
  /** Rejects with an `Error` that says what the engine says. */
  ask<K extends Kind>(
    kind: K,
    question: Exchanges[K]['ask'],
    transfer?: readonly Transferable[],
  ): Promise<Exchanges[K]['answer']>;
  /** Ends it when it has done what it was asked. */
  end(): Promise<void>;
}

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

function workerUrl(): URL {
  // Beside this file it is TypeScript in the repository and JavaScript in the package.
  return import.meta.url.endsWith('.ts')
    ? new URL('./session-worker.ts', import.meta.url)
    : new URL('./session-worker.js', import.meta.url);
}

/** For what a thread makes and drops again; its tensors lie elsewhere. By default it would take tens of MB. */
const youngMegabytes = 2;

export function startSessionThread(): SessionThread {
  const worker = new Worker(workerUrl(), {
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes },
  });
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let ended: Error | undefined;

  function settle(id: number): Waiting | undefined {
    const found = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref();
    return found;
  }

  function fail(error: Error): void {
    ended ??= error;
    for (const id of [...waiting.keys()]) settle(id)?.reject(ended);
  }

  worker.unref();
  worker.on('message', (reply: Reply) => {
    const asker = settle(reply.id);
    if ('failure' in reply) asker?.reject(new Error(reply.failure));
    else asker?.resolve(reply.answer);
  });
  worker.on('error', (error) => fail(error instanceof Error ? error : new Error(String(error))));
  const exited = once(worker, 'exit').then(() => fail(new Error('its thread has ended')));

  const ask: SessionThread['ask'] = (kind, question, transfer = []) =>
    new Promise((resolve, reject) => {
      if (ended !== undefined) {
        reject(ended);
        return;
      }
      lastId += 1;
      waiting.set(lastId, { resolve: (answer) => resolve(answer as never), reject });
      worker.ref();
      try {
        worker.postMessage({ id: lastId, kind, ...question } as Request, transfer);
      } catch (error) {
        // Memory that cannot be given away, such as that of a WebAssembly module.
        settle(lastId)?.reject(error instanceof Error ? error : new Error(String(error)));
      }
    });

  return {
    ask,
    async end() {
      if (ended === undefined) {
        // One that ends by itself has let go of its session, too.
        await ask('close', {}).catch(() => {});
        worker.ref();
      }
      await exited;
    },
  };
}
