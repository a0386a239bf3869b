import { setTimeout as delay } from 'node:timers/promises';
import {
  type ChatModel,
  createMemoryTaskQueue,
  createOrchestrator,
  defineAgent,
  defineFlow,
  definePlugin,
  defineTask,
  defineTool,
} from '@aiwork/core';
import { bulkhead, circuitBreaker, fallbackCall, protectCall, rateLimit, retry } from '@aiwork/resilience';
import { createServer } from '@aiwork/server';
import { createTelemetry } from '@aiwork/telemetry';
import { z } from 'zod';

/** A server with flows, agents and a queue that are busy with made-up work, and fail as often as they are told. */
export interface BusyService extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Does one run of each unit through the server. */
  work(mishaps?: Mishaps): Promise<void>;
  /** Puts a job into a queue that nobody works on. */
  pileUp(): Promise<void>;
}

/** How often something goes wrong, from 0 to 1. */
export interface Mishaps {
  readonly failures?: number;
  readonly retries?: number;
  /** Most milliseconds that a step takes. */
  readonly slownessMs?: number;
}

const input = z.object({ failures: z.number(), retries: z.number(), slownessMs: z.number() });
const isUnlucky = (share: number) => Math.random() < share;

const letter = defineFlow({ id: 'letter', input }, (f) => {
  const write = f.step('write', {
    needs: { input: f.input },
    run: async ({ input }) => delay(Math.random() * input.slownessMs, 'Dear all'),
  });
  return f.step('send', {
    needs: { write, input: f.input },
    retry: { maxAttempts: 20, minDelay: 1, maxDelay: 50 },
    run: async ({ input }) => {
      await delay((Math.random() * input.slownessMs) / 4);
      if (isUnlucky(input.retries)) throw new Error('the post office is closed');
      return 'sent';
    },
  });
});

const tax = defineTask({
  id: 'tax',
  input,
  run: async ({ failures, slownessMs }) => {
    await delay((Math.random() * slownessMs) / 2);
    if (isUnlucky(failures)) throw new Error('a form is missing');
    return 'paid';
  },
});

const tile = defineTask({ id: 'tile', input: z.number(), queue: 'tiles', run: (n) => n });

const mosaic = defineFlow({ id: 'mosaic', input: z.number() }, (f) =>
  f.map('tiles', tile, { needs: { input: f.input }, over: ({ input }) => [input] }),
);

/** Asks for a search first, and answers then. */
const model: ChatModel = {
  id: 'made-up-model',
  async *stream({ messages }) {
    const inputTokens = 40 * messages.length;
    if (messages.at(-1)?.role === 'tool') yield { type: 'text', text: 'It is 42.' };
    else yield { type: 'tool-call', id: crypto.randomUUID(), name: 'search', input: {} };
    yield { type: 'usage', inputTokens, outputTokens: 12 };
    yield { type: 'done', reason: messages.at(-1)?.role === 'tool' ? 'stop' : 'tool-calls' };
  },
};

/** Asks a shop through every layer, more often than it may be asked, and another one where that fails. */
function createShopping(mishaps: () => Required<Mishaps>) {
  const near = protectCall(
    async () => {
      await delay(1 + Math.random() * mishaps().slownessMs);
      if (isUnlucky(mishaps().failures)) throw new Error('the shop is closed');
      return 42;
    },
    [
      retry({ maxAttempts: 2, minDelay: 1, maxDelay: 5 }),
      circuitBreaker({ id: 'shop', failureRatio: 0.2, minCalls: 3, openFor: '1s', maxOpenFor: '1s' }),
      rateLimit({ id: 'shop', requests: { limit: 2, per: '200ms' } }),
      bulkhead({ id: 'shop', limit: 1, maxQueued: 0 }),
    ],
    { id: 'near-shop' },
  );
  const far = protectCall(async () => 43, [], { id: 'far-shop' });
  const price = fallbackCall({ near, far }, { id: 'price' });
  return defineTask({
    id: 'shopping',
    input: z.unknown(),
    run: () => Promise.all([price(), price(), price()]),
  });
}

function createUnits(mishaps: () => Required<Mishaps>) {
  const search = defineTool({
    name: 'search',
    description: 'Looks things up.',
    input: z.object({}),
    run: async () => {
      if (isUnlucky(mishaps().failures)) throw new Error('the index is away');
      return 42;
    },
  });
  const guide = defineAgent({ id: 'guide', instructions: 'Look it up.', tools: [search], model });
  return { units: [letter, tax, guide, createShopping(mishaps)] };
}

/** It listens on all interfaces, so that containers reach it. */
export async function startBusyService({
  port: at = 0,
}: {
  readonly port?: number;
} = {}): Promise<BusyService> {
  let now: Required<Mishaps> = { failures: 0, retries: 0, slownessMs: 0 };
  const { units } = createUnits(() => now);
  const queue = definePlugin({
    name: 'queue',
    setup: (host) => host.provide('queue', createMemoryTaskQueue()),
  });
  const telemetry = createTelemetry({ serviceName: 'busy', queues: [{ queue: 'tiles' }] });
  const orchestrator = createOrchestrator({
    units: [...units, tile, mosaic],
    plugins: [telemetry.plugin, queue()],
  });
  const server = await createServer({ orchestrator, units, telemetry, metrics: telemetry });
  const { port } = new URL(await server.listen({ host: '0.0.0.0', port: at }));
  const url = `http://127.0.0.1:${port}`;

  async function execute(unit: string, body: unknown): Promise<void> {
    const response = await fetch(`${url}/execute`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ unit, input: body }),
    });
    await response.arrayBuffer();
  }

  return {
    url,
    port: Number(port),
    async work(mishaps = {}) {
      now = { failures: 0, retries: 0, slownessMs: 0, ...mishaps };
      await Promise.all([
        execute('letter', now),
        execute('tax', now),
        execute('guide', 'What is it?'),
        execute('shopping', {}),
      ]);
      await fetch(`${url}/flows`).then((response) => response.arrayBuffer());
      await fetch(`${url}/status/no-such-run`).then((response) => response.arrayBuffer());
    },
    async pileUp() {
      await orchestrator.start(mosaic, 1);
    },
    async [Symbol.asyncDispose]() {
      await server.close();
      await orchestrator.close();
      await telemetry.close();
    },
  };
}
