import { redisService, ServiceUnavailable } from '@aiwork/contract-tests/services';
import { onTestFinished, type TestContext } from 'vitest';

/** The URL of a Redis that is there until the test is over. Where none can be had the test fails under CI, and is skipped elsewhere. */
export async function heldRedis({ skip }: Pick<TestContext, 'skip'>): Promise<string> {
  const held = await redisService()
    .hold()
    .catch((error: unknown) => {
      if (!(error instanceof ServiceUnavailable) || process.env['CI']) throw error;
      return skip(error.message);
    });
  onTestFinished(() => held.release());
  return held.service.url;
}
