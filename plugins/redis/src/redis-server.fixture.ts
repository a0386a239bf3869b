import { type RedisService, type RedisServiceOptions, redisService } from '@aiwork/contract-tests/services';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import type { RedisStorageOptions } from './options.ts';
import { type RedisStorage, redisStorage } from './storage.ts';

let namespaces = 0;

/** A Redis that the tests of a file share, started before them and ended after them. */
export function redisServer(options: RedisServiceOptions = {}) {
  let held: Awaited<ReturnType<ReturnType<typeof redisService>['hold']>> | undefined;
  beforeAll(async () => {
    held = await redisService(options).hold();
  }, 300_000);
  afterAll(() => held?.release());

  function service(): RedisService {
    if (!held) throw new Error('the server runs while tests do, and not while they are collected');
    return held.service;
  }

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
