import type { Memory } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { errorsTellNothing, showsNothing } from '../telling.ts';
import { byText, found } from './searching.ts';

const secret = 'sk-live-51a7c0ffee';
const text = `needle ${secret}`;
const metadata = { token: secret };

/** Documents that a memory refuses, each for another reason. */
const refused: readonly unknown[] = [
  { id: '', text, metadata },
  { id: 'half \ud83d', text, metadata },
  { id: 'doc', text: [text], metadata },
  { id: 'i'.repeat(513), text, metadata },
];

export const secrets: CheckGroup<Memory> = {
  id: 'secrets',
  title: 'Secrets',
  checks: [
    {
      id: 'memory.secrets.not-in-errors',
      rule: 'No error shows a text, a query or metadata, nor what the memory was configured with',
      anchor: 'Adapter',
      why: 'what an agent knows and asks is private; errors go to logs that many may read',
      when: byText,
      async run(t) {
        const memory = await t.open();
        const { maxTextBytes, filters } = t.capabilities;
        const bad = [
          ...refused,
          ...(Number.isFinite(maxTextBytes)
            ? [{ id: 'doc', text: text.padEnd(maxTextBytes + 1, text) }]
            : []),
        ];
        const upserts = bad.map((doc) => () => memory.upsert([{ id: 'good', text, metadata }, doc as never]));
        const searches = [
          () => memory.search({ text, topK: 0 }),
          () => memory.search({ text, topK: 1 }, { signal: AbortSignal.abort() }),
          ...(filters ? [() => found(memory, text, { token: { $like: secret } as never })] : []),
        ];
        const errors = await Promise.all([
          ...upserts.map((call) => t.refuses(call, 'upsert() with a bad document')),
          ...searches.map((call) => t.refuses(call, 'a bad search()', { notApplied: false })),
        ]);
        await memory.close();
        errors.push(await t.refuses(() => memory.upsert([{ id: 'doc', text }]), 'upsert() after close()'));
        errors.push(
          await t.refuses(() => found(memory, text), 'search() after close()', { notApplied: false }),
        );
        errorsTellNothing(t, errors, [secret, ...t.secrets]);
      },
    },
    {
      id: 'memory.secrets.not-in-the-memory',
      rule: 'Inspecting a memory shows nothing of the documents in it, nor what it was configured with',
      anchor: 'Adapter',
      why: 'whole objects are logged when something goes wrong',
      when: byText,
      async run(t) {
        const memory = await t.open();
        await memory.upsert([{ id: 'doc', text, metadata }]);
        await found(memory, text);
        showsNothing(t, memory, 'the memory', [secret, ...t.secrets]);
      },
    },
  ],
};
