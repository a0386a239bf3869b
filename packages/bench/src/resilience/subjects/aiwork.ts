import type { ChatModel } from '@aiwork/core';
import { generate } from '@aiwork/core';
import {
  circuitBreaker,
  deadline,
  fallbackModel,
  protectCall,
  protectModel,
  retry,
  retryBudget,
  timeout,
} from '@aiwork/resilience';
import { attemptMs, maxAttempts, type ProviderCall, requestMs } from '../provider.ts';
import type { ResilienceSubject } from '../subject.ts';

const request = { messages: [{ role: 'user', content: 'Go on' }] } as const;

const modelOf = (id: string, call: ProviderCall): ChatModel => ({
  id,
  async *stream(_, { signal }) {
    yield { type: 'text', text: await call(signal) };
    yield { type: 'done', reason: 'stop' };
  },
});

export const subject: ResilienceSubject = {
  retrying(call) {
    const ask = protectCall(
      (_: void, { signal }) => call(signal),
      [
        deadline(requestMs),
        retry({ maxAttempts, minDelay: 5, maxDelay: 100, budget: retryBudget({ ratio: 0.5 }) }),
        circuitBreaker({ id: 'provider', failureRatio: 0.9, minCalls: 100 }),
        timeout({ total: attemptMs }),
      ],
    );
    return () => ask();
  },
  fallingBack(first, second) {
    const guarded = protectModel(modelOf('first', first), [
      circuitBreaker({ id: 'first', minCalls: 5, openFor: '1s', maxOpenFor: '1s', probe: 'shadow' }),
      timeout({ firstOutput: attemptMs }),
    ]);
    const model = fallbackModel([guarded, modelOf('second', second)]);
    return async () => (await generate(model, request)).text;
  },
};
