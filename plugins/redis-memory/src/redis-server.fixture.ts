import { type RedisService, redisService } from '@aiwork/contract-tests/services';
import { serviceForTests } from '@aiwork/contract-tests/vitest';
import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import { createRedisMemory, type RedisMemory, type RedisMemoryOptions } from './index.ts';

/** A Redis that the tests of a file share. */
export interface TestServer {
  service(): RedisService;
  /** A name that no other test has. */
  namespace(): string;
  /** A memory that is closed with the test. */
  open(options: RedisMemoryOptions): Promise<RedisMemory>;
  /** A client without any of what this package adds. */
  admin(): Redis;
}

let namespaces = 0;

export function testServer(): TestServer {
  const service = serviceForTests(redisService());
  return {
    service,
    namespace() {
      namespaces += 1;
      return `test-${process.pid}-${namespaces}`;
    },
    async open(options) {
      // Patient: the machine may be busy.
      const memory = await createRedisMemory({ url: service().url, commandTimeoutMs: 20_000, ...options });
      onTestFinished(() => memory.close());
      return memory;
    },
    admin() {
      const admin = new Redis(service().url);
      onTestFinished(() => admin.disconnect());
      return admin;
    },
  };
}
