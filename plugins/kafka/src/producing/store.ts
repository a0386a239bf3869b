import { type AiworkError, hasCode } from '@aiwork/core';
import type { OutgoingRecord } from '../driver/driver.ts';
import { rootOf } from '../kafka-errors.ts';
import type { KafkaParts } from '../kafka-parts.ts';
import type { TopicKind } from '../topics.ts';

/**
 * Stores records in topics that are made where they are missing, also when somebody deleted them since.
 *
 * @throws what `topics.require` and `outbox.send` throw.
 */
export async function store(
  { topics, outbox }: Pick<KafkaParts, 'topics' | 'outbox'>,
  records: readonly OutgoingRecord[],
  kind: TopicKind,
  signal?: AbortSignal,
): Promise<void> {
  const names = records.map(({ topic }) => topic);
  await topics.require(names, kind, signal);
  try {
    await outbox.send(records, signal);
  } catch (error) {
    if (!isMissing(error)) throw error;
    topics.forget(names);
    if (error.outcome !== 'not-applied') throw error;
    await topics.require(names, kind, signal);
    await outbox.send(records, signal);
  }
}

const isMissing = (error: unknown): error is AiworkError =>
  hasCode(error, 'AIWORK_QUEUE_FAILED') && rootOf(error).type === 'UNKNOWN_TOPIC_OR_PARTITION';
