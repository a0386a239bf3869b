import {
  type HeldService,
  type RedisServiceOptions,
  redisService,
  type Service,
  type ServiceSource,
  ServiceUnavailable,
} from '@aiwork/contract-tests/services';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, onTestFinished } from 'vitest';
import type { RedisStorageOptions } from './options.ts';
import { type RedisStorage, redisStorage } from './storage.ts';

let namespaces = 0;

/**
 * Holds a service from before the tests around it until after them. Where it cannot be had they fail under CI, and are
 * skipped with the reason elsewhere, as the checks of contracts are.
 */
export function serviceForTests<S extends Service>(source: ServiceSource<S>): () => S {
  let held: HeldService<S> | undefined;
  let lack: string | undefined;
  beforeAll(async () => {
    try {
      held = await source.hold();
    } catch (error) {
      if (!(error instanceof ServiceUnavailable) || process.env['CI']) throw error;
      lack = error.message;
    }
  }, 300_000);
  beforeEach(({ skip }) => {
    if (lack !== undefined) skip(lack);
  });
  afterAll(() => held?.release());

  return () => {
    if (!held) throw new Error(`${source.name} runs while tests do, and not while they are collected`);
    return held.service;
  };
}

/** A Redis that the tests of a file share. */
export function redisServer(options: RedisServiceOptions = {}) {
  const service = serviceForTests(redisService(options));
  return {
    service,
    /** A client without any of what this package adds. */
    admin() {
      const admin = new Redis(service().url);
      onTestFinished(() => admin.disconnect());
      return admin;
    },
    /** A storage of a namespace of its own. */
    async storage(storageOptions: RedisStorageOptions = {}): Promise<RedisStorage> {
      namespaces += 1;
      const namespace = `test ${process.pid} ${namespaces}`;
      const storage = await redisStorage({ url: service().url, namespace, ...storageOptions });
      onTestFinished(() => storage.close());
      return storage;
    },
  };
}

/** What a promise rejects with. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`expected an error, seen ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}
