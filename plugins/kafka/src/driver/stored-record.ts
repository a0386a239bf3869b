import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { StoredRecord } from './driver.ts';

export function toStoredRecord({ offset, key, value, headers, timestamp }: KafkaMessage): StoredRecord {
  return {
    offset: Number(offset),
    key: key?.toString(),
    value: value ?? Buffer.alloc(0),
    headers: headers ? textOf(headers) : {},
    sentAt: Number(timestamp),
  };
}

/** Of a header that is there several times, the last. */
function textOf(headers: IHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      String(Array.isArray(value) ? value.at(-1) : value),
    ]),
  );
}
