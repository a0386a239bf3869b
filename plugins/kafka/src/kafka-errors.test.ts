import { KafkaJSProtocolError } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { isLasting } from './kafka-errors.ts';

const refusal = (type: string) =>
  Object.assign(new KafkaJSProtocolError(new Error(type)), { type, retriable: false });

describe('a refusal of a broker', () => {
  it.each([
    // A broker of several that has not heard of a topic that was just made.
    ['UNKNOWN_TOPIC_OR_PARTITION', false],
    ['SASL_AUTHENTICATION_FAILED', true],
    ['GROUP_AUTHORIZATION_FAILED', true],
    ['NOT_LEADER_FOR_PARTITION', false],
  ])('%s lasts: %s', (type, lasting) => {
    expect(isLasting(refusal(type))).toBe(lasting);
  });
});
