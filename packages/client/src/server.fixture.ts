import { openLink } from '@aiwork/contract-tests';
import { createOrchestrator, defineFlow, defineTask, type OrchestratorOptions } from '@aiwork/core';
import { createServer, type ServerOptions } from '@aiwork/server';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import type { ClientOptions } from './client-options.ts';
import { createClient } from './create-client.ts';

/** Lets the runs of {@link units} go on that wait for it. */
export const gate = { open: Promise.withResolvers<void>() };

const double = defineTask({ id: 'double', input: z.number(), tags: ['sums'], run: (n) => 2 * n });

const broken = defineTask({
  id: 'broken',
  input: z.unknown(),
  run: (): number => {
    throw new Error('the disk is full');
  },
});

/** Says so many words, and ends when the gate is opened. */
const talk = defineTask({
  id: 'talk',
  input: z.number(),
  async run(words, { emit, signal }) {
    for (let i = 0; i < words; i += 1) emit('word', i);
    await Promise.race([gate.open.promise, new Promise((stop) => signal.addEventListener('abort', stop))]);
    for (let i = 0; i < words; i += 1) emit('late', i);
    return new Map([['words', words]]);
  },
});

const ask = defineFlow({ id: 'ask', input: z.object({ name: z.string(), n: z.int() }) }, (f) => {
  const may = f.waitFor('may', {
    needs: { input: f.input },
    payload: z.object({ yes: z.boolean() }),
    prompt: ({ input }) => `May ${input.name}?`,
  });
  return f.step('end', { needs: { may }, run: ({ may }) => may.yes });
});

export const units = { double, broken, talk, ask };

export interface ServeOptions extends Partial<ServerOptions> {
  readonly client?: Partial<ClientOptions>;
}

/** A server that listens, and a client of it; both are closed after the test. */
export async function serve(
  { client: clientOptions, ...options }: ServeOptions = {},
  orchestratorOptions: OrchestratorOptions = {},
) {
  gate.open = Promise.withResolvers();
  const served = Object.values(units);
  const orchestrator = createOrchestrator({ units: served, ...orchestratorOptions });
  const server = await createServer({ orchestrator, units: served, maxWaitMs: 5000, ...options });
  const url = await server.listen();
  onTestFinished(async () => {
    await server.close();
    await orchestrator.close();
  });
  return { url, server, orchestrator, client: createClient<typeof units>({ url, ...clientOptions }) };
}

/** A server behind a link that can be cut, and a client on the other side of it. */
export async function serveThroughLink() {
  const served = await serve();
  const link = await openLink({ host: '127.0.0.1', port: Number(new URL(served.url).port) });
  onTestFinished(() => link.close());
  const url = `http://127.0.0.1:${link.address.port}`;
  return { ...served, link, url, far: createClient<typeof units>({ url }) };
}
