import {
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  retry,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { attemptMs, maxAttempts, requestMs } from '../provider.ts';
import type { ResilienceSubject } from '../subject.ts';

const attempt = () => timeout(attemptMs, TimeoutStrategy.Aggressive);

export const subject: ResilienceSubject = {
  retrying(call) {
    const policy = wrap(
      timeout(requestMs, TimeoutStrategy.Aggressive),
      retry(handleAll, {
        maxAttempts: maxAttempts - 1,
        backoff: new ExponentialBackoff({ initialDelay: 5, maxDelay: 100 }),
      }),
      circuitBreaker(handleAll, { halfOpenAfter: 1000, breaker: new ConsecutiveBreaker(100) }),
      attempt(),
    );
    return () => policy.execute(({ signal }) => call(signal));
  },
  fallingBack(first, second) {
    const guarded = wrap(
      circuitBreaker(handleAll, { halfOpenAfter: 1000, breaker: new ConsecutiveBreaker(5) }),
      attempt(),
    );
    const never = new AbortController().signal;
    return () => guarded.execute(({ signal }) => first(signal)).catch(() => second(never));
  },
};
