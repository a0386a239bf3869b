import { join } from 'node:path';
import { createMemoryRunStore, createOrchestrator, definePlugin, type RunStore } from '@aiwork/core';
import { crashAfter } from '@aiwork/core/testing';
import { memory } from '@aiwork/memory';
import { describe, expect, it } from 'vitest';
import { askAFolder } from './flow.ts';
import { stems } from './retrieve/words.ts';
import { testFolder } from './testing/folder.fixture.ts';

const provideStore = definePlugin<RunStore>({
  name: 'store',
  setup: (host, store) => host.provide('runStore', store),
});

/** A process: an orchestrator with a memory of its own. */
const processOn = (store: RunStore) =>
  createOrchestrator({ units: [askAFolder], plugins: [memory({ tokenizer: stems }), provideStore(store)] });

describe('askAFolder', () => {
  it('gives the same answer whichever of its events is the last before a crash', async () => {
    const folder = await testFolder({
      'docs/runs.md': '# Runs\n\nA run whose process crashes is resumed.\n',
      'docs/other.txt': 'Cats sleep.',
      'docs/picture.png': Buffer.from([0, 1]),
    });
    const input = {
      folder: join(folder, 'docs'),
      title: 'docs',
      question: 'What happens to a run whose process crashes?',
      out: folder,
      exclude: [],
      hasModel: false,
    };
    let now = 0;
    const kept = createMemoryRunStore({ now: () => now });
    // It outlives the orchestrators of this test.
    const store: RunStore = { ...kept, capabilities: { ...kept.capabilities, durability: 'service-kill' } };

    await using whole = processOn(store);
    const expected = await (await whole.start(askAFolder, input, { runId: 'whole' })).result();
    expect(expected.answer.statements).toEqual([
      { text: 'A run whose process crashes is resumed.', cites: [1] },
    ]);
    const events = await countOf(whole.events('whole'));

    for (let after = 1; after < events; after += 1) {
      const runId = `crash-${after}`;
      const dying = processOn(crashAfter(store, after));
      await dying
        .start(askAFolder, input, { runId })
        .then(
          (run) => run.result(),
          () => {},
        )
        .catch(() => {});
      await dying.close().catch(() => {});
      now += 60_000;
      await using next = processOn(store);
      expect(await (await next.resume(runId)).result(), `after event ${after}`).toEqual(expected);
    }
  });
});

async function countOf(items: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of items) count += 1;
  return count;
}
