import {
  createMemoryRunStore,
  createOrchestrator,
  defineFlow,
  definePlugin,
  defineTask,
  type OrchestratorOptions,
  type Plugin,
} from '@aiwork/core';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { createServer, type ServerOptions } from './create-server.ts';

export const double = defineTask({ id: 'double', input: z.number(), tags: ['sums'], run: (n) => 2 * n });

export const broken = defineTask({
  id: 'broken',
  input: z.unknown(),
  run: () => {
    throw new Error('the disk is full');
  },
});

/** Sums nothing until somebody said that it may. */
export const ask = defineFlow({ id: 'ask', input: z.object({ name: z.string(), n: z.int() }) }, (f) => {
  const may = f.waitFor('may', {
    needs: { input: f.input },
    payload: z.object({ yes: z.boolean() }),
    prompt: ({ input }) => `May ${input.name}?`,
  });
  return f.step('end', { needs: { may }, run: ({ may }) => may.yes });
});

export const units = [double, broken, ask];

/** A run store that several processes have, as far as their orchestrators can tell: it outlives each of them. */
export function sharedStore(): () => Plugin {
  const store = createMemoryRunStore();
  return definePlugin({
    name: 'shared',
    setup: (host) =>
      host.provide('runStore', {
        ...store,
        capabilities: { ...store.capabilities, durability: 'service-kill' },
        close: async () => {},
      }),
  });
}

/** What a response says. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of whatever was asked for
  readonly body: any;
}

/** A server that listens, and is closed after the test. */
export async function serve(
  options: Partial<ServerOptions> = {},
  orchestratorOptions: OrchestratorOptions = {},
) {
  const orchestrator = options.orchestrator ?? createOrchestrator({ units, ...orchestratorOptions });
  // A machine that tests are run on is late for other reasons, too.
  const late = { maxEventLoopDelayMs: 60_000 };
  const server = await createServer({ units, maxWaitMs: 5000, ...late, ...options, orchestrator });
  const url = await server.listen();
  onTestFinished(async () => {
    await server.close();
    await orchestrator.close();
  });

  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await fetch(`${url}${path}`, { method, ...json, headers: { ...type, ...headers } });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : text,
    };
  }

  return {
    url,
    server,
    orchestrator,
    get: (path: string, headers?: Readonly<Record<string, string>>) => call('GET', path, undefined, headers),
    post: (path: string, body?: unknown, headers?: Readonly<Record<string, string>>) =>
      call('POST', path, body, headers),
  };
}

/** An event of a stream, as a browser reads it. */
export interface StreamedEvent {
  readonly id?: number;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: events of all types
  readonly data: any;
}

export function parseEvents(text: string): readonly StreamedEvent[] {
  return text
    .split('\n\n')
    .filter((block) => block.includes('data: '))
    .map((block) => {
      const fields = new Map(
        block
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      const id = fields.get('id');
      return {
        ...(id !== undefined && { id: Number(id) }),
        type: fields.get('event') ?? '',
        data: JSON.parse(fields.get('data') ?? 'null'),
      };
    });
}
