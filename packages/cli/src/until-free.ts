import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { hasCode, toMilliseconds } from '@aiwork/core';
import type { FlowFile } from './flow-file/load-flow-file.ts';
import { cliLeaseTtl } from './open-orchestrator.ts';

/**
 * Asks until no other process holds what is asked for. One that was killed holds its run until the lease ends; one that
 * lives renews it, and is not waited for longer than that.
 */
export async function untilFree<T>(what: string, { options }: FlowFile, ask: () => Promise<T>): Promise<T> {
  const ttlMs = toMilliseconds(options.leaseTtl ?? cliLeaseTtl, 'leaseTtl');
  const deadline = Date.now() + ttlMs * 1.2;
  for (let told = false; ; told = true) {
    try {
      return await ask();
    } catch (error) {
      if (!hasCode(error, 'AIWORK_RUN_OWNED') || Date.now() > deadline) throw error;
      if (!told) process.stderr.write(`Waiting for the process that works on ${what} to give it up …\n`);
      await delay(Math.min(200, ttlMs / 5));
    }
  }
}
