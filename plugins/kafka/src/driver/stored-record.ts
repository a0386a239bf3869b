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

/** Of a header that is there several times, the last. A loop, because it is done for each record. */
function textOf(headers: IHeaders): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    texts[name] = String(Array.isArray(value) ? value.at(-1) : value);
  }
  return texts;
}
