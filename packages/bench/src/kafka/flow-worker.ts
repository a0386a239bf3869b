// A worker process.
import { createOrchestrator } from '@aiwork/core';
import { optionsOf, type Servers } from './step.ts';

/** Works on a queue until the process ends. */
export async function begin(servers: Servers, queue: string, concurrency: number): Promise<void> {
  const ai = createOrchestrator(optionsOf(servers, queue));
  await ai.worker({ queues: [queue], concurrency });
}
