import { Kafka, logLevel, type RetryOptions } from 'kafkajs';
import type { Settings } from '../options.ts';
import { mendRequestQueue } from './mend-request-queue.ts';
import { openSocket } from './open-socket.ts';

/** kafkajs tries again within one call; who calls it has a deadline of his own. */
export const shortRetry: RetryOptions = { initialRetryTime: 100, maxRetryTime: 1000, retries: 4 };

/** A client that writes nothing to any terminal. */
export function createClient(settings: Settings): Kafka {
  mendRequestQueue();
  const { brokers, clientId, sasl, tls, connectTimeoutMs, callTimeoutMs } = settings;
  return new Kafka({
    brokers: [...brokers],
    clientId,
    ...(sasl === undefined ? {} : { sasl }),
    ...(tls === undefined ? {} : { ssl: tls }),
    connectionTimeout: connectTimeoutMs,
    authenticationTimeout: connectTimeoutMs,
    requestTimeout: callTimeoutMs,
    retry: shortRetry,
    socketFactory: openSocket,
    logLevel: logLevel.NOTHING,
    logCreator: () => () => {},
  });
}
