import { ClosedError } from '@aiwork/core';
import type { AnyAdapter } from '../engine/any-adapter.ts';

/**
 * A client of a store that others use too: it can be closed by itself, and waits for its calls then.
 *
 * `iterates` names the methods that give an async iterable, all others give a promise.
 */
export function clientOf<A extends AnyAdapter>(shared: A, iterates: readonly string[]): A {
  const inFlight = new Set<Promise<unknown>>();
  let closed = false;

  function check(): void {
    if (closed) throw new ClosedError('the client');
  }

  async function call(method: (...args: unknown[]) => Promise<unknown>, args: unknown[]): Promise<unknown> {
    check();
    const working = method(...args);
    inFlight.add(working);
    try {
      return await working;
    } finally {
      inFlight.delete(working);
    }
  }

  async function* iterate(method: (...args: unknown[]) => AsyncIterable<unknown>, args: unknown[]) {
    check();
    for await (const item of method(...args)) {
      yield item;
      check();
    }
  }

  async function close(): Promise<void> {
    closed = true;
    await Promise.allSettled(inFlight);
  }

  const methods = Object.entries(shared).map(([name, method]) => {
    if (typeof method !== 'function') return [name, method];
    return [
      name,
      (...args: unknown[]) => (iterates.includes(name) ? iterate(method, args) : call(method, args)),
    ];
  });
  return { ...Object.fromEntries(methods), close, [Symbol.asyncDispose]: close } as A;
}
