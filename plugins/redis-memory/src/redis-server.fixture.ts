import {
  type HeldService,
  type RedisService,
  redisService,
  ServiceUnavailable,
} from '@aiwork/contract-tests/services';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, onTestFinished } from 'vitest';
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

/** Where no Redis can be had, tests fail under CI, and are skipped with the reason elsewhere. */
export function testServer(): TestServer {
  let held: HeldService<RedisService> | undefined;
  let lack: string | undefined;
  beforeAll(async () => {
    try {
      held = await redisService().hold();
    } catch (error) {
      if (!(error instanceof ServiceUnavailable) || process.env['CI']) throw error;
      lack = error.message;
    }
  }, 300_000);
  beforeEach(({ skip }) => {
    if (lack !== undefined) skip(lack);
  });
  afterAll(() => held?.release());

  function service(): RedisService {
    if (!held) throw new Error('Redis runs while tests do, and not while they are collected');
    return held.service;
  }
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
