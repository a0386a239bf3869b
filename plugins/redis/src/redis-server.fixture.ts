import { type RedisServiceOptions, redisService } from '@aiwork/contract-tests/services';
import { serviceForTests } from '@aiwork/contract-tests/vitest';
import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import type { RedisStorageOptions } from './options.ts';
import { type RedisStorage, redisStorage } from './storage.ts';

let namespaces = 0;

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
