import { AiworkError } from '@aiwork/core';
import { checkSignal } from '@aiwork/core/adapter-kit';
import type { OutgoingRecord, Sender } from '../driver/driver.ts';
import { isRefusal, kafkaFailed, kafkaSilent } from '../kafka-errors.ts';

/** A broker takes no batch of more than about a megabyte unless told so. */
const maxBatchBytes = 900_000;
const recordOverheadBytes = 100;

export interface OutboxOptions {
  /** Names Kafka in errors. */
  readonly where: string;
  readonly callTimeoutMs: number;
  openSender(): Promise<Sender>;
}

/**
 * Sends what several callers hand in, in their order: what comes while a batch is under way leaves together with the next
 * one. After a send failed, its sender is thrown away, because what it would acknowledge next might not be stored.
 */
export interface Outbox {
  /**
   * Resolves when all records are stored.
   *
   * @throws `AIWORK_QUEUE_FAILED`, `AIWORK_LIMIT_EXCEEDED` or `AIWORK_CANCELLED` with an `outcome`; nothing of what is
   * `not-applied` is sent later on.
   */
  send(records: readonly OutgoingRecord[], signal?: AbortSignal): Promise<void>;
  /** What is under way is waited for. */
  close(): Promise<void>;
}

/** What fits into one batch. */
interface Part {
  readonly records: readonly OutgoingRecord[];
  readonly bytes: number;
}

interface Call {
  readonly parts: readonly Part[];
  readonly done: PromiseWithResolvers<void>;
  sentParts: number;
  storedParts: number;
  isOver: boolean;
}

interface Entry {
  readonly call: Call;
  readonly part: Part;
}

export function createOutbox({ where, callTimeoutMs, openSender }: OutboxOptions): Outbox {
  const waiting: Entry[] = [];
  const closing = new Set<Promise<void>>();
  let sender: Sender | undefined;
  let working: Promise<void> | undefined;

  function discard(): void {
    const last = sender;
    sender = undefined;
    if (!last) return;
    const closed = last.close().finally(() => closing.delete(closed));
    closing.add(closed);
  }

  async function transmit(batch: readonly Entry[]): Promise<void> {
    try {
      sender ??= await inTime(openSender(), callTimeoutMs, (late) => late.close());
    } catch (error) {
      for (const { call } of batch) fail(call, error);
      return;
    }
    for (const { call } of batch) call.sentParts += 1;
    try {
      await inTime(sender.send(batch.flatMap(({ part }) => part.records)), callTimeoutMs);
    } catch (error) {
      discard();
      if (batch.length === 1 || !isRefusal(error)) {
        for (const { call } of batch) fail(call, error);
        return;
      }
      // One of them may be to blame for all.
      for (const { call } of batch) call.sentParts -= 1;
      for (const entry of batch) if (!entry.call.isOver) await transmit([entry]);
      return;
    }
    for (const { call } of batch) {
      call.storedParts += 1;
      if (call.storedParts === call.parts.length) call.done.resolve();
    }
  }

  function fail(call: Call, error: unknown): void {
    call.isOver = true;
    const outcome = call.sentParts > 0 ? 'unknown' : 'not-applied';
    // A part that was refused does not undo those before it.
    const settled = isRefusal(error) && call.storedParts === 0 ? 'not-applied' : outcome;
    call.done.reject(
      error instanceof OutOfTime
        ? kafkaSilent(where, 'take the tasks', callTimeoutMs, outcome)
        : kafkaFailed(where, 'take the tasks', error, settled),
    );
  }

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      const batch: Entry[] = [];
      for (let bytes = 0; waiting.length > 0; ) {
        const [next] = waiting;
        if (!next) break;
        bytes += next.part.bytes;
        if (batch.length > 0 && bytes > maxBatchBytes) break;
        waiting.shift();
        if (!next.call.isOver) batch.push(next);
      }
      if (batch.length > 0) await transmit(batch);
    }
    working = undefined;
  }

  return {
    async send(records, signal) {
      checkSignal(signal);
      if (records.length === 0) return;
      const parts = partsOf(records);
      const done = Promise.withResolvers<void>();
      const call: Call = { parts, done, sentParts: 0, storedParts: 0, isOver: false };
      waiting.push(...parts.map((part) => ({ call, part })));
      const giveUp = (error: (outcome: 'not-applied' | 'unknown') => AiworkError) => {
        call.isOver = true;
        done.reject(error(call.sentParts > 0 ? 'unknown' : 'not-applied'));
      };
      const timer = setTimeout(
        () => giveUp((outcome) => kafkaSilent(where, 'take the tasks', callTimeoutMs, outcome)),
        callTimeoutMs * parts.length,
      );
      const onAbort = () => giveUp((outcome) => aborted(where, signal?.reason, outcome));
      signal?.addEventListener('abort', onAbort, { once: true });
      // Those who call at the same moment leave together.
      working ??= Promise.resolve().then(work);
      try {
        await done.promise;
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      }
    },
    async close() {
      await working;
      discard();
      await Promise.all(closing);
    },
  };
}

class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
}

/** `late` is given what comes after all. */
async function inTime<T>(promise: Promise<T>, ms: number, late?: (value: T) => Promise<void>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const outOfTime = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new OutOfTime('no answer in time'));
      promise.then(late).catch(() => {});
    }, ms);
  });
  try {
    return await Promise.race([promise, outOfTime]);
  } finally {
    clearTimeout(timer);
  }
}

function partsOf(records: readonly OutgoingRecord[]): readonly Part[] {
  const parts: { records: OutgoingRecord[]; bytes: number }[] = [];
  for (const record of records) {
    const bytes = bytesOf([record]);
    const part = parts.at(-1);
    if (!part || part.bytes + bytes > maxBatchBytes) {
      parts.push({ records: [record], bytes });
    } else {
      part.records.push(record);
      part.bytes += bytes;
    }
  }
  return parts;
}

/** About what they take in a batch. */
export function bytesOf(records: readonly OutgoingRecord[]): number {
  let bytes = 0;
  for (const { key = '', value, headers } of records) {
    bytes += recordOverheadBytes + Buffer.byteLength(key) + value.byteLength;
    for (const name in headers) bytes += name.length + Buffer.byteLength(headers[name] ?? '') + 4;
  }
  return bytes;
}

function aborted(where: string, reason: unknown, outcome: 'not-applied' | 'unknown'): AiworkError {
  const effect = outcome === 'unknown' ? 'whether it took them is not known' : 'nothing was sent';
  return new AiworkError(
    'AIWORK_CANCELLED',
    `the call was aborted before ${where} took the tasks: ${effect}`,
    {
      cause: reason,
      outcome,
    },
  );
}
