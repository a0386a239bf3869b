import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerRuntimeClient, WaitStrategy } from 'testcontainers';
import { lastLines } from './run-command.ts';

type Container = ReturnType<ContainerRuntimeClient['container']['getById']>;

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

/** The end of what a container has said, for a message; empty where there is no container. */
export async function lastWords(container: Container): Promise<string> {
  try {
    const said = lastLines(textOf(await container.logs({ stdout: true, stderr: true, tail: 20 })), 20);
    return said && `\n${said}`;
  } catch {
    return '';
  }
}

/** Without a terminal, an engine puts a header of 8 bytes before each piece; its second half is the length. */
function textOf(pieces: Buffer): string {
  let text = '';
  for (let at = 0; at + 8 <= pieces.length; at += 8 + pieces.readUInt32BE(at + 4)) {
    text += pieces.toString('utf8', at + 8, at + 8 + pieces.readUInt32BE(at + 4));
  }
  return text;
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
