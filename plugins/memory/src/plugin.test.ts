import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Memory, Plugin, PluginHost } from '@aiwork/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memory } from './plugin.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aiwork-memory-plugin-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Sets a plugin up as the orchestrator does, and keeps what it provides. */
async function setUp(plugin: Plugin) {
  const provided: { slot: string; memory: Memory; options: unknown }[] = [];
  const host = {
    provide: (slot: string, implementation: Memory, options: unknown) => {
      provided.push({ slot, memory: implementation, options });
    },
  } as unknown as PluginHost;
  const disposable = (await plugin.setup(host, new AbortController().signal)) as AsyncDisposable;
  const [first] = provided;
  if (first === undefined) throw new Error('nothing was provided');
  return { ...first, dispose: () => disposable[Symbol.asyncDispose]() };
}

describe('memory plugin', () => {
  it('provides the slot under the name it was given', async () => {
    const { slot, options, dispose } = await setUp(memory({ name: 'notes', default: true }));
    expect({ slot, options }).toEqual({ slot: 'memory', options: { name: 'notes', default: true } });
    await dispose();
  });

  it('closes the memory when it is disposed of', async () => {
    const { memory: provided, dispose } = await setUp(memory());
    await dispose();
    await expect(provided.count()).rejects.toMatchObject({ code: 'AIWORK_CLOSED' });
  });

  it('starts empty without its file, saves it at the end and finds it at the next start', async () => {
    const file = join(folder, 'notes');
    const first = await setUp(memory({ file }));
    await first.memory.upsert([{ id: 'a', text: 'remember me' }]);
    await first.dispose();
    const second = await setUp(memory({ file }));
    expect((await second.memory.search({ text: 'remember', topK: 1 }))[0]?.id).toBe('a');
    await second.dispose();
  });

  it('fails to start on a damaged file instead of starting empty and overwriting it', async () => {
    const file = join(folder, 'damaged');
    await writeFile(file, 'not a memory');
    await expect(setUp(memory({ file }))).rejects.toMatchObject({ code: 'AIWORK_CORRUPT_DATA' });
  });

  it('refuses options that cannot be used when it is called', () => {
    expect(() => memory({ maxTextBytes: 0 })).toThrow(
      expect.objectContaining({ code: 'AIWORK_INVALID_ARGUMENT' }),
    );
  });
});
