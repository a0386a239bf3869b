import { setTimeout as wait } from 'node:timers/promises';
import { AiworkError, type CallOptions, type StateStore } from '@aiwork/core';
import { retryDelayMs } from '@aiwork/core/adapter-kit';
import { cancelled } from '../refusals.ts';
import { type ConversationRecord, emptyRecord, readRecord } from './conversation-record.ts';

/** As many writers at once get through, each in its turn. */
const maxAttempts = 50;

/** Where a conversation is kept, and until when. */
export interface RecordPlace {
  readonly store: StateStore;
  readonly key: string;
  /** How long from now on it is to be kept, in milliseconds; as long as it is not forgotten where absent. */
  ttlMsOf(record: ConversationRecord): number | undefined;
}

/**
 * Replaces a conversation by what `change` makes of it, which is called again when another process came in between. What
 * it gives back unchanged is not written; what is empty is deleted.
 *
 * @throws `AIWORK_STORE_BUSY` when others came in between each time; `AIWORK_CORRUPT_DATA`; what the store throws.
 */
export async function updateRecord(
  { store, key, ttlMsOf }: RecordPlace,
  change: (record: ConversationRecord) => ConversationRecord,
  options: CallOptions,
): Promise<ConversationRecord> {
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const entry = await store.get(key, options);
    const before = entry ? readRecord(entry.value, key) : emptyRecord;
    const after = change(before);
    if (after === before) return after;
    if (after.turns.length === 0 && !after.summary) {
      if (!entry || (await store.delete(key, { ...options, ifVersion: entry.version }))) return after;
    } else {
      const ttlMs = ttlMsOf(after);
      const set = { ...options, ifVersion: entry?.version ?? null, ...(ttlMs !== undefined && { ttlMs }) };
      if ((await store.set(key, after, set)).applied) return after;
    }
    await pause(attempt, options);
  }
  throw new AiworkError(
    'AIWORK_STORE_BUSY',
    `the conversation ${JSON.stringify(key)} was changed by others in each of ${maxAttempts} attempts: try again`,
    { retryable: true, outcome: 'not-applied' },
  );
}

async function pause(failures: number, { signal }: CallOptions): Promise<void> {
  const delayMs = retryDelayMs({ minDelay: 2, maxDelay: 200 }, failures, undefined);
  await wait(delayMs, undefined, { ...(signal && { signal }) }).catch((cause: unknown) => {
    throw signal?.aborted ? cancelled(signal) : cause;
  });
}
