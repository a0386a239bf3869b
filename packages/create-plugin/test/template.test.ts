import { createOrchestrator, defineFlow, type Schema } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { myPlugin as cachePlugin } from '../template/cache/src/index.ts';
import { myPlugin as chatModelPlugin } from '../template/chat-model/src/index.ts';
import { myPlugin as embedderPlugin } from '../template/embedder/src/index.ts';
import { myPlugin as flowExporterPlugin } from '../template/flow-exporter/src/index.ts';
import { myPlugin as guardrailPlugin } from '../template/guardrail/src/index.ts';
import { myPlugin as memoryPlugin } from '../template/memory/src/index.ts';
import { myPlugin as runStorePlugin } from '../template/run-store/src/index.ts';
import { myPlugin as stateStorePlugin } from '../template/state-store/src/index.ts';
import { myPlugin as taskQueuePlugin } from '../template/task-queue/src/index.ts';

const anything: Schema = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) },
};
const flow = defineFlow({ id: 'one', input: anything }, (f) => f.step('only', { run: () => 1 }));

const notYet = (method: string) => `not implemented yet: ${method}`;

describe('the plugin of a template', () => {
  it('provides its adapter, by default and with options, and closes it', async () => {
    const plugins = [
      stateStorePlugin(),
      cachePlugin({ namespace: 'mine' }),
      memoryPlugin(),
      guardrailPlugin(),
      chatModelPlugin({ model: 'm', baseUrl: 'http://127.0.0.1:1', apiKey: 'k' }),
      flowExporterPlugin(),
      taskQueuePlugin({ namespace: 'mine' }),
      embedderPlugin(),
    ];
    const { signal } = new AbortController();
    const ai = createOrchestrator({ plugins });
    await ai.list();
    const [store, cache] = [ai.use('stateStore'), ai.use('cache')];
    await expect(store.get('key')).rejects.toThrow(notYet('StateStore.get'));
    await expect(cache.get('key')).rejects.toThrow(notYet('Cache.get'));
    await expect(ai.use('memory').count()).rejects.toThrow(notYet('Memory.count'));
    expect(ai.use('guardrail').name).toBe('my-plugin');
    expect(() => ai.use('chatModel').stream({ messages: [] }, { signal })).toThrow(
      notYet('ChatModel.stream'),
    );
    await expect(ai.use('exporter').export(flow)).rejects.toThrow(notYet('FlowExporter.export'));
    await expect(ai.use('queue').depth('mail', 'workers')).rejects.toThrow(notYet('TaskQueue.depth'));
    await expect(ai.use('embedder').embed(['text'])).rejects.toThrow(notYet('Embedder.embed'));
    await ai.close();
    await expect(store.get('key')).rejects.toMatchObject({ code: 'AIWORK_CLOSED' });
  });

  it('is where runs are kept, for a run store', async () => {
    await using ai = createOrchestrator({ plugins: [runStorePlugin()] });
    await expect(ai.list()).rejects.toThrow(notYet('RunStore.list'));
  });

  it('refuses what no adapter takes before anything is implemented', async () => {
    const ai = createOrchestrator({ plugins: [cachePlugin()] });
    await ai.list();
    const refusal = { code: 'AIWORK_INVALID_ARGUMENT', outcome: 'not-applied' };
    await expect(ai.use('cache').get('')).rejects.toMatchObject(refusal);
    await expect(ai.use('cache').set('key', new Uint8Array(), { ttlMs: 0 })).rejects.toMatchObject(refusal);
    await ai.close();
  });
});
