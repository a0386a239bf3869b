import type { Embedder } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { errorsTellNothing, showsNothing } from '../telling.ts';

const secret = 'sk-live-51a7c0ffee';
const text = `rain ${secret}`;

export const secrets: CheckGroup<Embedder> = {
  id: 'secrets',
  title: 'Secrets',
  checks: [
    {
      id: 'embedder.secrets.not-in-errors',
      rule: 'No error shows a text, nor what the embedder was configured with',
      anchor: 'Adapter',
      why: 'what users write and ask is private; errors go to logs that many may read',
      async run(t) {
        const embedder = await t.open();
        const { maxTexts, maxTokens } = t.capabilities;
        const calls = [
          () => embedder.embed([{ text }] as never),
          () => embedder.embed(text as never),
          () => embedder.embed([text], { kind: text as never }),
          () => embedder.embed([text], { signal: AbortSignal.abort() }),
          ...(maxTexts < 1e5 ? [() => embedder.embed(Array.from({ length: maxTexts + 1 }, () => text))] : []),
          ...(maxTokens < 1e6
            ? [() => embedder.embed([`${text} `.repeat(maxTokens + 8)], { overlong: 'refuse' })]
            : []),
        ];
        const errors = await Promise.all(
          calls.map((call) => t.refuses(call, 'a bad embed()', { notApplied: false })),
        );
        await embedder.close();
        errors.push(
          await t.refuses(() => embedder.embed([text]), 'embed() after close()', { notApplied: false }),
        );
        errorsTellNothing(t, errors, [secret, ...t.secrets]);
      },
    },
    {
      id: 'embedder.secrets.not-in-the-embedder',
      rule: 'Inspecting an embedder shows nothing of the texts it was given, nor what it was configured with',
      anchor: 'Adapter',
      why: 'whole objects are logged when something goes wrong',
      async run(t) {
        const embedder = await t.open();
        await embedder.embed([text]);
        showsNothing(t, embedder, 'the embedder', [secret, ...t.secrets]);
      },
    },
  ],
};
