import pRetry from 'p-retry';
import { attemptMs, maxAttempts, requestMs } from '../provider.ts';
import type { ResilienceSubject } from '../subject.ts';

export const subject: ResilienceSubject = {
  retrying: (call) => () =>
    pRetry(() => call(AbortSignal.timeout(attemptMs)), {
      retries: maxAttempts - 1,
      minTimeout: 5,
      maxTimeout: 100,
      randomize: true,
      maxRetryTime: requestMs,
    }),
};
