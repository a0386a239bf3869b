import { z } from 'zod';
import type { Guardrail, GuardrailStage, Verdict } from '../adapters/guardrail.ts';
import type { Memory, MemoryHit, MemoryQuery } from '../adapters/memory.ts';
import type { RunStore } from '../adapters/run-store.ts';
import { definePlugin, type Plugin } from '../plugin.ts';
import { defineTool } from '../units/tool.ts';

export const add = defineTool({
  name: 'add',
  description: 'Adds two numbers.',
  input: z.object({ a: z.number(), b: z.number() }),
  run: ({ a, b }) => a + b,
});

/** A reply that calls tools: `calls({ add: { a: 1, b: 2 } })`. */
export function calls(...named: Readonly<Record<string, unknown>>[]) {
  return {
    toolCalls: named.flatMap((one) => Object.entries(one).map(([name, input]) => ({ name, input }))),
  };
}

export function guardrail(
  on: GuardrailStage,
  check: (text: string) => Verdict | Promise<Verdict>,
  name = 'test',
): Guardrail {
  return { name, on: [on], check: ({ text }) => check(text) };
}

/** A memory that gives what it is told to, and keeps what it was asked. */
export function memoryOf(hits: readonly MemoryHit[], search: 'text' | 'vector' = 'text') {
  const queries: MemoryQuery[] = [];
  const memory: Memory = {
    capabilities: { search: [search], filters: false, maxTextBytes: 1e6, durability: 'process' },
    async search(query) {
      queries.push(query);
      return hits.slice(0, query.topK);
    },
    upsert: () => Promise.reject(new Error('not used')),
    delete: () => Promise.reject(new Error('not used')),
    count: async () => hits.length,
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
  const plugin = definePlugin({ name: 'memory', setup: (host) => host.provide('memory', memory) })();
  return { plugin, queries };
}

export function storePlugin(runStore: RunStore): Plugin {
  return definePlugin({ name: 'store', setup: (host) => host.provide('runStore', runStore) })();
}

/** Durable as far as the engine can tell: results are awaited before what needs them starts. */
export function asLasting(store: RunStore): RunStore {
  const capabilities = { ...store.capabilities, durability: 'service-kill' } as const;
  return Object.assign(Object.create(null), store, { capabilities });
}
