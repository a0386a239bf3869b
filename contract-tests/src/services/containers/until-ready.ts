import { setTimeout as sleep } from 'node:timers/promises';
import type { WaitStrategy } from 'testcontainers';
import { type Container, lastWords } from './container-log.ts';

const pollMs = 50;

/** Asks until the service answers. Rejects with what the container said when it stops, or does not answer in time. */
export async function untilReady(
  container: Container,
  probe: () => Promise<unknown>,
  timeoutMs: number,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    try {
      await probe();
      return;
    } catch (error) {
      const { State } = await container.inspect();
      const late = performance.now() > end && `it does not answer after ${timeoutMs} ms`;
      const over = State.Running ? late : `it stopped with exit code ${State.ExitCode}`;
      if (over) throw new Error(`${over}${await lastWords(container)}`, { cause: error });
    }
    await sleep(pollMs);
  }
}

/** Lets Testcontainers wait by a question of ours. It takes more from one who waits, but asks for no more. */
export function waitUntil(ready: (container: Container) => Promise<void>): WaitStrategy {
  const strategy: WaitStrategy = {
    waitUntilReady: ready,
    withStartupTimeout: () => strategy,
    isStartupTimeoutSet: () => true,
    getStartupTimeout: () => 0,
  };
  return strategy;
}
