import { AiworkError } from '@aiwork/core';
import { chooseBatch } from './choose-batch.ts';
import type { Encoder } from './encoder.ts';

/** Texts that wait to be embedded together. */
export interface BatchQueue {
  /** How many tokens wait, or are worked on. */
  readonly tokens: number;
  /** @throws `AIWORK_OVERLOADED` while as many tokens wait as may. */
  requireRoom(): void;
  /** For the texts of one call: they wait behind each other, and not in front of those of calls that come later. */
  lane(): Lane;
}

/** Where the texts of one call wait. */
export interface Lane {
  /** The vector of tokens. Aborted while it waits, it is worked on no more. */
  add(ids: Uint32Array, signal: AbortSignal): Promise<Float32Array>;
}

interface QueueOptions {
  /** Most tokens of a batch, with what fills short texts up. */
  readonly maxBatchTokens: number;
  /** How many tokens may wait before more are refused. */
  readonly maxQueuedTokens: number;
}

interface Waiting {
  readonly ids: Uint32Array;
  /** Its turn: those with smaller ones go first. */
  readonly turn: number;
  readonly signal: AbortSignal;
  resolve(vector: Float32Array): void;
  reject(error: unknown): void;
}

/** No more of those who wait are looked at: it is done for each batch. */
const window = 512;

/** What an encoder is estimated to do before any batch was timed. */
const startTokensPerMs = 10;

/**
 * Batches are made when the encoder is free: one text that comes alone does not wait for others.
 *
 * Calls share it fairly, by tokens: start-time fair queueing, as of Goyal, Vin and Cheng (1996).
 */
export function createBatchQueue(encoder: Encoder, options: QueueOptions): BatchQueue {
  const { maxBatchTokens, maxQueuedTokens } = options;
  let waiting: Waiting[] = [];
  let running = 0;
  let tokens = 0;
  /** The turn of what was begun last: where calls that come now begin. */
  let now = 0;
  let tokensPerMs = startTokensPerMs;

  async function work(batch: readonly Waiting[]): Promise<void> {
    const start = performance.now();
    try {
      const vectors = await encoder.encode(batch.map(({ ids }) => ids));
      for (const [i, each] of batch.entries()) {
        const vector = vectors[i];
        if (vector) each.resolve(vector);
        else each.reject(new Error(`the model gave ${vectors.length} vectors for ${batch.length} texts`));
      }
    } catch (error) {
      for (const each of batch) each.reject(error);
    }
    const done = sizeOf(batch);
    tokens -= done;
    tokensPerMs += (done / Math.max(1, performance.now() - start) - tokensPerMs) / 8;
  }

  function startBatches(): void {
    while (running < encoder.concurrency && waiting.length > 0) {
      const oldest = waiting.slice(0, window);
      const lengths = oldest.map(({ ids }) => ids.length);
      const free = encoder.concurrency - running;
      const chosen = new Set(chooseBatch(lengths, { maxTokens: maxBatchTokens, free }));
      const batch = oldest.filter((_, i) => chosen.has(i));
      waiting = [...oldest.filter((_, i) => !chosen.has(i)), ...waiting.slice(window)];
      now = Math.max(now, oldest[0]?.turn ?? now);
      running += 1;
      void work(batch).then(() => {
        running -= 1;
        startBatches();
      });
    }
  }

  // Once for all that are added in one turn, so that they come into one batch.
  let isStarting = false;
  function startSoon(): void {
    if (isStarting) return;
    isStarting = true;
    queueMicrotask(() => {
      isStarting = false;
      startBatches();
    });
  }

  function leave(one: Waiting): void {
    const place = waiting.indexOf(one);
    if (place < 0) return;
    waiting.splice(place, 1);
    tokens -= one.ids.length;
    one.reject(one.signal.reason);
  }

  function wait(asked: Pick<Waiting, 'ids' | 'turn' | 'signal'>): Promise<Float32Array> {
    const { ids, turn, signal } = asked;
    const { promise, resolve, reject } = Promise.withResolvers<Float32Array>();
    const one: Waiting = { ...asked, resolve, reject };
    const onAbort = () => leave(one);
    signal.addEventListener('abort', onAbort, { once: true });
    const before = waiting.findLastIndex((each) => each.turn <= turn);
    waiting.splice(before + 1, 0, one);
    tokens += ids.length;
    startSoon();
    return promise.finally(() => signal.removeEventListener('abort', onAbort));
  }

  return {
    get tokens() {
      return tokens;
    },
    requireRoom() {
      if (tokens < maxQueuedTokens) return;
      throw new AiworkError(
        'AIWORK_OVERLOADED',
        `${tokens} tokens wait to be embedded, as many as may: try again later, or give the embedder a larger maxQueuedTokens`,
        { outcome: 'not-applied', retryable: true, retryAfterMs: Math.ceil(tokens / tokensPerMs) },
      );
    },
    lane() {
      let next = 0;
      return {
        add(ids, signal) {
          const turn = Math.max(now, next);
          next = turn + ids.length;
          return wait({ ids, turn, signal });
        },
      };
    },
  };
}

const sizeOf = (batch: readonly Waiting[]) => batch.reduce((sum, { ids }) => sum + ids.length, 0);
