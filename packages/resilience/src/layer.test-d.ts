import { expectTypeOf, it } from 'vitest';
import { bulkhead, circuitBreaker, deadline, type Layer, protectCall, retry, timeout } from './index.ts';

const call = async (n: number) => `${n}`;

it('takes layers in their order', () => {
  const ask = protectCall(call, [
    deadline('1s'),
    retry(),
    circuitBreaker({ id: 'x' }),
    timeout({ total: 1 }),
  ]);
  expectTypeOf(ask).returns.resolves.toBeString();
  expectTypeOf(ask).parameter(0).toBeNumber();
  protectCall(call, []);
  const some: readonly Layer[] = [retry()];
  protectCall(call, some);
});

it('takes no other order, and none twice', () => {
  // @ts-expect-error a timeout belongs inside of a retry
  protectCall(call, [timeout({ total: 1 }), retry()]);
  // @ts-expect-error two of a kind
  protectCall(call, [retry(), retry()]);
  // @ts-expect-error a breaker that is asked only once there is a place
  protectCall(call, [bulkhead({ id: 'x', limit: 1 }), circuitBreaker({ id: 'x' })]);
});

it('needs no argument where the call takes none', () => {
  expectTypeOf(protectCall(async () => 1, [])).toBeCallableWith();
});
