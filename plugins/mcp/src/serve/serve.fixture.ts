import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type AnyUnit,
  createOrchestrator,
  defineAgent,
  defineFlow,
  defineTask,
  defineTool,
} from '@aiwork/core';
import { scriptedChatModel } from '@aiwork/core/testing';
import { Client, type ClientOptions, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { type McpHttpOptions, mcpHandler } from './http.ts';

export const double = defineTask({
  id: 'double',
  input: z.number(),
  output: z.number(),
  run: (n) => 2 * n,
});

export const add = defineTool({
  name: 'add',
  description: 'Adds two numbers.',
  input: z.object({ a: z.number(), b: z.number() }),
  output: z.object({ sum: z.number() }),
  run: ({ a, b }) => ({ sum: a + b }),
});

export const broken = defineTask({
  id: 'broken',
  input: z.object({}),
  run: () => {
    throw new Error('the disk is full');
  },
});

/** Ends when somebody has said that it may. */
export const ask = defineFlow({ id: 'ask', input: z.object({ name: z.string() }) }, (f) => {
  const may = f.waitFor('may', {
    needs: { input: f.input },
    payload: z.object({ yes: z.boolean() }),
    prompt: ({ input }) => `May ${input.name}?`,
  });
  return f.step('end', { needs: { may }, run: ({ may }) => (may.yes ? 'done' : 'left') });
});

/** Ends when it is stopped. */
export const endless = defineTask({
  id: 'endless',
  input: z.object({}),
  run: (_, { signal, log }) => {
    log.info('begun', { at: 'once' });
    return new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  },
});

export const steps = defineFlow({ id: 'three steps', input: z.object({}) }, (f) => {
  const first = f.step('first', { run: () => 1 });
  const second = f.step('second', { needs: { first }, run: ({ first }) => first + 1 });
  return f.step('third', { needs: { second }, run: ({ second }) => second + 1 });
});

export const greeter = defineAgent({
  id: 'greeter',
  description: 'Greets people.',
  instructions: 'Greet.',
  model: scriptedChatModel(['Hello, Ada!', 'Hello, Ada!']),
});

/** Another flow that asks, within one. */
export const nested = defineFlow({ id: 'nested', input: z.object({}) }, (f) => {
  const inner = f.call('inner', ask, { name: 'Eve' });
  return f.step('end', { needs: { inner }, run: ({ inner }) => `inner: ${inner}` });
});

export const units: readonly AnyUnit[] = [double, add, broken, ask, endless, steps, greeter, nested];

/** Versions of the protocol that clients speak: with sessions, and without. */
export const eras = ['legacy', 'modern'] as const;

/** Serves the units over HTTP until the test is over. */
export async function serve(options: Partial<McpHttpOptions> = {}) {
  const orchestrator = options.orchestrator ?? createOrchestrator({ units });
  const errors: Error[] = [];
  const mcp = mcpHandler({ units, onError: (error) => errors.push(error), ...options, orchestrator });
  const server = createServer((request, response) => void mcp.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`);
  onTestFinished(async () => {
    await mcp.close();
    server.closeAllConnections();
    server.close();
    await orchestrator.close();
  });

  /** A client that is closed after the test. */
  async function connect(
    era: (typeof eras)[number] = 'legacy',
    clientOptions: ClientOptions & { readonly headers?: Readonly<Record<string, string>> } = {},
  ): Promise<Client> {
    const { headers = {}, ...rest } = clientOptions;
    const client = new Client(
      { name: 'test', version: '1.0.0' },
      { ...rest, versionNegotiation: { mode: era === 'legacy' ? 'legacy' : { pin: '2026-07-28' } } },
    );
    await client.connect(
      new StreamableHTTPClientTransport(url, { requestInit: { headers: { ...headers } } }),
    );
    onTestFinished(() => client.close());
    return client;
  }

  return { url, orchestrator, mcp, errors, connect };
}

/** The text of a result. */
export function textOf(result: { readonly content?: unknown }): string {
  const blocks = (result.content ?? []) as readonly { readonly text?: string }[];
  return blocks.map(({ text }) => text ?? '').join('\n');
}
