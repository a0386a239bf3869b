import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type HeldService, type Service, type ServiceSource, ServiceUnavailable } from '../engine/service.ts';

/** An image may have to be built first. */
const startMs = 300_000;

/**
 * Holds a service from before the tests around it until after them. Where it cannot be had they fail under CI, and are
 * skipped with the reason elsewhere, as the checks of contracts are.
 *
 * @returns the service; throws outside of tests, when it is not held.
 * @example
 * ```ts no-run: needs Redis, and Vitest
 * import { redisService } from '@aiwork/contract-tests/services';
 * import { serviceForTests } from '@aiwork/contract-tests/vitest';
 * import { expect, it } from 'vitest';
 *
 * const redis = serviceForTests(redisService());
 * it('has a Redis', () => expect(redis().facts.name).toBe('redis'));
 * ```
 * @since 0.1.0
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
  }, startMs);
  beforeEach(({ skip }) => {
    if (lack !== undefined) skip(lack);
  });
  afterAll(() => held?.release());

  return () => {
    if (!held) throw new Error(`${source.name} runs while tests do, and not while they are collected`);
    return held.service;
  };
}
