import { redisService, ServiceUnavailable } from '@aiwork/contract-tests/services';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { serve } from '../src/server.fixture.ts';

it('counts requests of all servers that share a Redis, and refuses nothing while it is away', async (t) => {
  const held = await redisService()
    .start()
    .catch((error: unknown) => {
      if (error instanceof ServiceUnavailable) return t.skip(error.message);
      throw error;
    });
  expect(held).toBeDefined();
});
