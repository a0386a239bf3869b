import { attemptMs } from '../provider.ts';
import type { ResilienceSubject } from '../subject.ts';

/** One attempt. */
export const subject: ResilienceSubject = {
  retrying: (call) => () => call(AbortSignal.timeout(attemptMs)),
};
